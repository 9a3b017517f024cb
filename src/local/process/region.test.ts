import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { freeAddress } from "../../../test/support/free-port.ts";
import { systemClock } from "../../base/clock.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import type { Address } from "../address.ts";
import { openBeacon } from "../beacon.ts";
import { queueUrl } from "../engine/queue.ts";
import { WitnessClient } from "../lease/witness-client.ts";
import { type Connection, connect } from "./ipc.ts";
import type { RegionProtocol } from "./messages-region.ts";

const settings: QueueSettings = {
  maxReceives: 2,
  visibilityTimeoutMs: 30_000,
  retentionMs: 345_600_000,
  deadLetterQueue: "orders-dead-letters",
  deadLetterRetentionMs: 1_209_600_000,
  acrossRegions: "none",
};
const entry = new URL("./region.ts", import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), "holdfast-region-"));
const started: ChildProcess[] = [];
const clients: SQSClient[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  for (const client of clients.splice(0)) client.destroy();
  rmSync(directory, { recursive: true, force: true });
});

async function run(
  listen: Address,
  { faults = [], toStrand = [], observing = null, vantage = null }: Partial<RegionProtocol["config"]> = {},
): Promise<{ child: ChildProcess; connection: Connection<RegionProtocol> }> {
  const args = ["--disable-warning=ExperimentalWarning", entry];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  started.push(child);
  const connection = connect<RegionProtocol>({ name: "region", handle: child });
  const queues = [{ id: "orders", settings }];
  await connection.configure({
    region: "us-east-1",
    listen,
    dataDirectory: directory,
    queues,
    paceFactor: 10,
    faults,
    toStrand,
    observing,
    vantage,
  });
  return { child, connection };
}

function clientOf({ host, port }: Address): SQSClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SQSClient({
    region: "us-east-1",
    endpoint: `http://${host}:${port}`,
    credentials,
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
}

test("every acknowledged message is there after kill -9", async () => {
  const address = await freeAddress("127.79.2.3");
  const QueueUrl = queueUrl(address, "orders");
  const first = await run(address);
  const sender = clientOf(address);
  const acknowledged: string[] = [];
  const send = async (worker: number): Promise<void> => {
    for (let number = 0; ; number++) {
      const MessageBody = `${worker}-${number}`;
      await sender.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      acknowledged.push(MessageBody);
      if (acknowledged.length === 300) first.child.kill("SIGKILL");
    }
  };
  await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(send));
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  await expect(first.connection.request("depths", null)).rejects.toThrow("region is gone");

  const second = await run(address);
  const [depth] = await second.connection.request("depths", null);
  expect(depth?.pending).toBeGreaterThanOrEqual(acknowledged.length);
  expect(depth).toMatchObject({ queue: "orders", stranded: 0, redelivered: 0 });
  expect(await second.connection.request("eventLoop", null)).toBeGreaterThanOrEqual(0);
  const receiver = clientOf(address);
  const found = new Set<string>();
  for (let left = 1; left > 0;) {
    const { Messages = [] } = await receiver.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body } of Messages) found.add(Body ?? "");
    left = Messages.length;
  }
  expect(acknowledged.filter((body) => !found.has(body))).toEqual([]);
});

test("starts with the faults that are in force, and tells what ends as a dead letter", async () => {
  const address = await freeAddress("127.79.2.5");
  const { connection } = await run(address, { faults: [{ queue: "orders", effect: { kind: "unavailable" } }] });
  const dead: string[] = [];
  connection.onMessage("deadLettered", ({ queue, message }) => dead.push(`${queue}: ${message}`));
  const client = clientOf(address);
  const send = (MessageBody: string): Promise<{ MessageId?: string | undefined }> =>
    client.send(new SendMessageCommand({ QueueUrl: queueUrl(address, "orders"), MessageBody }));
  await expect(send("refused")).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await connection.request("faults", []);
  await connection.request("strand", { queue: "orders", messages: 1 });
  const { MessageId } = await send("stranded");
  await connection.request("poison", { queue: "orders", body: "{" });
  expect(await connection.request("depths", null)).toMatchObject([{ pending: 1, stranded: 1 }]);
  expect(dead).toEqual([`orders: ${MessageId}`]);
  expect(await connection.request("redrive", { queue: "orders" })).toBe(1);
  expect(await connection.request("depths", null)).toMatchObject([{ pending: 2, stranded: 0 }]);
});

