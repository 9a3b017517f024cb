import { setTimeout as pause } from "node:timers/promises";
import { type Message, SQS } from "@aws-sdk/client-sqs";
import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { relay, type Send } from "./outbox.ts";
import { apply, isTransient, prepare } from "./store.ts";

/**
 * Works off the queue of orders. A worker may die at any moment: a message that it has not deleted is delivered again,
 * and the inbox sees to it that its effect happens once.
 */
const QueueUrl = process.env.ORDERS_URL;
const queue = new SQS({});
const within = (ms: number): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(ms) });
const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 250 });
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

/**
 * While the database is away, a worker keeps what it has and receives nothing more: the queue holds the orders, and
 * none of them uses up its receives and ends in the dead-letter queue because of somebody else's failure.
 */
const patiently = retry(handleWhen(isTransient), { maxAttempts: Number.POSITIVE_INFINITY, backoff });
patiently.onRetry((failure) => console.error("trying again:", "error" in failure && String(failure.error)));

async function fulfil({ Body = "", ReceiptHandle }: Message): Promise<void> {
  try {
    const { key, value } = JSON.parse(Body);
    await patiently.execute(() => apply(key, value), stopping.signal);
  } catch (error) {
    // It would fail again, or this worker stops: it goes back at once, to another worker or soon to the dead letters.
    await queue.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }, within(1_000));
    throw error;
  }
  // Dying here, between the work and the delete, is what the inbox is for.
  await queue.deleteMessage({ QueueUrl, ReceiptHandle }, within(1_000));
}

const send: Send = async (Entries) => {
  const { Failed = [] } = await queue.sendMessageBatch({ QueueUrl, Entries }, within(1_000));
  if (Failed.length > 0) throw new Error(`${Failed.length} messages refused: ${Failed[0]?.Message}`);
};

await patiently.execute(prepare, stopping.signal);
const relaying =
  process.env.ORDERS_ACROSS_REGIONS === "outbox" ? relay(process.env.AWS_REGION ?? "", send, stopping.signal) : null;
while (!stopping.signal.aborted) {
  try {
    const request = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 };
    const { Messages = [] } = await queue.receiveMessage(request, within(4_000));
    const ends = await Promise.allSettled(Messages.map(fulfil));
    // What is not deleted comes again after the visibility time-out; a message that never works ends as a dead letter.
    for (const end of ends) if (end.status === "rejected") console.error(`not done: ${end.reason.message}`);
  } catch (error) {
    console.error(`nothing received: ${(error as Error).message}`);
    await pause(200);
  }
}
await relaying;
process.exit(0);
