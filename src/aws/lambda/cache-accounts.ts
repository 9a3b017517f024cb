import { Redis } from "ioredis";
import type { Accounts } from "./rotation.ts";

/** The part of ElastiCache that a rotation needs; users are told by their ids there, which are not their names. */
export interface CacheUsers {
  /** `active`, `modifying` or `deleting`. */
  status(userId: string): Promise<string>;
  /** Gives a user this password in place of all that it had; refused of a user that is not active. */
  setPassword(userId: string, password: string): Promise<void>;
}

/** Where a cache is, and who changes its users. */
export interface AdministeredCache {
  readonly host: string;
  readonly port: number;
  /** The id of each user, by the name that programs log in with. */
  readonly userIds: Readonly<Record<string, string>>;
  readonly users: CacheUsers;
  /** Verified against the certificates that the process trusts; false only in a test of a server without any. */
  readonly tls: boolean;
  /** Waits before ElastiCache is asked again. */
  readonly pause: (ms: number) => Promise<void>;
}

const TIMEOUT_MS = 5_000;
/** How long all nodes together may take to learn of a change: ten minutes, as in AWS's own function. */
const ASKED_EVERY_MS = 10_000;
const ASKED_AT_MOST = 60;

/**
 * The accounts of a cache. CloudFormation makes both users, and nobody administers them by logging in: ElastiCache
 * changes them from outside, tells when all nodes know, and keeps the connections that were there before.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/User-Secrets-Manager.html
 */
export function cacheAccounts(cache: AdministeredCache): Accounts {
  return {
    async prepare() {},
    exists: async (username) => username in cache.userIds,
    async set({ username, password }) {
      await cache.users.setPassword(await activeId(cache, username), password);
    },
    async tryLogin({ username, password }) {
      await activeId(cache, username);
      await logIn(cache, username, password);
    },
    async close() {},
  };
}

/** The id of a user that can be changed, and that all nodes know as it is. */
async function activeId({ userIds, users, pause }: AdministeredCache, username: string): Promise<string> {
  const id = userIds[username];
  if (id === undefined) throw new Error(`the cache has no user ${username}`);
  for (let asked = 1; (await users.status(id)) !== "active"; asked += 1) {
    if (asked === ASKED_AT_MOST) throw new Error(`the user ${id} did not become active`);
    await pause(ASKED_EVERY_MS);
  }
  return id;
}

async function logIn({ host, port, tls }: AdministeredCache, username: string, password: string): Promise<void> {
  const client = new Redis({
    host,
    port,
    ...(tls ? { tls: {} } : {}),
    protocol: 2, // the third one begins with a command, which nobody without a name may send
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  let failure: unknown;
  client.on("error", (error) => (failure ??= error)); // tells more than the command that it made fail
  try {
    await client.connect();
    await client.auth(username, password); // by itself, so that a refusal is told as it came
    await client.ping();
  } catch (error) {
    throw failure ?? error;
  } finally {
    client.disconnect();
  }
}
