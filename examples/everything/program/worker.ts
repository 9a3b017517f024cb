import { type Message, SQS } from "@aws-sdk/client-sqs";

/** Works off a queue; to do the work twice does no harm, as there is none. */
const sqs = new SQS({});
const QueueUrl = process.env["ORDERS_URL"] ?? "";
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

while (!stopping.signal.aborted) {
  for (const { Body, ReceiptHandle } of await receive()) {
    console.log(Body);
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
  }
}

async function receive(): Promise<Message[]> {
  const abortSignal = stopping.signal;
  try {
    const found = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }, { abortSignal });
    return found.Messages ?? [];
  } catch (error) {
    if (abortSignal.aborted) return [];
    throw error; // a task that cannot reach its queue is replaced
  }
}
