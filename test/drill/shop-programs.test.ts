import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { request as requestByTls } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Client } from "pg";
import { Agent, type RequestInit, type Response, fetch } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { silentHost } from "../../src/base/host.ts";
import { type Definition, validateDefinition } from "../../src/definition/validate.ts";
import type { Address } from "../../src/local/address.ts";
import { CacheMember } from "../../src/local/engine/cache.ts";
import { PostgresMember } from "../../src/local/engine/database.ts";
import { locateEngines } from "../../src/local/engine/locate.ts";
import { type QueueServer, queueUrl, startQueueServer } from "../../src/local/engine/queue.ts";
import { type Child, createSpawner } from "../../src/local/process/child.ts";
import { startWatchdog } from "../../src/local/process/watchdog.ts";
import { bindings } from "../../src/topology/binding.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { type Topology, findComponent } from "../../src/topology/topology.ts";
import { eventually } from "../support/eventually.ts";

/** The shop's own programs, with one member of each engine and without balancers or links between them. */

const HOST = "127.0.0.1";
const PASSWORD = "of-this-test-alone";
/** Brings the visibility time-out of the shop's queue from 30 seconds to one. */
const PACE_FACTOR = 30;

const folder = resolve("examples/shop");
const definition = loadDefinition();
const compiled = (changed: Partial<Definition> = {}): Topology =>
  compileTopology({ ...definition, ...changed }, { regions: "primary", directory: folder });
const topology = compiled();
const outboxed = { orders: { ...definition.queues["orders"]!, acrossRegions: "outbox" as const } }; // declared
const withOutbox = compiled({ queues: outboxed });
const watchdog = startWatchdog();
const spawner = createSpawner(watchdog);
const directory = mkdtempSync(join(tmpdir(), "holdfast-shop-"));

let database: PostgresMember;
let databaseAddress: Address;
let cacheAddress: Address;
let cache: CacheMember;
let queue: QueueServer;
/** What a test has started; ended after it. */
const started: Child[] = [];

/** As Node loads it, which finds "holdfast" by the package's own name. */
function loadDefinition(): Definition {
  const script = `console.log(JSON.stringify((await import("${folder}/holdfast.config.ts")).default))`;
  const args = ["--conditions=source", "--input-type=module", "--eval", script];
  const { definition, problems } = validateDefinition(
    JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })),
  );
  if (definition === null) throw new Error(JSON.stringify(problems, null, 2));
  return definition;
}

beforeAll(async () => {
  const engines = await locateEngines({
    stateDirectory: resolve(".holdfast"),
    searchPath: process.env["PATH"] ?? "",
    host: silentHost,
  });
  [databaseAddress, cacheAddress] = [await freeAddress(), await freeAddress()];
  const alone = { zone: "us-east-1a", members: [], spawner, clock: systemClock };
  database = new PostgresMember({
    ...alone,
    id: "database-us-east-1a",
    directory: join(directory, "database"),
    listen: databaseAddress,
    settings: { ...findComponent(topology, "database", "database")!.settings, synchronousStandbys: 0 }, // declared
    secrets: { password: PASSWORD, controlPassword: `${PASSWORD}-control` },
    binary: engines.postgres,
    logFile: join(directory, "database.log"),
  });
  cache = new CacheMember({
    ...alone,
    id: "sessions-us-east-1a",
    directory: join(directory, "sessions"),
    listen: cacheAddress,
    settings: { ...findComponent(topology, "cache", "sessions")!.settings, minReplicasToWrite: 0 }, // declared
    password: PASSWORD,
    binary: engines.cache,
    logFile: join(directory, "sessions.log"),
  });
  for (const member of [database, cache]) {
    await member.initialise();
    await member.start({ role: "primary", standbys: [] });
  }
  queue = await startQueue("us-east-1");
});

function startQueue(region: string): Promise<QueueServer> {
  const { settings } = findComponent(topology, "queue", "orders")!; // declared by the shop
  return startQueueServer({
    region,
    listen: { host: HOST, port: 0 },
    dataDirectory: join(directory, `queue-${region}`),
    queues: [{ id: "orders", settings }],
    paceFactor: PACE_FACTOR,
    clock: systemClock,
    onDeadLetter: () => undefined,
    onStranded: () => undefined,
  });
}

