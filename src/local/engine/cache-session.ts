import { Redis } from "ioredis";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { CONTROL_USER, controlPasswordOf } from "./cache-config.ts";

/** A connection of the control plane to a node. */
export interface CacheSession {
  /** Sends a command; resolves with its answer as text. */
  command(name: string, ...args: readonly string[]): Promise<string>;
  /** The fields of a section of `INFO`. */
  info(section: string): Promise<ReadonlyMap<string, string>>;
}

/** Options of a client that fails instead of trying again: who asks decides what a failure means. */
export const ONE_ATTEMPT = {
  lazyConnect: true,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  disableClientInfo: true,
} as const;

/** Opens a connection to the node at `address`, uses it and closes it; rejects once `timeoutMs` have passed. */
export async function withCacheSession<T>(
  target: { readonly address: Address; readonly password: string; readonly clock: Clock; readonly timeoutMs: Ms },
  use: (session: CacheSession) => Promise<T>,
): Promise<T> {
  const { address, password, clock, timeoutMs } = target;
  const client = new Redis({
    ...ONE_ATTEMPT,
    ...address,
    username: CONTROL_USER,
    password: controlPasswordOf(password),
    connectTimeout: timeoutMs,
  });
  let failure: unknown;
  client.on("error", (error) => (failure ??= error)); // tells more than the command that it made fail
  const cancel = clock.after(timeoutMs, () => {
    failure = new Error(`no answer from ${address.host}:${address.port} within ${timeoutMs} ms`);
    client.disconnect();
  });
  try {
    await client.connect();
    const command: CacheSession["command"] = async (name, ...args) => String(await client.call(name, ...args));
    return await use({ command, info: async (section) => parseInfo(await command("info", section)) });
  } catch (error) {
    throw failure ?? error;
  } finally {
    cancel();
    client.disconnect();
  }
}

/** The lines `name:value` of `INFO`. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 0 || line.startsWith("#") ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
  });
  return new Map(pairs);
}
