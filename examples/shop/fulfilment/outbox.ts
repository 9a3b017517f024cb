import { setTimeout as pause } from "node:timers/promises";
import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import { query, transaction } from "./store.ts";

/**
 * Sends orders on from the outbox to the queue of this region. Each region does so once with each order: with those
 * that it accepted at once, and with another region's when they should long have been applied, because that region may
 * be gone with its queue. So nothing goes to and fro, and what was applied already the inbox stops.
 */
const DUE = `
  not sent_to @> array[$1] and (region = $1 or at < now() - interval '5 seconds')`;

const CLAIM = `
  update outbox set sent_to = sent_to || $1::text where key in
    (select key from outbox where ${DUE} order by at limit 10 for update skip locked)
  returning key, value`;

const IDLE_MS = 100;

/** How a batch of at most ten messages goes to the queue; it rejects unless all of them are there. */
export type Send = (messages: SendMessageBatchRequestEntry[]) => Promise<void>;

/** Empties the outbox until `stopping`. Whatever fails is tried again, by this worker or another one. */
export async function relay(region: string, send: Send, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const sent = await relaySome(region, send).catch((error: Error) => {
      console.error(`nothing sent on: ${error.message}`);
      return 0;
    });
    if (sent === 0) await pause(IDLE_MS);
  }
}

/**
 * Sends some orders on, and says how many. Only what is in the queue is noted as sent: dying between the two sends an
 * order twice, never not at all. Others skip what is locked meanwhile.
 */
export async function relaySome(region: string, send: Send): Promise<number> {
  // Asked first, and without a lock: where the database only reads there is mostly nothing to do.
  const [waiting] = await query(`select exists (select from outbox where ${DUE}) as some`, [region]);
  if (!waiting?.some) return 0;
  return transaction(async (ask) => {
    const orders = await ask(CLAIM, [region]);
    if (orders.length > 0)
      await send(orders.map((order, index) => ({ Id: String(index), MessageBody: JSON.stringify(order) })));
    return orders.length;
  });
}
