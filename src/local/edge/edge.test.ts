import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Clock, systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { PACES } from "../../topology/timing.ts";
import type { EdgeSettings } from "../../topology/kind/edge.ts";
import { CachingResolver } from "../dns/resolver.ts";
import { DnsServer } from "../dns/server.ts";
import { Edge, type EdgeDecision, type ServicePlace } from "./edge.ts";

const settings: EdgeSettings = {
  domain: "shop.example.com",
  site: null,
  routes: [
    { pattern: "/api/*", service: "api" },
    { pattern: "/api/items*", service: "api", cached: true },
  ],
  firewall: { rateLimit: null, managedRules: ["sql-injection"], shieldAdvanced: false },
  origin: { connectionTimeoutMs: 2_000, connectionAttempts: 2, responseTimeoutMs: 4_000 },
  cache: { defaultTtlMs: 600_000, staleIfErrorMs: 600_000 },
  dnsTtlMs: 60_000,
  dnsHealthCheck: { intervalMs: 10_000, threshold: 3 },
  hostedZoneId: null,
  certificateArn: null,
};

const closing: (() => unknown)[] = [];
let directory: string;
let ahead: number;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
let dns: DnsServer;
let edge: Edge;
let base: string;

const decided: EdgeDecision[] = [];

beforeEach(async () => {
  ahead = 0;
  decided.length = 0;
  directory = mkdtempSync(join(tmpdir(), "holdfast-edge-"));
  mkdirSync(join(directory, "site/images"), { recursive: true });
  writeFileSync(join(directory, "site/index.html"), "<h1>shop</h1>");
  writeFileSync(join(directory, "site/images/a b.svg"), "<svg/>");
  writeFileSync(join(directory, "secret.txt"), "secret");
  symlinkSync(join(directory, "secret.txt"), join(directory, "site/link.txt"));
  dns = new DnsServer({ random: seededRandom(5) });
  const servers = [await dns.listen({ host: "127.79.3.53", port: 0 })];
  const resolvers = [1, 2].map(() => new CachingResolver({ servers, clock }));
  const placeOf = (): ServicePlace | null =>
    port === 0 ? null : { name: "api.shop.internal", port, standby: "api.west.shop.internal" };
  edge = new Edge({
    settings: { ...settings, site: join(directory, "site") },
    pace: PACES.fast,
    clock,
    resolvers,
    placeOf,
    regions: ["east", "west"],
    onDecision: (decision) => decided.push(decision),
  });
  const address = await edge.listen({ host: "127.79.3.1", port: 0 });
  base = `http://${address.host}:${address.port}`;
  closing.push(
    () => dns.close(),
    ...resolvers.map((resolver) => () => resolver.close()),
    () => edge.close(),
  );
});
afterEach(async () => {
  port = 0;
  for (const close of closing.splice(0).toReversed()) await close();
  rmSync(directory, { recursive: true });
});

let port = 0;

function answerWith(addresses: readonly string[]): void {
  const name = "api.shop.internal";
  const record = { name, routing: { policy: "simple" } as const, target: { addresses }, ttlSeconds: 6, health: null };
  dns.setRecords([{ origin: "shop.internal", negativeTtlSeconds: 1, records: [record] }]);
}

/** A balancer node with what it was asked; all nodes of a test share one port, as in a run. */
async function node(host: string, listener: RequestListener): Promise<{ asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    listener(request, response);
  });
  server.listen(port, host);
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
  closing.push(() => (server.closeAllConnections(), server.close()));
  return { asked };
}

const xCache = (response: Response): string | null => response.headers.get("x-cache");

