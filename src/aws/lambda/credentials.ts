/** Who logs in to a database or a cache, and how. Further fields of a secret are carried along as they are. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly [field: string]: unknown;
}

/** The credentials that a secret has. Messages say which secret, never what is in it. */
export function credentialsIn(value: string | null, what: string): Credentials {
  if (value === null) throw new Error(`${what} has no value`);
  let found: Partial<Credentials> | null;
  try {
    found = JSON.parse(value) as Partial<Credentials> | null;
  } catch {
    throw new Error(`${what} is not JSON`); // without the cause: the parser's message quotes the value
  }
  const { username, password } = found ?? {};
  if (typeof username !== "string" || typeof password !== "string") {
    throw new Error(`${what} has no "username" and "password"`);
  }
  return { ...found, username, password };
}

/** Whether an error says that a password is wrong, as PostgreSQL and as MySQL say it. */
export function isRefusal(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "28P01" || code === "ER_ACCESS_DENIED_ERROR";
}