afterEach(async () => {
  for (const child of started) child.signal("SIGKILL");
  await Promise.all(started.splice(0).map((child) => child.exited));
});

afterAll(async () => {
  await anyCertificate.destroy();
  await database?.stop();
  await cache?.stop();
  await queue?.close();
  watchdog.close();
  rmSync(directory, { recursive: true, force: true });
});

async function freeAddress(): Promise<Address> {
  const server = createTcpServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return { host: HOST, port };
}

interface TaskOptions {
  readonly of?: Topology;
  readonly region?: string;
  readonly queueAt?: Address;
  readonly env?: Record<string, string>;
}

/** Starts a task of a service as a zone would, and says where it listens. */
async function startTask(
  service: "api" | "fulfilment",
  options: TaskOptions = {},
): Promise<{ child: Child; url: string }> {
  const { host, port } = await freeAddress();
  const queueAt = options.queueAt ?? queue.address;
  const env = bindings(options.of ?? topology, service, {
    region: options.region ?? "us-east-1",
    host,
    port,
    tls: null,
    database: () => ({ writer: databaseAddress, reader: databaseAddress, user: "app", password: PASSWORD }),
    cache: () => ({ ...cacheAddress, user: "app", password: PASSWORD }),
    queueUrl: (id) => queueUrl(queueAt, id),
    awsEndpoint: () => `http://${queueAt.host}:${queueAt.port}`,
  });
  const { run, directory: cwd } = findComponent(topology, "service", service)!.settings; // declared by the shop
  const [, ...args] = run.split(" ");
  const name = `${service}-${started.length}`;
  const logFile = join(directory, `${name}.log`);
  const child = await spawner.spawn({
    name,
    command: process.execPath,
    args,
    cwd,
    env: { ...env, ...options.env },
    logFile,
  });
  started.push(child);
  const url = `https://${host}:${port}`;
  if (service === "api") await eventually(async () => (await ask(`${url}/healthz`)).ok, { within: "10 seconds" });
  return { child, url };
}

/** Takes whatever certificate a task has, as a balancer does. */
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });

const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, dispatcher: anyCertificate });

/** What goes wrong on the way to the queue: actions that never arrive, or whose answer never comes back. */
type Losses = Readonly<Record<string, "call" | "answer">>;

interface Trap {
  readonly address: Address;
  /** The first of the actions was asked for. */
  readonly sprung: Promise<void>;
  close(): void;
}

