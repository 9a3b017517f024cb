import { Client } from "pg";
import { type Clock, systemClock } from "../src/base/clock.ts";
import type { Ms } from "../src/base/units.ts";

/** A way to a database: one of its nodes, or an endpoint that leads to its primary. */
export interface Way {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A write that was acknowledged. */
export interface Acknowledged {
  readonly id: number;
  readonly startedAt: Ms;
  readonly at: Ms;
}

/** A client that writes a small row again and again, by whichever way leads to a primary. */
export interface WriterProbe {
  readonly acknowledged: readonly Acknowledged[];
  /** The first write that began at `from` or later and was acknowledged; null where none was within `withinMs`. */
  firstSince(from: Ms, withinMs: Ms): Promise<Acknowledged | null>;
  /** Ends the writes, and gives the ids of those acknowledged that are not there, by the first way that answers. */
  lost(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Before a way that failed is tried again. */
const RETRY_MS = 20;
/** A node that takes longer to connect, or to answer, is given up and tried anew. */
const PATIENCE = { connectionTimeoutMillis: 500, query_timeout: 1_000 } as const;
const LOOK_AGAIN_MS = 10;

/** What makes one probe another. */
export interface ProbeOptions {
  /** The table is `probe_<name>`. */
  readonly name: string;
  readonly ways: readonly Way[];
  /** `nodes`: one that takes no writes now may soon; `endpoint`: then it leads elsewhere, and is dialled anew. */
  readonly to: "nodes" | "endpoint";
  /** Between two writes, or two questions whether a node takes writes now. */
  readonly pauseMs: Ms;
}

/**
 * Starts a probe on all ways at once: each is asked whether it takes writes, as libpq does with
 * `target_session_attrs=read-write`, but without waiting for the one before.
 */
export async function startWriterProbe({ name, ways, to, pauseMs }: ProbeOptions): Promise<WriterProbe> {
  const table = `probe_${name}`;
  const acknowledged: Acknowledged[] = [];
  const stopping = new AbortController();
  let next = 0;
  await prepare(table, ways);
  const loops = ways.map((way) =>
    repeat(stopping.signal, async () => {
      const client = await open(way);
      try {
        while (!stopping.signal.aborted) {
          if (await takesWrites(client)) {
            const [id, startedAt] = [++next, systemClock.now()];
            await client.query(`insert into ${table} values ($1)`, [id]);
            acknowledged.push({ id, startedAt, at: systemClock.now() });
          } else if (to === "endpoint") return;
          await systemClock.sleep(pauseMs);
        }
      } finally {
        close(client);
      }
    }),
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(loops);
  };
  return {
    acknowledged,
    firstSince: (from, withinMs) => until(() => firstSince(acknowledged, from), withinMs),
    async lost() {
      await stop();
      const there = await readAll(table, ways);
      return acknowledged.filter(({ id }) => !there.has(id)).map(({ id }) => id);
    },
    stop,
  };
}

/** They are in the order of their ends; what ended before `from` began before it. */
function firstSince(all: readonly Acknowledged[], from: Ms): Acknowledged | null {
  let first: Acknowledged | null = null;
  for (let at = all.length - 1; at >= 0; at--) {
    const each = all[at]!; // at is below the length
    if (each.at < from) break;
    if (each.startedAt >= from) first = each;
  }
  return first;
}

async function prepare(table: string, ways: readonly Way[]): Promise<void> {
  const made = await until(
    () => onPrimary(ways, (client) => client.query(`create table if not exists ${table} (id int primary key)`)),
    60_000,
  );
  if (made === null) throw new Error("no node of the database takes writes");
}

async function readAll(table: string, ways: readonly Way[]): Promise<ReadonlySet<number>> {
  const read = await until(
    () => onPrimary(ways, (client) => client.query<{ id: number }>(`select id from ${table}`)),
    60_000,
  );
  if (read === null) throw new Error("no node of the database can be read");
  return new Set(read.rows.map(({ id }) => id));
}

/** Runs `use` on the first node that takes writes; null where none does. */
async function onPrimary<T>(ways: readonly Way[], use: (client: Client) => Promise<T>): Promise<T | null> {
  for (const way of ways) {
    const client = await open(way).catch(() => null);
    if (client === null) continue;
    try {
      if (await takesWrites(client)) return await use(client);
    } catch {
      // the next one may
    } finally {
      close(client);
    }
  }
  return null;
}

async function open(way: Way): Promise<Client> {
  const client = new Client({ ...way, ...PATIENCE });
  client.on("error", () => undefined);
  await client.connect().catch((error: unknown) => {
    close(client);
    throw error;
  });
  return client;
}

async function takesWrites(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    "select pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as held",
  );
  return rows[0]?.held === false;
}

/** At once: a node that hangs answers no farewell. */
function close(client: Client): void {
  client.connection.stream.destroy();
}

async function repeat(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await run().catch(() => undefined);
    await systemClock.sleep(RETRY_MS);
  }
}

async function until<T>(
  look: () => T | null | Promise<T | null>,
  withinMs: Ms,
  clock: Clock = systemClock,
): Promise<T | null> {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null || clock.now() >= deadline) return found;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
