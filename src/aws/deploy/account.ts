import type { Aws } from "./aws.ts";

/** The account that the credentials lead to. */
export interface Account {
  readonly id: string;
  /** The name that somebody gave it; null without one, and where it may not be asked for. */
  readonly alias: string | null;
}

/** Which account would be changed: the wrong one is the costliest mistake, and its number alone says little. */
export async function readAccount(aws: Aws, region: string): Promise<Account> {
  const [{ Account: id = "unknown" }, alias] = await Promise.all([
    (await aws.identity(region)).getCallerIdentity({}),
    readAlias(aws).catch(() => null),
  ]);
  return { id, alias };
}

async function readAlias(aws: Aws): Promise<string | null> {
  const { AccountAliases } = await (await aws.users()).listAccountAliases({});
  return AccountAliases?.[0] ?? null;
}
