import { Client, type ClientConfig, type QueryResultRow } from "pg";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { CONTROL_ROLE, CONTROL_SESSION } from "./database-config.ts";

/** A connection of the control plane. SQL without parameters, and the commands of the replication protocol. */
export interface Session {
  query<Row extends QueryResultRow>(sql: string): Promise<readonly Row[]>;
}

/** Whom a session talks to, and how long it may take in all. */
export interface SessionTarget {
  readonly address: Address;
  readonly password: string;
  readonly clock: Clock;
  /** @default `postgres` */
  readonly database?: string;
  /** @default 5 s */
  readonly timeoutMs?: Ms;
  /** Ends it before that. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection, uses it and closes it; rejects once `timeoutMs` have passed, whatever hangs: a black hole
 * swallows even a goodbye. It is opened as a replication connection, because only those can ask for the timeline that
 * was *replayed* (`IDENTIFY_SYSTEM`), and because programs that use up `max_connections` cannot lock the control plane
 * out of those.
 */
export async function withSession<T>(target: SessionTarget, use: (session: Session) => Promise<T>): Promise<T> {
  const { address, password, clock, database = "postgres", timeoutMs = 5_000, signal } = target;
  const config: ClientConfig & { readonly replication: string } = {
    host: address.host,
    port: address.port,
    user: CONTROL_ROLE,
    password,
    database,
    ssl: false,
    application_name: CONTROL_SESSION,
    connectionTimeoutMillis: timeoutMs,
    replication: "database",
  };
  const client = new Client(config);
  client.on("error", () => undefined); // what fails is told by the query that was under way
  let late = false;
  const cancel = clock.after(timeoutMs, () => {
    late = true;
    client.connection.stream.destroy();
  });
  const end = (): void => void client.connection.stream.destroy();
  signal?.addEventListener("abort", end, { once: true });
  try {
    signal?.throwIfAborted();
    await client.connect();
    return await use({ query: async <Row extends QueryResultRow>(sql: string) => (await client.query<Row>(sql)).rows });
  } catch (error) {
    signal?.throwIfAborted();
    if (late)
      throw new Error(`no answer from ${address.host}:${address.port} within ${timeoutMs} ms`, { cause: error });
    throw error;
  } finally {
    cancel();
    signal?.removeEventListener("abort", end);
    client.connection.stream.destroy();
  }
}

/** Repeats `check` every few milliseconds until it gives something; rejects with `otherwise` after `withinMs`. */
export async function until<T>(
  check: () => Promise<T | undefined>,
  options: { readonly clock: Clock; readonly withinMs: Ms; readonly everyMs?: Ms; readonly otherwise: string },
): Promise<T> {
  const { clock, withinMs, everyMs = 5, otherwise } = options;
  const deadline = clock.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (clock.now() >= deadline) throw new Error(otherwise);
    await clock.sleep(everyMs);
  }
}
