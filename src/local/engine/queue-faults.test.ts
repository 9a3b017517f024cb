import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  RequestThrottled,
  SQSClient,
  SQSServiceException,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import { type QueueServer, queueUrl, startQueueServer } from "./queue.ts";

const settings = (id: string): QueueSettings => ({
  maxReceives: 3,
  visibilityTimeoutMs: 60_000,
  retentionMs: 345_600_000,
  deadLetterQueue: `${id}-dead-letters`,
  deadLetterRetentionMs: 1_209_600_000,
  acrossRegions: "none",
});

let directory: string;
let server: QueueServer;
let client: SQSClient;
let deadLettered: [queue: string, messageId: string][];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-queue-faults-"));
  deadLettered = [];
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

async function start(): Promise<void> {
  server = await startQueueServer({
    region: "us-east-1",
    listen: { host: "127.79.2.7", port: 0 },
    dataDirectory: directory,
    queues: ["orders", "others"].map((id) => ({ id, settings: settings(id) })),
    paceFactor: 1,
    clock: systemClock,
    onDeadLetter: (queue, messageId) => deadLettered.push([queue, messageId]),
    onStranded: () => undefined,
  });
  client = clientOf({ maxAttempts: 1 });
}

/** A client as a program has it. */
function clientOf({ maxAttempts }: { maxAttempts: number }): SQSClient {
  const { host, port } = server.address;
  return new SQSClient({
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    endpoint: `http://${host}:${port}`,
    maxAttempts,
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await server.close();
}

const url = (queue: string): string => queueUrl(server.address, queue);

async function send(MessageBody: string, queue = "orders"): Promise<string | undefined> {
  return (await client.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody }))).MessageId;
}

async function receive(queue = "orders", WaitTimeSeconds = 0): Promise<Message[]> {
  const input = { QueueUrl: url(queue), MaxNumberOfMessages: 10, WaitTimeSeconds, AttributeNames: ["All" as const] };
  return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

const bodies = (messages: readonly Message[]): (string | undefined)[] => messages.map(({ Body }) => Body);

async function refusal(call: Promise<unknown>): Promise<SQSServiceException> {
  const error = await call.then(
    () => new Error("it was served"),
    (reason: unknown) => reason,
  );
  if (error instanceof SQSServiceException) return error;
  throw error;
}

describe("a queue that is unavailable", () => {
  const down = { queue: "orders", effect: { kind: "unavailable" } } as const;

  test("fails every call about it with 503, and no call about another queue or about its dead letters", async () => {
    await send("kept");
    server.setFaults([down]);
    const QueueUrl = url("orders");
    const calls = [
      () => send("refused"),
      () => receive(),
      () => client.send(new GetQueueAttributesCommand({ QueueUrl })),
      () => client.send(new GetQueueUrlCommand({ QueueName: "orders" })),
      () => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "any" })),
    ];
    for (const call of calls) {
      const error = await refusal(call());
      expect(error).toMatchObject({ name: "ServiceUnavailable", $metadata: { httpStatusCode: 503 } });
    }
    await send("served", "others");
    expect(bodies(await receive("others"))).toEqual(["served"]);
    expect(await receive("orders-dead-letters")).toEqual([]);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toContain(QueueUrl);
    server.setFaults([]);
    expect(bodies(await receive())).toEqual(["kept"]);
  });

  test("hands nothing out to a receive that had been waiting", async () => {
    const waiting = receive("orders", 20);
    // Answers that came later show that it waits.
    for (let calls = 0; calls < 3; calls++) await receive("others");
    server.setFaults([down]);
    server.poison("orders", "while it is down");
    expect(await waiting).toEqual([]);
    server.setFaults([]);
    expect(bodies(await receive())).toEqual(["while it is down"]);
  });

  test("is tried again by the SDK, which takes it for a failure that may pass", async () => {
    client.destroy();
    client = clientOf({ maxAttempts: 3 });
    server.setFaults([down]);
    expect(await refusal(send("refused"))).toMatchObject({ $metadata: { attempts: 3 } });
  });
});

describe("a queue that is throttled", () => {
  test("serves so many calls and tells the rest to slow down, as SQS does", async () => {
    server.setFaults([{ queue: "orders", effect: { kind: "throttle", callsPerSecond: 2 } }]);
    const calls = await Promise.allSettled(Array.from({ length: 60 }, (_, number) => send(`${number}`)));
    const served = calls.filter(({ status }) => status === "fulfilled").length;
    expect(served).toBeGreaterThanOrEqual(2);
    expect(served).toBeLessThan(30); // sixty calls would have to take 14 seconds
    for (const call of calls) {
      if (call.status === "fulfilled") continue;
      expect(call.reason).toBeInstanceOf(RequestThrottled);
      expect(call.reason).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    }
    expect(server.depths()).toMatchObject([{ queue: "orders", pending: served }, { queue: "others" }]);
    await eventually(() => receive().then(() => true), { within: "10 seconds" });
  });

  test("is tried again by the SDK, which knows the name of the error", async () => {
    server.setFaults([{ queue: "orders", effect: { kind: "throttle", callsPerSecond: 0.001 } }]);
    await send("the first one");
    client.destroy();
    client = clientOf({ maxAttempts: 3 });
    const error = await refusal(send("refused"));
    expect(error).toMatchObject({ name: "RequestThrottled", $metadata: { attempts: 3 } });
  });
});

