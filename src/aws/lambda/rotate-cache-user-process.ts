import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { scheduler } from "node:timers/promises";
import { awsSecrets, variable } from "./aws-secrets-process.ts";
import { type CacheUsers, cacheAccounts } from "./cache-accounts.ts";
import { rotate } from "./rotation.ts";
import type { RotationEvent } from "./secret-version.ts";

/*
 * The Lambda function that rotates the users of a cache. It runs as the one that rotates the users of a database does:
 * on the SDK of Lambda's own Node.js runtime, and on the driver that is packed beside it.
 */

/** The part of `@aws-sdk/client-elasticache` that is used. */
interface Sdk {
  readonly ElastiCache: new () => {
    describeUsers(input: { readonly UserId: string }): Promise<{
      readonly Users?: readonly { readonly Status?: string | undefined }[] | undefined;
    }>;
    modifyUser(input: { readonly UserId: string; readonly Passwords: string[] }): Promise<unknown>;
  };
}

/** What Secrets Manager calls, once a step. */
export async function handler(event: RotationEvent): Promise<void> {
  const userIds = JSON.parse(variable("USER_IDS")) as Record<string, string>;
  const accounts = cacheAccounts({
    host: variable("CACHE_HOST"),
    port: Number(variable("CACHE_PORT")),
    userIds,
    users: elastiCacheUsers(),
    tls: true,
    pause: (ms) => scheduler.wait(ms),
  });
  await rotate(
    {
      secrets: awsSecrets(),
      accounts,
      users: Object.keys(userIds) as [string, string],
      ofUser: {},
      newPassword: () => randomBytes(24).toString("base64url"),
    },
    event,
  );
}

function elastiCacheUsers(): CacheUsers {
  const sdk = createRequire(import.meta.url)("@aws-sdk/client-elasticache") as Sdk;
  const client = new sdk.ElastiCache();
  return {
    async status(UserId) {
      const { Users: [user] = [] } = await client.describeUsers({ UserId });
      return user?.Status ?? "unknown";
    },
    async setPassword(UserId, password) {
      await client.modifyUser({ UserId, Passwords: [password] });
    },
  };
}
