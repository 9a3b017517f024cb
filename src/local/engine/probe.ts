import { Redis } from "ioredis";
import { Client } from "pg";
import { type Clock, systemClock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { ONE_ATTEMPT } from "./cache-session.ts";
import type { Probe } from "./member.ts";

/** How a probe logs in. A cache has no database. */
export interface ProbeCredentials {
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

/** Asks a database `select 1`, as an observer does. */
export function databaseProbe(address: Address, credentials: ProbeCredentials, clock: Clock = systemClock): Probe {
  return createProbe(clock, (onLost, timeoutMs) => {
    const client = new Client({ ...address, ...credentials, ssl: false, connectionTimeoutMillis: timeoutMs });
    const destroy = (): void => void client.connection.stream.destroy();
    client.on("error", onLost);
    client.on("end", onLost);
    return { connect: () => client.connect(), ask: () => client.query("select 1"), destroy };
  });
}

/** Sends a cache `PING`, as an observer does. */
export function cacheProbe(address: Address, credentials: ProbeCredentials, clock: Clock = systemClock): Probe {
  return createProbe(clock, (onLost, timeoutMs) => {
    const { user: username, password } = credentials;
    const client = new Redis({ ...ONE_ATTEMPT, ...address, username, password, connectTimeout: timeoutMs });
    client.on("error", onLost);
    client.on("close", onLost);
    return { connect: () => client.connect(), ask: () => client.ping(), destroy: () => client.disconnect() };
  });
}

/** A connection of a probe. */
interface Connection {
  connect(): Promise<unknown>;
  ask(): Promise<unknown>;
  destroy(): void;
}

/**
 * A probe that keeps one connection as long as it answers. After a failure the next check dials anew, for what a broken
 * network did to the old connection is not known.
 */
function createProbe(clock: Clock, open: (onLost: () => void, timeoutMs: Ms) => Connection): Probe {
  let current: Connection | undefined;
  let closed = false;
  const drop = (connection: Connection | undefined): void => {
    if (current === connection) current = undefined;
    connection?.destroy();
  };
  const attempt = async (timeoutMs: Ms): Promise<void> => {
    if (current === undefined) {
      const opened: Connection = open(() => drop(opened), timeoutMs);
      current = opened;
      await opened.connect();
    }
    await current?.ask();
  };
  return {
    async check(timeoutMs) {
      if (closed) return false;
      let late = (): void => undefined;
      const deadline = new Promise<false>((resolve) => (late = () => resolve(false)));
      const cancel = clock.after(timeoutMs, late);
      const answered = attempt(timeoutMs).then(
        () => current !== undefined,
        () => false,
      );
      const ok = await Promise.race([answered, deadline]);
      cancel();
      if (!ok) drop(current);
      return ok;
    },
    close() {
      closed = true;
      drop(current);
    },
  };
}
