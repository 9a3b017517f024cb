import { DatabaseError, Pool } from "pg";

/** Stock lies on several shelves, so that orders do not all wait for the lock of one row. */
const SHELVES = 16;

const SCHEMA = `
  select pg_advisory_xact_lock(4711); -- all workers start at once; the first one in creates the tables
  create table if not exists shelf (id int primary key, initial int not null, quantity int not null);
  create table if not exists inbox (key text primary key);
  create table if not exists ledger (key text not null, value text not null, at timestamptz not null default now());
  create index if not exists ledger_key on ledger (key);
  create table if not exists outbox (key text primary key, value text not null, region text not null,
    at timestamptz not null default now(), sent_to text[] not null default '{}');
  insert into shelf select id, 1000000, 1000000 from generate_series(1, ${SHELVES}) as id on conflict do nothing;`;

// The queue delivers at least once. The inbox lets only the first delivery of a key through, in the same transaction as
// its effect. The ledger has no unique key on purpose: that would hide an effect that was applied twice. INBOX=off is a
// planted fault for tests: without the inbox, the drill "worker-crash" must find effects that were applied twice.
const FIRST_DELIVERY =
  process.env.INBOX === "off"
    ? "select $1::text as key"
    : "insert into inbox (key) values ($1) on conflict do nothing returning key";

/**
 * One statement, so one transaction: all of it happens, or nothing. Only now may the outbox forget an order; before,
 * its message might be in the queue of a region that is gone.
 */
const APPLY = `
  with first_delivery as (${FIRST_DELIVERY}),
  done as (delete from outbox where key = $1),
  taken as (update shelf set quantity = quantity - 1 where id = $3 and exists (select from first_delivery))
  insert into ledger (key, value) select key, $2 from first_delivery`;

/**
 * Creates the tables where there are none. A region that forwards its writes to another one could not, and gets them
 * from there; so it is asked first.
 */
export async function prepare(): Promise<void> {
  const [tables] = await query("select to_regclass('outbox') is not null as there");
  if (!tables?.there) await query(SCHEMA);
}

/** Takes one piece from a shelf and writes it into the ledger, once for a key however often it is called. */
export async function apply(key: string, value: string): Promise<void> {
  await query(APPLY, [key, value, 1 + Math.floor(Math.random() * SHELVES)]);
}

/**
 * Whether the same statement may work later: the database was not reached, did not answer, only reads now (25), or is
 * short of something, starting or stopping. After a time-out nobody knows whether it was applied; the inbox does.
 */
export function isTransient(error: unknown): boolean {
  return !(error instanceof DatabaseError) || /^(08|25|40|53|55|57|58)/.test(error.code ?? "");
}

let pool = connect();

/** The password comes from PGPASSWORD. */
function connect(): Pool {
  // What a worker that is cut off in the middle of a transaction has locked is free again after two seconds.
  const abandoned = { idle_in_transaction_session_timeout: 2_000 };
  const limits = { max: 5, connectionTimeoutMillis: 1_000, query_timeout: 1_000, ...abandoned };
  const connectionString = process.env.DATABASE_URL;
  // A connection that breaks while nothing is asked says so here; the next who asks finds out by itself.
  const ignore = (): void => undefined;
  return new Pool({ connectionString, keepAlive: true, ...limits })
    .on("error", ignore)
    .on("connect", (client) => client.on("error", ignore));
}

type Query = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Asks one thing. */
export const query: Query = async (text, values) => (await from(pool, (used) => used.query(text, values))).rows;

/** Does several things in one transaction, all of them or none. A process that dies within gives its locks back. */
export async function transaction<T>(work: (ask: Query) => Promise<T>): Promise<T> {
  const used = pool;
  const client = await from(used, () => used.connect());
  const ask: Query = async (text, values) => (await from(used, () => client.query(text, values))).rows;
  try {
    await ask("begin");
    const result = await work(ask);
    await ask("commit");
    client.release();
    return result;
  } catch (error) {
    client.release(true); // closed, and what it began undone
    throw error;
  }
}

/** After a failover every connection may lead to an old writer: one failure condemns the pool that it came from. */
async function from<T>(used: Pool, ask: (used: Pool) => Promise<T>): Promise<T> {
  try {
    return await ask(used);
  } catch (error) {
    if (used === pool && isTransient(error)) {
      pool = connect();
      void used.end();
    }
    throw error;
  }
}
