import { setTimeout as pause } from "node:timers/promises";
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { apply, isTransient, prepare } from "./store.ts";

/**
 * Works off the queue of orders. A worker may die at any moment: a message that it has not deleted is delivered again,
 * and the inbox sees to it that its effect happens once.
 */
const QueueUrl = process.env.ORDERS_URL;
const queue = new SQSClient({});
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

/**
 * While the database is away, a worker keeps what it has and receives nothing more: the queue holds the orders, and
 * none of them uses up its receives and ends in the dead-letter queue because of somebody else's failure.
 */
const patiently = retry(handleWhen(isTransient), {
  maxAttempts: Number.POSITIVE_INFINITY,
  backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 250 }),
});
patiently.onRetry((failure) => console.error("trying again:", "error" in failure && String(failure.error)));

async function receive(): Promise<Message[]> {
  const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 });
  const { Messages = [] } = await queue.send(request, { abortSignal: AbortSignal.timeout(3_000) });
  return Messages;
}

async function fulfil(message: Message): Promise<void> {
  const { key, value } = JSON.parse(message.Body ?? "");
  await patiently.execute(() => apply(key, value), stopping.signal);
  // Dying here, between the work and the delete, is what the inbox is for.
  const done = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle });
  await queue.send(done, { abortSignal: AbortSignal.timeout(1_000) });
}

await patiently.execute(prepare, stopping.signal);
while (!stopping.signal.aborted) {
  try {
    const ends = await Promise.allSettled((await receive()).map(fulfil));
    // What is not deleted comes again after the visibility time-out; a message that never works ends as a dead letter.
    for (const end of ends) if (end.status === "rejected") console.error(`not done: ${end.reason.message}`);
  } catch (error) {
    console.error(`nothing received: ${(error as Error).message}`);
    await pause(200);
  }
}
process.exit(0);
