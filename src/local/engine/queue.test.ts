import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import type { Address } from "../address.ts";
import { type QueueServer, type QueueServerOptions, queueUrl, startQueueServer } from "./queue.ts";

const settings: QueueSettings = {
  maxReceives: 2,
  visibilityTimeoutMs: 10_000,
  retentionMs: 345_600_000,
  deadLetterQueue: "orders-dead-letters",
  deadLetterRetentionMs: 1_209_600_000,
  acrossRegions: "none",
};

let directory: string;
let options: QueueServerOptions;
const closing: (() => void | Promise<void>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-queue-"));
  options = {
    region: "us-east-1",
    listen: { host: "127.79.2.1", port: 0 },
    dataDirectory: directory,
    queues: [{ id: "orders", settings }],
    paceFactor: 10,
    clock: systemClock,
    onDeadLetter: () => undefined,
    onStranded: () => undefined,
  };
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  rmSync(directory, { recursive: true });
});

async function start(): Promise<QueueServer> {
  const server = await startQueueServer(options);
  closing.push(() => server.close());
  return server;
}

/** A client as a program has it. Without an endpoint it sends to the host of the queue's URL. */
function clientOf(endpoint?: Address): SQSClient {
  const client = new SQSClient({
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    ...(endpoint ? { endpoint: `http://${endpoint.host}:${endpoint.port}` } : {}),
  });
  closing.push(() => client.destroy());
  return client;
}

async function receive(
  client: SQSClient,
  QueueUrl: string,
  WaitTimeSeconds = 0,
): Promise<{ body: string; handle: string }[]> {
  const input = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10 };
  const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
  return Messages.map(({ Body, ReceiptHandle }) => ({ body: Body ?? "", handle: ReceiptHandle ?? "" }));
}

test("a queue has a dead-letter queue, and its visibility time-out at the pace in whole seconds", async () => {
  const { address } = await start();
  const QueueUrl = queueUrl(address, "orders");
  const input = { QueueUrl, AttributeNames: ["All" as const] };
  const { Attributes } = await clientOf(address).send(new GetQueueAttributesCommand(input));
  expect(Attributes).toMatchObject({ VisibilityTimeout: "1", MessageRetentionPeriod: "34560" });
  expect(JSON.parse(Attributes?.RedrivePolicy ?? "")).toEqual({
    deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:orders-dead-letters",
    maxReceiveCount: 2,
  });
});

test("counts what is pending, received again and stranded", async () => {
  const server = await start();
  const client = clientOf(server.address);
  const url = queueUrl(server.address, "orders");
  for (const MessageBody of ["kept", "poison"])
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
  const [kept] = (await receive(client, url)).filter(({ body }) => body === "kept");
  await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: kept!.handle })); // it was sent
  expect(server.depths()).toEqual([{ queue: "orders", pending: 1, stranded: 0, redelivered: 0 }]);
  await eventually(
    async () => {
      await receive(client, url);
      expect(server.depths()).toEqual([{ queue: "orders", pending: 0, stranded: 1, redelivered: 1 }]);
    },
    { within: "10 seconds" },
  );
});

test("a message that a worker gives back is there at once, and after a restart", async () => {
  const first = await startQueueServer(options);
  const client = clientOf(first.address);
  const url = queueUrl(first.address, "orders");
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "again" }));
  const [received] = await receive(client, url);
  const back = { QueueUrl: url, ReceiptHandle: received!.handle, VisibilityTimeout: 0 }; // it was sent
  await client.send(new ChangeMessageVisibilityCommand(back));
  expect(first.depths()).toMatchObject([{ pending: 1 }]);
  await first.close();
  const second = await start();
  expect((await receive(clientOf(second.address), queueUrl(second.address, "orders"))).map(({ body }) => body)).toEqual(
    ["again"],
  );
});

test("the SDK works through a link, whether it is given an endpoint or goes by the queue's URL", async () => {
  const server = await start();
  const link = createServer((from) => {
    const to = connect(server.address.port, server.address.host);
    from.pipe(to).pipe(from);
    for (const socket of [from, to]) socket.on("error", () => socket.destroy());
  });
  link.listen(0, "127.79.130.7");
  await once(link, "listening");
  closing.push(() => void link.close());
  const at: Address = { host: "127.79.130.7", port: (link.address() as { port: number }).port };
  for (const client of [clientOf(at), clientOf()]) {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl(at, "orders"), MessageBody: "via link" }));
    expect(await receive(client, queueUrl(at, "orders"))).toMatchObject([{ body: "via link" }]);
    client.destroy();
  }
  const client = clientOf(at);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "orders" }));
  expect(QueueUrl).toBe(queueUrl(at, "orders"));
  expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toContain(queueUrl(at, "orders"));
});

test("a worker that dies while it waits takes no message with it", async () => {
  const server = await start();
  const url = queueUrl(server.address, "orders");
  const body = JSON.stringify({ QueueUrl: url, WaitTimeSeconds: 20 });
  const dead = connect(server.address.port, server.address.host);
  dead.write(
    `POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\n` +
      `content-type: application/x-amz-json-1.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(dead, "connect");
  const client = clientOf(server.address);
  // A living worker waits behind it; its answer shows that both had been waiting.
  const living = receive(client, url, 20);
  await eventually(() => client.send(new GetQueueUrlCommand({ QueueName: "orders" })).then(() => true), {
    within: "5 seconds",
  });
  dead.destroy();
  await client.send(new GetQueueUrlCommand({ QueueName: "orders" }));
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "for the living" }));
  expect(await living).toMatchObject([{ body: "for the living" }]);
});

test("listens on its own address alone", async () => {
  const { address } = await start();
  const stranger = connect(address.port, "127.79.2.2");
  expect(await once(stranger, "error")).toMatchObject([{ code: "ECONNREFUSED" }]);
});