test("the site is a miss, then a hit with an age, then confirmed unchanged", async () => {
  const miss = await fetch(`${base}/`);
  expect([miss.status, await miss.text(), xCache(miss)]).toEqual([200, "<h1>shop</h1>", "Miss from holdfast"]);
  expect(miss.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(miss.headers.get("via")).toBe("1.1 holdfast");
  ahead = 30_000;
  const hit = await fetch(`${base}/?utm_source=letter`, { headers: { "cache-control": "no-cache" } });
  expect([await hit.text(), xCache(hit), hit.headers.get("age")]).toEqual(["<h1>shop</h1>", "Hit from holdfast", "30"]);
  const unchanged = await fetch(`${base}/`, { headers: { "if-none-match": miss.headers.get("etag")! } }); // it has one
  expect(unchanged.status).toBe(304);
  ahead = 61_000;
  const refreshed = await fetch(`${base}/`);
  expect([await refreshed.text(), xCache(refreshed)]).toEqual(["<h1>shop</h1>", "RefreshHit from holdfast"]);
  expect(xCache(await fetch(`${base}/`))).toBe("Hit from holdfast");
  const head = await fetch(`${base}/`, { method: "HEAD" });
  expect([await head.text(), head.headers.get("content-length")]).toEqual(["", "13"]);
});

test("a changed file is seen once its time is over", async () => {
  await (await fetch(`${base}/`)).text();
  writeFileSync(join(directory, "site/index.html"), "<h1>new</h1>");
  expect(await (await fetch(`${base}/`)).text()).toBe("<h1>shop</h1>");
  ahead = 61_000;
  expect(await (await fetch(`${base}/`)).text()).toBe("<h1>new</h1>");
});

test("while the bucket is down a stale copy stands in, for as long as is allowed", async () => {
  await (await fetch(`${base}/`)).text();
  edge.setBucketsDown(["east", "west"]);
  const stale = await fetch(`${base}/`);
  expect([stale.status, await stale.text(), xCache(stale)]).toEqual([200, "<h1>shop</h1>", "Hit from holdfast"]);
  // Its minute of freshness is over at once, and with it begins the time for which a stale copy may stand in.
  expect(Number(stale.headers.get("age"))).toBeGreaterThanOrEqual(60);
  ahead = 59_000;
  expect((await fetch(`${base}/`)).status).toBe(200);
  expect(decided).toEqual([{ what: "served-stale", subject: "/" }]);
  ahead = 62_000;
  expect((await fetch(`${base}/`)).status).toBe(502);
  edge.setBucketsDown([]);
  expect(xCache(await fetch(`${base}/`))).toBe("RefreshHit from holdfast");
  expect(xCache(await fetch(`${base}/`))).toBe("Hit from holdfast");
  edge.setBucketsDown(["east", "west"]);
  await (await fetch(`${base}/`)).text();
  expect(decided).toHaveLength(2);
});

test("while the bucket is down, what was never cached is an honest 502, and services' copies stay fresh", async () => {
  const { asked } = await node("127.79.3.11", (_request, response) => {
    response.writeHead(200, { "cache-control": "max-age=60" }).end("items");
  });
  answerWith(["127.79.3.11"]);
  await (await fetch(`${base}/api/items`)).text();
  edge.setBucketsDown(["east", "west"]);
  const gone = await fetch(`${base}/images/a%20b.svg`);
  expect([gone.status, xCache(gone)]).toEqual([502, "Error from holdfast"]);
  expect(xCache(await fetch(`${base}/api/items`))).toBe("Hit from holdfast");
  expect([asked.length, decided.length]).toEqual([1, 0]);
});

test("serves files of its folder and nothing else", async () => {
  const raw = async (path: string): Promise<string> => {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    return text;
  };
  expect(await raw("/images/a%20b.svg")).toContain("image/svg+xml");
  for (const path of [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/images/%2e%2e/%2e%2e/secret.txt",
    "/link.txt",
    "/images",
    "/%00",
  ]) {
    expect(await raw(path), path).toMatch(/^HTTP\/1.1 40[04] /);
  }
  expect(await raw("/%zz")).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw("*")).toMatch(/^HTTP\/1.1 400 /);
  expect((await fetch(`${base}/`, { method: "DELETE" })).status).toBe(405);
});