async function trapFor(first: string, losses: Losses): Promise<Trap> {
  const sprung = Promise.withResolvers<void>();
  const trap = createServer((incoming, outgoing) => {
    const action = String(incoming.headers["x-amz-target"]).replace("AmazonSQS.", "");
    const spring = (): void => {
      if (action === first) sprung.resolve();
    };
    if (losses[action] === "call") return spring();
    const { method, url, headers } = incoming;
    const forward = request({ ...queue.address, method, path: url, headers }, (answer: IncomingMessage) => {
      if (losses[action] === "answer") return spring();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forward.destroy());
    incoming.pipe(forward);
  }).listen(0, HOST);
  await once(trap, "listening");
  const { port } = trap.address() as AddressInfo;
  const close = (): void => {
    trap.closeAllConnections();
    trap.close();
  };
  return { address: { host: HOST, port }, sprung: sprung.promise, close };
}

/** A worker that is killed at the moment when one of its calls goes wrong. Resolves when it is dead. */
async function crashAt(action: string, losses: Losses, options: TaskOptions = {}): Promise<void> {
  const trap = await trapFor(action, losses);
  const { child } = await startTask("fulfilment", { ...options, queueAt: trap.address });
  await trap.sprung;
  await kill(child);
  trap.close();
}

/** A worker that dies between the work and the delete. */
const crashBeforeDelete = (env: Record<string, string> = {}): Promise<void> =>
  crashAt("DeleteMessage", { DeleteMessage: "call" }, { env });

async function kill(child: Child): Promise<void> {
  child.signal("SIGKILL");
  await child.exited;
}

const place = (url: string, key: string, value = "tea"): Promise<Response> =>
  ask(`${url}/api/orders`, {
    method: "POST",
    headers: { "idempotency-key": key },
    body: JSON.stringify({ key, value }),
  });

const show = async (url: string, key: string): Promise<unknown> => {
  const response = await ask(`${url}/api/orders/${key}`);
  return response.ok ? response.json() : response.status;
};

/** What left the stock so far, and how many orders took it, by the shop's books. */
async function books(url: string): Promise<{ taken: number; rows: number; orders: number }> {
  const { initial, stock, ledgerRows, distinctKeys } = (await (await ask(`${url}/api/stock`)).json()) as Record<
    string,
    number
  >;
  return { taken: initial! - stock!, rows: ledgerRows!, orders: distinctKeys! }; // the API's own fields
}

/** Until the queue holds nothing more, in flight or not. */
const worked = (): Promise<unknown> =>
  eventually(() => queue.depths().every(({ pending }) => pending === 0), { within: "10 seconds" });

beforeEach(worked);

test("an order is accepted at once, and applied once", async () => {
  const [{ url }] = await Promise.all([startTask("api"), startTask("fulfilment")]);
  expect((await place(url, "once", "green tea")).status).toBe(202);
  await eventually(async () => expect(await show(url, "once")).toEqual({ value: "green tea", applied: 1 }), {
    within: "5 seconds",
  });
  expect(await show(url, "never")).toBe(404);
});

test("an order without its key as Idempotency-Key, or without a value, is refused and never queued", async () => {
  const { url } = await startTask("api");
  const send = (headers: Record<string, string>, body: string): Promise<Response> =>
    ask(`${url}/api/orders`, { method: "POST", headers, body });
  const key = { "idempotency-key": "k" };
  expect((await send({}, '{"key":"k","value":"v"}')).status).toBe(400);
  expect((await send(key, '{"key":"other","value":"v"}')).status).toBe(400);
  expect((await send(key, '{"key":"k"}')).status).toBe(400);
  expect((await send(key, '{"key":"k","value":"nul \\u0000"}')).status).toBe(400);
  expect((await send(key, "null")).status).toBe(400);
  expect((await send(key, "no JSON")).status).toBe(400);
  expect(queue.depths()[0]?.pending).toBe(0);
});

test("the same key five times, through two tasks to two workers, is applied once", async () => {
  const [one, two] = await Promise.all([
    startTask("api"),
    startTask("api"),
    startTask("fulfilment"),
    startTask("fulfilment"),
  ]);
  const before = await books(one.url);
  const sent = await Promise.all([one, two, one, two, one].map(({ url }) => place(url, "again")));
  expect(sent.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  await eventually(async () => expect(await show(two.url, "again")).toMatchObject({ applied: 1 }), {
    within: "5 seconds",
  });
  await worked();
  expect(await books(one.url)).toEqual({ taken: before.taken + 1, rows: before.rows + 1, orders: before.orders + 1 });
});

test("a worker dies between the work and the delete: the order comes again and is applied once", async () => {
  const { url } = await startTask("api");
  const before = { ...(await books(url)), redelivered: queue.depths()[0]!.redelivered }; // there is one queue
  await place(url, "crash");
  await crashBeforeDelete();
  expect(await show(url, "crash")).toMatchObject({ applied: 1 });
  await startTask("fulfilment");
  await worked();
  expect(queue.depths()[0]?.redelivered).toBe(before.redelivered + 1);
  expect(await show(url, "crash")).toMatchObject({ applied: 1 });
  expect((await books(url)).taken).toBe(before.taken + 1);
});

test("without the inbox the same crash applies the order twice, and the books show it", async () => {
  const { url } = await startTask("api");
  const before = await books(url);
  await place(url, "planted");
  await crashBeforeDelete({ INBOX: "off" });
  await startTask("fulfilment", { env: { INBOX: "off" } });
  await worked();
  expect(await show(url, "planted")).toMatchObject({ applied: 2 });
  expect(await books(url)).toEqual({ taken: before.taken + 2, rows: before.rows + 2, orders: before.orders + 1 });
});

test("a message that is no order ends as a dead letter, and the orders behind it are worked", async () => {
  const { url } = await startTask("api");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = `http://${queue.address.host}:${queue.address.port}`;
  const client = new SQSClient({ region: "us-east-1", endpoint, credentials });
  const QueueUrl = queueUrl(queue.address, "orders");
  for (const MessageBody of ["no order", "null", "{}"])
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await startTask("fulfilment");
  await place(url, "behind");
  await eventually(async () => expect(await show(url, "behind")).toMatchObject({ applied: 1 }), {
    within: "5 seconds",
  });
  await eventually(() => queue.depths()[0]?.stranded === 3, { within: "15 seconds" });
});

test("a cart filled through one task is there through another, for its own customer alone", async () => {
  const [one, two] = await Promise.all([startTask("api"), startTask("api")]);
  const body = JSON.stringify({ key: "item", value: "coffee" });
  const filled = await ask(`${one.url}/api/cart`, { method: "POST", body });
  expect(filled.status).toBe(200);
  const cookie = filled.headers.getSetCookie()[0]!.split(";")[0]!; // a new customer is given a session
  const look = (headers: Record<string, string>): Promise<Response> => ask(`${two.url}/api/cart/item`, { headers });
  expect(await (await look({ cookie })).json()).toEqual({ value: "coffee" });
  expect((await look({})).status).toBe(404);
  expect((await look({ cookie: "session=another" })).status).toBe(404);
});

test("with the database or the cache paused each answer comes within a second and orders are accepted", async () => {
  const [{ url }] = await Promise.all([startTask("api"), startTask("fulfilment")]);
  await eventually(() => books(url).then(({ taken }) => taken >= 0), { within: "5 seconds" });
  await eventually(async () => (await ask(`${url}/healthz/deep`)).ok, { within: "5 seconds" });
  const paused = [database.process()!, cache.process()!]; // both run
  paused.forEach((child) => child.signal("SIGSTOP"));
  try {
    for (const path of ["/api/orders/once", "/api/cart/item", "/api/stock", "/api/orders/once", "/api/cart/item"]) {
      const since = systemClock.now();
      const { status } = await ask(`${url}${path}`);
      expect({ path, status: status === 503 || status === 504 }).toEqual({ path, status: true });
      expect(systemClock.now() - since).toBeLessThan(1_000);
    }
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    expect((await ask(`${url}/healthz/deep`)).ok).toBe(false);
    expect((await place(url, "meanwhile")).status).toBe(202);
  } finally {
    paused.forEach((child) => child.signal("SIGCONT"));
  }
  await eventually(async () => expect(await show(url, "meanwhile")).toMatchObject({ applied: 1 }), {
    within: "3 seconds",
  });
  await eventually(async () => (await ask(`${url}/api/cart/item`)).status === 404, { within: "3 seconds" });
});

test("a hundred orders placed while the database is killed and started again are applied once each", async () => {
  const [{ url }] = await Promise.all([startTask("api"), startTask("fulfilment"), startTask("fulfilment")]);
  const before = await books(url);
  const orders = Array.from({ length: 100 }, (_, index) => place(url, `storm-${index}`));
  await database.kill();
  await Promise.all(orders);
  await database.start({ role: "primary", standbys: [] });
  await worked();
  expect(await books(url)).toEqual({ taken: before.taken + 100, rows: before.rows + 100, orders: before.orders + 100 });
});

/** An API that accepts into the outbox, and the tables that a first worker makes. */
async function outboxApi(): Promise<{ child: Child; url: string }> {
  const [api, worker] = await Promise.all([
    startTask("api", { of: withOutbox }),
    startTask("fulfilment", { of: withOutbox }),
  ]);
  await eventually(() => books(api.url).then(({ taken }) => taken >= 0), { within: "20 seconds" });
  await kill(worker.child);
  return api;
}

/** The regions whose queues an order in the outbox was sent to. */
async function sentTo(key: string): Promise<unknown> {
  const client = new Client({ ...databaseAddress, user: "app", password: PASSWORD, database: "app" });
  await client.connect();
  try {
    return (await client.query("select sent_to from outbox where key = $1", [key])).rows[0]?.sent_to;
  } finally {
    await client.end();
  }
}

const appliedOnce = (url: string, key: string): Promise<unknown> =>
  eventually(async () => expect(await show(url, key)).toMatchObject({ applied: 1 }), { within: "20 seconds" });

test("with an outbox an order outlives the API that accepted it, with no worker and nothing in the queue", async () => {
  const [first, second] = await Promise.all([outboxApi(), startTask("api", { of: withOutbox })]);
  const before = await books(second.url);
  expect((await place(first.url, "kept")).status).toBe(202);
  await kill(first.child);
  expect((await place(second.url, "kept")).status).toBe(202); // the customer who did not hear the answer
  expect(queue.depths()[0]?.pending).toBe(0);
  expect(await show(second.url, "kept")).toBe(404);
  await Promise.all([startTask("fulfilment", { of: withOutbox }), startTask("fulfilment", { of: withOutbox })]);
  await appliedOnce(second.url, "kept");
  await worked();
  expect(await books(second.url)).toMatchObject({ taken: before.taken + 1, rows: before.rows + 1 });
});

test("a worker dies between sending on and noting it: the order is sent twice and applied once", async () => {
  const { url } = await outboxApi();
  const before = await books(url);
  await place(url, "twice-sent");
  await crashAt("SendMessageBatch", { SendMessageBatch: "answer", ReceiveMessage: "call" }, { of: withOutbox });
  const sent = queue.depths()[0]!.pending; // there is one queue
  expect(sent).toBeGreaterThan(0);
  const silent = await trapFor("ReceiveMessage", { ReceiveMessage: "call" });
  const relayOnly = await startTask("fulfilment", { of: withOutbox, queueAt: silent.address });
  await eventually(() => queue.depths()[0]!.pending > sent, { within: "20 seconds" });
  await kill(relayOnly.child);
  silent.close();
  await startTask("fulfilment", { of: withOutbox });
  await worked();
  expect(await show(url, "twice-sent")).toMatchObject({ applied: 1 });
  expect((await books(url)).taken).toBe(before.taken + 1);
});

test("the other region applies what a lost region's queue has, and its messages change nothing later", async () => {
  const { url } = await outboxApi();
  const before = await books(url);
  const [silent, elsewhere] = await Promise.all([
    trapFor("ReceiveMessage", { ReceiveMessage: "call" }),
    startQueue("us-west-2"),
  ]);
  const relayOnly = await startTask("fulfilment", { of: withOutbox, queueAt: silent.address });
  expect((await place(url, "carried")).status).toBe(202);
  await eventually(async () => expect(await sentTo("carried")).toEqual(["us-east-1"]), { within: "20 seconds" });
  await kill(relayOnly.child);
  silent.close();
  const other = { of: withOutbox, region: "us-west-2", queueAt: elsewhere.address };
  const { child } = await startTask("fulfilment", other);
  await appliedOnce(url, "carried");
  await kill(child);
  await elsewhere.close();
  expect(queue.depths()[0]?.pending).toBeGreaterThan(0); // the region that was lost is back
  await startTask("fulfilment", { of: withOutbox });
  await worked();
  expect((await books(url)).taken).toBe(before.taken + 1);
});

test("a task that is told to stop finishes what is in flight and ends by itself", async () => {
  const [{ child, url }, worker] = await Promise.all([startTask("api"), startTask("fulfilment")]);
  await place(url, "first");
  await eventually(async () => expect(await show(url, "first")).toMatchObject({ applied: 1 }), { within: "5 seconds" });
  const body = JSON.stringify({ key: "last", value: "tea" });
  const headers = { "idempotency-key": "last", "content-length": body.length };
  const order = requestByTls(`${url}/api/orders`, { method: "POST", headers, rejectUnauthorized: false });
  const answered = once(order, "response") as Promise<[IncomingMessage]>;
  order.write(body.slice(0, 5));
  const [socket] = await once(order, "socket");
  await once(socket, "secureConnect");
  await ask(`${url}/healthz`); // the order came before this, so it is in flight now
  for (const { pid } of [child, worker.child]) process.kill(pid, "SIGTERM");
  await eventually(
    () =>
      ask(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    { within: "2 seconds" },
  );
  order.end(body.slice(5));
  expect((await answered)[0].statusCode).toBe(202);
  expect(await Promise.all([child.exited, worker.child.exited])).toEqual(["exit 0", "exit 0"]);
});
