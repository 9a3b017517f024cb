import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Pool } from "pg";
import { guard } from "./guard.ts";

const queue = new SQSClient({ maxAttempts: 1 }); // the guard tries again, and one layer of retries is enough
const sending = guard();

interface Order {
  readonly key: string;
  readonly value: string;
}

/** Puts an order where it is safe. A second try may put it there twice: fulfilment applies it once. */
export const accept = process.env.ORDERS_ACROSS_REGIONS === "outbox" ? intoOutbox : intoQueue;

async function intoQueue(order: Order): Promise<void> {
  const message = new SendMessageCommand({ QueueUrl: process.env.ORDERS_URL, MessageBody: JSON.stringify(order) });
  await sending.execute(({ signal }) => queue.send(message, { abortSignal: signal }));
}

/** The database has a copy in the other region, and the queue has none. Workers send it on (`fulfilment/outbox.ts`). */
async function intoOutbox({ key, value }: Order): Promise<void> {
  const statement = "insert into outbox (key, value, region) values ($1, $2, $3) on conflict do nothing";
  await write(statement, [key, value, process.env.AWS_REGION]);
}

/** What became of an order, and how often it was applied; undefined while it waits in the queue. From a reader. */
export async function find(key: string): Promise<unknown> {
  return (await read("select value, count(*)::int as applied from ledger where key = $1 group by value", [key]))[0];
}

/** The shop's books, from the writer. Each order takes one piece, so `initial - stock` must equal `distinctKeys`. */
export async function books(): Promise<unknown> {
  const shelves = "select sum(initial)::int as initial, sum(quantity)::int as stock from shelf";
  const ledger = 'select count(*)::int as "ledgerRows", count(distinct key)::int as "distinctKeys" from ledger';
  return (await write(`select * from (${shelves}) as shelves, (${ledger}) as ledger`))[0];
}

/** Rejects where the queue does not answer. */
export const ping = (): Promise<unknown> =>
  sending.execute(() => queue.send(new GetQueueAttributesCommand({ QueueUrl: process.env.ORDERS_URL })));

const read = database(process.env.DATABASE_READER_URL);
const write = database(process.env.DATABASE_URL);

type Query = (text: string, values?: unknown[]) => Promise<unknown[]>;

/** Queries over a small pool; the password comes from PGPASSWORD. */
function database(connectionString: string | undefined): Query {
  const calling = guard();
  const connect = (): Pool => {
    const limits = { max: 5, connectionTimeoutMillis: 300, query_timeout: 300, idleTimeoutMillis: 5_000 };
    // An idle connection that breaks says so here; the pool has dropped it already.
    return new Pool({ connectionString, keepAlive: true, ...limits }).on("error", () => undefined);
  };
  let pool = connect();
  return (text, values) =>
    calling.execute(async () => {
      const used = pool;
      try {
        return (await used.query(text, values)).rows;
      } catch (error) {
        // After a failover every connection may lead to an instance that hangs: one failure condemns them all.
        if (used === pool) pool = connect();
        if (!used.ending) void used.end();
        throw error;
      }
    });
}