test("a request reaches the service with where it came from, without what was for one connection", async () => {
  const { asked } = await node("127.79.3.11", (_request, response) => {
    response.writeHead(201, { "x-own": "1", "keep-alive": "timeout=9", "set-cookie": ["a=1", "b=2"] }).end("made");
  });
  answerWith(["127.79.3.11"]);
  const headers = { te: "trailers", "x-forwarded-for": "10.1.1.1", "content-type": "application/json" };
  const made = await fetch(`${base}/api/orders?x=1`, { method: "POST", headers, body: '{"size":"M"}' });
  expect([made.status, await made.text(), xCache(made)]).toEqual([201, "made", "Miss from holdfast"]);
  expect(made.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(asked[0]?.url).toBe("/api/orders?x=1");
  expect(asked[0]?.headers).toMatchObject({
    "x-forwarded-for": "10.1.1.1, 127.0.0.1",
    via: "1.1 holdfast",
    host: new URL(base).host,
  });
  expect(asked[0]?.headers.te).toBeUndefined();
});

test("large bodies stream both ways, whole", async () => {
  await node("127.79.3.11", (request, response) => void request.pipe(response));
  answerWith(["127.79.3.11"]);
  const body = Buffer.alloc(3_000_000, "abcdefg");
  const echoed = await fetch(`${base}/api/echo`, { method: "POST", body });
  expect(Buffer.from(await echoed.arrayBuffer()).equals(body)).toBe(true);
});

test("a service's answer is kept only where its route and its headers say so, and never with a cookie", async () => {
  const { asked } = await node("127.79.3.11", (request, response) => {
    if (request.url === "/api/items/cookie") response.setHeader("set-cookie", "a=1");
    response.writeHead(200, request.url === "/api/items/silent" ? {} : { "cache-control": "max-age=60" }).end("items");
  });
  answerWith(["127.79.3.11"]);
  const get = async (path: string): Promise<string> => String(xCache(await fetch(base + path))).replace(/ .*/, "");
  const twice = async (path: string): Promise<string[]> => [await get(path), await get(path)];
  expect(await twice("/api/items")).toEqual(["Miss", "Hit"]);
  expect(await twice("/api/items?page=2")).toEqual(["Miss", "Hit"]);
  expect(await twice("/api/items/silent")).toEqual(["Miss", "Miss"]);
  expect(await twice("/api/items/cookie")).toEqual(["Miss", "Miss"]);
  expect(await twice("/api/orders")).toEqual(["Miss", "Miss"]);
  expect(asked).toHaveLength(8);
});

test("where answers are kept, the service learns nothing of a customer, and nobody can write", async () => {
  const { asked } = await node("127.79.3.11", (_request, response) => {
    response.writeHead(200, { "cache-control": "max-age=60" }).end("items");
  });
  answerWith(["127.79.3.11"]);
  const headers = { authorization: "Bearer x", cookie: "session=1", "accept-language": "de", range: "bytes=0-1" };
  await (await fetch(`${base}/api/items`, { headers })).text();
  expect(Object.keys(asked[0]?.headers ?? {}).sort()).toEqual(["connection", "host", "user-agent", "via"]);
  expect(xCache(await fetch(`${base}/api/items`))).toBe("Hit from holdfast");
  const refused = await fetch(`${base}/api/items`, { method: "POST", body: "{}" });
  expect([refused.status, xCache(refused), asked.length]).toEqual([403, "Error from holdfast", 1]);
});

test("a stale answer stands in for a service that fails with 5xx, and many who want it ask once", async () => {
  let failing = false;
  const { asked } = await node("127.79.3.11", (_request, response) => {
    response.writeHead(failing ? 500 : 200, failing ? {} : { "cache-control": "max-age=10" }).end("items");
  });
  answerWith(["127.79.3.11"]);
  await (await fetch(`${base}/api/items`)).text();
  ahead = 11_000;
  const many = await Promise.all(Array.from({ length: 20 }, () => fetch(`${base}/api/items`)));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
  expect(asked).toHaveLength(2);
  failing = true;
  ahead = 30_000;
  expect((await fetch(`${base}/api/items`)).status).toBe(200);
  expect((await fetch(`${base}/api/other`)).status).toBe(500);
});

test("goes on to the next address where a connection is refused, for a POST too", async () => {
  const { asked } = await node("127.79.3.12", (_request, response) => response.end("ok"));
  answerWith(["127.79.3.11", "127.79.3.12"]);
  for (let request = 0; request < 4; request++) {
    expect((await fetch(`${base}/api/orders`, { method: "POST", body: "x".repeat(40_000) })).status).toBe(200);
  }
  expect(asked).toHaveLength(4);
});

test("502 where no address accepts, 502 without an address, 504 where the answer takes too long", async () => {
  await node("127.79.3.12", () => undefined);
  answerWith(["127.79.3.11"]);
  expect((await fetch(`${base}/api/a`)).status).toBe(502);
  answerWith(["127.79.3.12"]);
  ahead += 6_000;
  const started = clock.now();
  const slow = await fetch(`${base}/api/b`, { method: "POST" });
  expect([slow.status, xCache(slow)]).toEqual([504, "Error from holdfast"]);
  expect(clock.now() - started).toBeGreaterThanOrEqual(400);
  expect(clock.now() - started).toBeLessThan(1_500);
  dns.setRecords([]);
  ahead += 6_000;
  expect((await fetch(`${base}/api/c`)).status).toBe(502);
});

test("a connection is one machine's, which goes by what it knows, whatever another one has heard since", async () => {
  await node("127.79.3.31", (_, response) => response.end("old"));
  await node("127.79.3.32", (_, response) => response.end("new"));
  const connections = [1, 2].map(() => new Agent({ connections: 1 }));
  closing.push(...connections.map((connection) => () => connection.close()));
  const ask = async (connection: Agent): Promise<string> => {
    const { body } = await request(`${base}/api/x`, { dispatcher: connection });
    return body.text();
  };
  const [first, second] = connections as [Agent, Agent];
  answerWith(["127.79.3.31"]);
  expect(await ask(first)).toBe("old");
  answerWith(["127.79.3.32"]);
  expect([await ask(second), await ask(first), await ask(second)]).toEqual(["new", "old", "new"]);
  ahead = 6_000;
  expect(await ask(first)).toBe("new");
});

test("a connection that hangs is given up after its attempts for the next address, for a POST too", async () => {
  const { asked } = await node("127.79.3.12", (_request, response) => response.end("ok"));
  // A stopped process with a full backlog: the kernel ends no more handshakes for it.
  const at = JSON.stringify({ port, host: "127.79.3.11", backlog: 1 });
  const listener = `require("net").createServer().listen(${at}, () => console.log("up"))`;
  const stopped = spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] });
  closing.push(() => stopped.kill("SIGKILL"));
  await once(stopped.stdout, "data");
  stopped.kill("SIGSTOP");
  for (let filler = 0; filler < 3; filler++) {
    const socket = connect(port, "127.79.3.11").on("error", () => undefined);
    closing.push(() => socket.destroy());
  }
  answerWith(["127.79.3.11", "127.79.3.12"]);
  const tookMs: number[] = [];
  for (let request = 0; request < 2; request++) {
    const started = clock.now();
    expect((await fetch(`${base}/api/x`, { method: "POST" })).status).toBe(200);
    tookMs.push(clock.now() - started);
  }
  expect(asked).toHaveLength(2);
  // Two attempts of 250 ms for the request that began with the first address.
  expect(Math.max(...tookMs)).toBeGreaterThanOrEqual(500);
});