describe("a queue that is slow", () => {
  test("serves what its client no longer waits for: the message is in the queue", async () => {
    server.setFaults([{ queue: "orders", effect: { kind: "slow", delayMs: 1_000 } }]);
    const late = new SendMessageCommand({ QueueUrl: url("orders"), MessageBody: "late" });
    const impatient = client.send(late, { abortSignal: AbortSignal.timeout(300) });
    await expect(impatient).rejects.toThrow("aborted");
    expect(server.depths()).toMatchObject([{ pending: 0 }, {}]);
    await eventually(() => expect(server.depths()).toMatchObject([{ pending: 1 }, {}]), { within: "10 seconds" });
  });

  test("gives no messages to a client that has gone before its call is served", async () => {
    await send("kept");
    server.setFaults([{ queue: "orders", effect: { kind: "slow", delayMs: 1_000 } }]);
    const input = new ReceiveMessageCommand({ QueueUrl: url("orders") });
    await expect(client.send(input, { abortSignal: AbortSignal.timeout(300) })).rejects.toThrow("aborted");
    // Served after the one that was given up.
    const [kept] = await receive();
    expect(kept).toMatchObject({ Body: "kept", Attributes: { ApproximateReceiveCount: "1" } });
  });
});

describe("dead letters", () => {
  const depths = (): unknown => server.depths().find(({ queue }) => queue === "orders");

  test("are reported once a message that nobody can work off has used up its receives", async () => {
    server.poison("orders", "{poison");
    for (let receives = 1; receives <= 3; receives++) {
      const [poison] = await receive();
      expect(poison).toMatchObject({ Body: "{poison", Attributes: { ApproximateReceiveCount: `${receives}` } });
      expect(deadLettered).toEqual([]);
      const back = { QueueUrl: url("orders"), ReceiptHandle: poison!.ReceiptHandle, VisibilityTimeout: 0 }; // received
      await client.send(new ChangeMessageVisibilityCommand(back));
    }
    expect(await receive()).toEqual([]);
    const [dead] = await receive("orders-dead-letters");
    expect(dead).toMatchObject({ Body: "{poison" });
    expect(deadLettered).toEqual([["orders", dead?.MessageId]]);
  });

  test("come of a consumer that always fails: no other one gets the message that it takes", async () => {
    server.strand("orders", 1);
    server.poison("orders", "{poison");
    const worker = receive("orders", 20);
    const stranded = await send("stranded");
    await send("worked off");
    // The worker may have been answered before the second one came.
    const seen = [...bodies(await worker), ...bodies(await receive())];
    expect(seen.sort()).toEqual(["worked off", "{poison"]);
    expect(deadLettered).toEqual([["orders", stranded]]);
    expect(depths()).toMatchObject({ pending: 2, stranded: 1, redelivered: 2 });
  });

  test("come of good messages alone: a poisonous one before them is left to the real consumers", async () => {
    server.poison("orders", "{poison");
    server.strand("orders", 1);
    const stranded = await send("stranded");
    expect(deadLettered).toEqual([["orders", stranded]]);
    expect(bodies(await receive())).toEqual(["{poison"]);
  });

  test("come of messages that wait already", async () => {
    await send("waiting");
    server.strand("orders", 1);
    expect(depths()).toMatchObject({ pending: 0, stranded: 1 });
    await send("next");
    expect(bodies(await receive())).toEqual(["next"]);
  });

  test("go back at a redrive as new messages, with all of their receives before them", async () => {
    server.strand("orders", 3);
    const before = [await send("one"), await send("two")];
    expect(depths()).toMatchObject({ pending: 0, stranded: 2 });
    expect(server.redrive("orders")).toBe(2);
    expect(depths()).toMatchObject({ pending: 2, stranded: 0 });
    await send("three"); // the consumer that fails has gone, though it had a message to go
    const back = await receive();
    expect(bodies(back).sort()).toEqual(["one", "three", "two"]);
    expect(back.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(["1", "1", "1"]);
    for (const { MessageId } of back) expect(before).not.toContain(MessageId);
    expect(server.redrive("orders")).toBe(0);
  });

  test("and what was redriven are on disk", async () => {
    server.strand("orders", 2);
    await send("one");
    await send("two");
    await stop();
    await start();
    expect(depths()).toMatchObject({ pending: 0, stranded: 2 });
    server.redrive("orders");
    await stop();
    await start();
    expect(depths()).toMatchObject({ pending: 2, stranded: 0 });
    expect(bodies(await receive()).sort()).toEqual(["one", "two"]);
  });

  test("of a queue that is not there cannot be redriven", () => {
    expect(() => server.redrive("nothing")).toThrow('there is no queue "nothing"');
  });
});
