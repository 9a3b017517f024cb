import { Redis } from "ioredis";
import { guard } from "./guard.ts";

const sessions = new Redis(process.env.SESSIONS_URL ?? "redis://localhost:6379", {
  username: process.env.SESSIONS_USER, // the URL has neither, so that a rotated secret can be injected
  password: process.env.SESSIONS_PASSWORD,
  connectTimeout: 300,
  commandTimeout: 300,
  socketTimeout: 300, // a connection that hangs is dropped, or every later command would wait behind it
  maxRetriesPerRequest: 1,
  retryStrategy: () => 50,
  // After a failover this connection may still lead to the old primary, which can no longer take writes.
  reconnectOnError: ({ message }) => /^(READONLY|NOREPLICAS|MASTERDOWN|LOADING)/.test(message),
}).on("error", () => undefined); // it connects again by itself; the guard counts what failed meanwhile
const calling = guard();

/**
 * Puts something into the customer's cart. The session is in the cache, not in this process, so any task serves any
 * customer. Best effort: the newest items can be lost when the cache fails over (`WAIT` would close that window).
 */
export async function put(session: string, item: { key: string; value: string }): Promise<void> {
  await calling.execute(() => sessions.set(`cart:${session}:${item.key}`, item.value, "EX", 86_400));
}

/** What lies in the customer's cart under this key; undefined where nothing does. */
export async function get(session: string, key: string): Promise<{ value: string } | undefined> {
  const value = await calling.execute(() => sessions.get(`cart:${session}:${key}`));
  return value === null ? undefined : { value };
}