test("a reset after the request was sent is 502 for a POST, sent once; a GET is tried again elsewhere", async () => {
  const resetting = await node("127.79.3.11", (request) => request.socket.resetAndDestroy());
  const working = await node("127.79.3.12", (_request, response) => response.end("ok"));
  answerWith(["127.79.3.11", "127.79.3.12"]);
  const statuses = [];
  for (let request = 0; request < 4; request++) {
    const answer = await fetch(`${base}/api/orders`, { method: "POST", body: "{}" });
    statuses.push(answer.status);
    await answer.text();
  }
  expect(statuses.toSorted()).toEqual([200, 200, 502, 502]);
  expect([resetting.asked.length, working.asked.length]).toEqual([2, 2]);
  for (let request = 0; request < 4; request++) expect((await fetch(`${base}/api/orders`)).status).toBe(200);
});

test("breaks off where the service breaks off within its answer, so that no half answer looks whole", async () => {
  await node("127.79.3.11", (request, response) => {
    response.writeHead(200, { "content-length": "10", "cache-control": "max-age=60" }).write("half");
    setImmediate(() => request.socket.resetAndDestroy());
  });
  answerWith(["127.79.3.11"]);
  for (let request = 0; request < 2; request++) {
    await expect(fetch(`${base}/api/items`).then((answer) => answer.text())).rejects.toThrow();
  }
});

test("an attack is blocked before it reaches the service", async () => {
  const { asked } = await node("127.79.3.11", (_request, response) => response.end("ok"));
  answerWith(["127.79.3.11"]);
  const post = (body: string): Promise<Response> =>
    fetch(`${base}/api/orders`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const blocked = await post(JSON.stringify({ note: "x' OR '1'='1" }));
  expect([blocked.status, xCache(blocked)]).toEqual([403, "Error from holdfast"]);
  expect((await fetch(`${base}/api/items?id=1%20UNION%20SELECT%20null,null--`)).status).toBe(403);
  expect(asked).toHaveLength(0);
  expect((await post(JSON.stringify({ name: "O'Brien", note: "select a size" }))).status).toBe(200);
});