test("fails to start where its address is in use, and says so", async () => {
  const address = await freeAddress("127.79.2.4");
  await run(address);
  await expect(run(address)).rejects.toThrow(
    `region: listen EADDRINUSE: address already in use 127.79.2.4:${address.port}`,
  );
});

test("watches regions over links that rules act on, and has a witness that is commanded", async () => {
  const [address, beacon, listen, witness] = await Promise.all(
    ["3", "6", "7", "8"].map((end) => freeAddress(`127.79.2.${end}`)),
  );
  if (!address || !beacon || !listen || !witness) throw new Error("four were asked for");
  const server = await openBeacon(beacon);
  const target = { address: beacon, end: { zone: "us-west-2a", component: "zone", instance: null } };
  const { connection } = await run(address, {
    vantage: {
      links: [{ listen, target, purpose: "observe" }],
      watch: { regions: [{ region: "us-west-2", beacons: [listen] }], intervalMs: 20, timeoutMs: 250, threshold: 2 },
      witness: { listen: witness, directory, leaseMs: 1_000 },
    },
  });
  const sights: boolean[] = [];
  connection.onMessage("sight", ({ ok }) => sights.push(ok));
  await eventually(() => sights.at(-1) === true, { within: "10 seconds" });
  await connection.request("rules", [
    { from: { zone: "us-east-1" }, to: { zone: "us-west-2a" }, effect: { kind: "cut" } },
  ]);
  await eventually(() => sights.at(-1) === false, { within: "10 seconds" });
  server.close();
  const client = new WitnessClient(witness, systemClock);
  expect(await client.ask("us-east-1", 5_000)).toBe(true);
  client.close();
  expect(await connection.request("witness", { do: "look", region: "us-east-1" })).toEqual({
    barred: false,
    holder: "us-east-1",
  });
});

test("watches a zone from beside all of them, over a link that rules act on", async () => {
  const [address, beacon, listen] = await Promise.all(["10", "11", "12"].map((end) => freeAddress(`127.79.2.${end}`)));
  if (!address || !beacon || !listen) throw new Error("three were asked for");
  const server = await openBeacon(beacon);
  const target = { address: beacon, end: { zone: "us-east-1a", component: "zone", instance: null } };
  const { connection } = await run(address, {
    observing: {
      links: [{ listen, target, purpose: "observe" }],
      observers: [
        {
          instance: "us-east-1a",
          component: "zone",
          kind: "zone",
          address: listen,
          credentials: { user: "", database: "", password: "" },
          intervalMs: 20,
          timeoutMs: 250,
          healthyThreshold: 1,
          unhealthyThreshold: 3,
        },
      ],
    },
  });
  const seen: unknown[] = [];
  connection.onMessage("observed", (sight) => seen.push(sight));
  const sight = { instance: "us-east-1a", component: "zone" };
  // Its first look may have been told before anybody listened here.
  await connection.request("rules", [{ from: { zone: "us-east-1a" }, to: {}, effect: { kind: "black-hole" } }]);
  await eventually(() => expect(seen.at(-1)).toEqual({ ...sight, ok: false }), { within: "10 seconds" });
  await connection.request("rules", []);
  await eventually(() => expect(seen.at(-1)).toEqual({ ...sight, ok: true }), { within: "10 seconds" });
  server.close();
});

test("refuses to command a witness where there is one region", async () => {
  const { connection } = await run(await freeAddress("127.79.2.9"));
  await expect(connection.request("witness", { do: "look", region: "us-east-1" })).rejects.toThrow("no witness");
});
