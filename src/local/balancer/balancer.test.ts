import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestListener, request as send } from "node:http";
import { createConnection } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { programServer, resetConnection } from "../../../test/support/program-server.ts";
import { systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import { DNS_HEALTH_CHECK } from "../dns/health-check.ts";
import { LinkTable } from "../link/link-table.ts";
import type { TargetOrder } from "../process/messages-zone.ts";
import { type AccessLogEntry, Balancer } from "./balancer.ts";

const within = { within: "5 seconds" } as const;
const LISTEN: Address = { host: "127.78.11.1", port: 8080 };
const HOLES: LinkRule[] = [
  { from: { zone: "a" }, to: { zone: "b" }, effect: { kind: "black-hole" } },
  { from: { zone: "b" }, to: { zone: "a" }, effect: { kind: "black-hole" } },
];

/** What the balancer speaks to its targets, and they to it. */
let spoken: "http" | "https";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Program {
  readonly order: TargetOrder;
  /** Requests other than health checks. */
  readonly seen: IncomingMessage[];
  healthy: boolean;
  stop(): Promise<void>;
}

async function program(id: string, answer?: RequestListener, zone = "a", speaks = spoken): Promise<Program> {
  const server = await programServer(speaks, (request, response) => {
    if (request.url === "/healthz") {
      response.writeHead(running.healthy ? 200 : 503).end();
      return;
    }
    running.seen.push(request);
    if (answer) answer(request, response);
    else response.end(id);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
  };
  cleanups.push(stop);
  const order = { id, zone, address: { host: "127.0.0.1", port }, draining: false };
  const running: Program = { order, seen: [], healthy: true, stop };
  return running;
}

interface Rig {
  readonly balancer: Balancer;
  readonly table: LinkTable;
  readonly log: AccessLogEntry[];
  readonly verdicts: string[];
}

/** A balancer over `programs`, once its health checks have found all of them healthy. */
async function rig(programs: readonly Program[], idleTimeoutMs = 600): Promise<Rig> {
  const log: AccessLogEntry[] = [];
  const verdicts: string[] = [];
  const table = new LinkTable({ zone: "a", clock: systemClock });
  const health = { path: "/healthz", intervalMs: 50, timeoutMs: 400, healthyThreshold: 2, unhealthyThreshold: 2 };
  const balancer = new Balancer({
    config: { service: "api", listen: LISTEN, protocol: spoken, health },
    links: table,
    clock: systemClock,
    random: seededRandom(1),
    idleTimeoutMs,
    connectTimeoutMs: 400,
    slowStartMs: 0,
    onHealth: (target, healthy) => verdicts.push(`${target} ${healthy ? "healthy" : "unhealthy"}`),
    onRequest: (entry) => log.push(entry),
  });
  await balancer.listen();
  cleanups.push(
    () => table.close(),
    () => balancer.close(),
  );
  balancer.setTargets(programs.map(({ order }) => order));
  await eventually(() => programs.every(({ order }) => balancer.isHealthy(order.id)), within);
  return { balancer, table, log, verdicts };
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

/** A request to the balancer; rejects where its answer does not come whole. */
async function ask(options: { path?: string; method?: string; headers?: Record<string, string>; body?: Buffer } = {}) {
  const { path = "/", method = "GET", headers = {}, body } = options;
  const outgoing = send({ ...LISTEN, agent, path, method, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const answer: Answer = {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
  return answer;
}

/** What comes back for bytes that no proper client would send, until the balancer hangs up. */
async function raw(text: string): Promise<string> {
  const socket = createConnection(LISTEN);
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe.each(["http", "https"] as const)("by %s", (protocol) => {
  beforeAll(() => {
    spoken = protocol;
  });

  describe("a balancer forwards", () => {
    test("a request with the client's address, and without what concerns one connection alone", async () => {
      const api = await program("api-1");
      await rig([api]);
      const headers = {
        host: "shop.example.com",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "gopher",
        connection: "keep-alive, x-private",
        "x-private": "1",
        "keep-alive": "timeout=1",
        te: "trailers",
        "x-own": "kept",
      };
      expect(await ask({ path: "/cart?item=1", headers })).toMatchObject({ status: 200, body: "api-1" });
      const seen = api.seen[0];
      expect(seen?.url).toBe("/cart?item=1");
      expect(seen?.headers).toMatchObject({
        host: "shop.example.com",
        "x-forwarded-for": "203.0.113.7, 127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-port": "8080",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        "x-own": "kept",
      });
      for (const gone of ["x-private", "keep-alive", "te"]) expect(seen?.headers).not.toHaveProperty(gone);
    });

    test("a trace that the client began", async () => {
      const api = await program("api-1");
      await rig([api]);
      await ask({ headers: { "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793" } });
      const trace = api.seen[0]?.headers["x-amzn-trace-id"];
      expect(trace).toMatch(/^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-5759e988-bd862e3fe1be46a994272793$/);
    });

    test("an answer with its status, its headers and repeated ones, but without those of the connection", async () => {
      const api = await program("api-1", (_request, response) => {
        response
          .writeHead(418, { "set-cookie": ["a=1", "b=2"], "x-own": "kept", "proxy-connection": "x" })
          .end("short");
      });
      await rig([api]);
      const answer = await ask();
      expect(answer).toMatchObject({ status: 418, body: "short" });
      expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-own": "kept" });
      expect(answer.headers).not.toHaveProperty("proxy-connection");
    });

    test.each([
      ["of known length", { "content-length": "5000000" }],
      ["in chunks", { "transfer-encoding": "chunked" }],
    ])("large bodies both ways, %s", async (_what, headers) => {
      const api = await program("api-1", (request, response) => {
        if ("transfer-encoding" in request.headers) request.pipe(response);
        else request.pipe(response.writeHead(200, { "content-length": String(request.headers["content-length"]) }));
      });
      await rig([api]);
      const body = Buffer.alloc(5_000_000, "0123456789");
      const answer = await ask({ method: "POST", headers, body });
      expect(answer.body === body.toString()).toBe(true);
    });

    test("a large answer to a slow client as it reads it, without holding all of it", async () => {
      const size = 64 * 1024 * 1024;
      let written = 0;
      const api = await program("api-1", (_request, response) => {
        const chunk = Buffer.alloc(64 * 1024);
        const write = (): void => {
          for (; written < size; written += chunk.length) {
            if (response.write(chunk)) continue;
            written += chunk.length;
            response.once("drain", write);
            return;
          }
          response.end();
        };
        write();
      });
      await rig([api], 60_000);
      const outgoing = send({ ...LISTEN });
      outgoing.end();
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
      let before = -1;
      const hasStopped = (): boolean => {
        const same = written === before;
        before = written;
        return same;
      };
      await eventually(hasStopped, { ...within, every: "100 milliseconds" });
      expect(written).toBeLessThan(size / 2);
      let received = 0;
      for await (const chunk of incoming) received += (chunk as Buffer).length;
      expect(received).toBe(size);
    });

    test("nothing on an answer to HEAD but its headers", async () => {
      const api = await program("api-1", (_request, response) =>
        response.writeHead(200, { "content-length": "9" }).end(),
      );
      await rig([api]);
      expect(await ask({ method: "HEAD" })).toMatchObject({
        status: 200,
        body: "",
        headers: { "content-length": "9" },
      });
    });

    test("over connections that it keeps", async () => {
      const sockets = new Set<unknown>();
      const api = await program("api-1", (request, response) => {
        sockets.add(request.socket);
        response.end();
      });
      await rig([api]);
      for (let index = 0; index < 20; index += 1) await ask();
      expect(sockets.size).toBeLessThanOrEqual(2);
    });

    test("to targets in all zones", async () => {
      const programs = [await program("api-a"), await program("api-b", undefined, "b")];
      await rig(programs);
      await Promise.all(Array.from({ length: 40 }, () => ask()));
      for (const { seen } of programs) expect(seen.length).toBeGreaterThan(10);
    });
  });

  describe("a balancer answers for a target", () => {
    test("502 where it resets, and does not try another", async () => {
      const programs = await Promise.all(
        ["api-1", "api-2"].map((id) => program(id, (request) => void resetConnection(request.socket))),
      );
      const { log } = await rig(programs);
      expect(await ask()).toMatchObject({ status: 502 });
      expect(programs.flatMap(({ seen }) => seen)).toHaveLength(1);
      expect(log).toMatchObject([{ method: "GET", path: "/", status: 502, cause: "reset" }]);
    });

    test("502 where it refuses", async () => {
      const api = await program("api-1");
      const { balancer } = await rig([api]);
      await api.stop();
      expect(await ask()).toMatchObject({ status: 502 });
      await eventually(async () => (await ask()).status === 502, within);
      expect(balancer.takeMetrics().errors.refused).toBeGreaterThan(0);
    });

    test("502 where it resets while the request still comes in", async () => {
      const api = await program("api-1", (request) => {
        request.once("data", () => resetConnection(request.socket));
      });
      await rig([api]);
      const outgoing = send({ ...LISTEN, method: "POST", headers: { "transfer-encoding": "chunked" } });
      outgoing.on("error", () => undefined);
      outgoing.write("beginning");
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
      expect(incoming.statusCode).toBe(502);
      outgoing.destroy();
    });

    test("504 where it says nothing", async () => {
      const api = await program("api-1", () => undefined);
      await rig([api]);
      expect(await ask()).toMatchObject({ status: 504 });
    });

    test("504 where the path to its zone is a black hole, for requests that are under way too", async () => {
      const api = await program("api-1", () => undefined, "b");
      const { table, balancer } = await rig([api]);
      const underWay = ask();
      await eventually(() => api.seen.length === 1, within);
      await table.setRules(HOLES);
      expect(await underWay).toMatchObject({ status: 504 });
      expect(await ask()).toMatchObject({ status: 504 });
      await eventually(() => !balancer.isHealthy("api-1"), within);
      await table.setRules([]);
      await eventually(() => balancer.isHealthy("api-1"), within);
    });

    test("503 where there is none", async () => {
      await rig([]);
      expect(await ask()).toMatchObject({ status: 503 });
    });

    test("with a broken connection where it breaks off in the middle", async () => {
      const api = await program("api-1", (request, response) => {
        response.writeHead(200, { "content-length": "100" }).write("half");
        systemClock.after(50, () => resetConnection(request.socket));
      });
      await rig([api]);
      await expect(ask()).rejects.toThrow();
    });
  });

  describe("a balancer chooses its targets", () => {
    test("by its own health checks, and tells each change once", async () => {
      const [bad, good] = [await program("bad"), await program("good")];
      const { balancer, verdicts } = await rig([bad, good]);
      bad.healthy = false;
      await eventually(() => !balancer.isHealthy("bad"), within);
      for (let index = 0; index < 20; index += 1) expect((await ask()).body).toBe("good");
      bad.healthy = true;
      await eventually(() => balancer.isHealthy("bad"), within);
      expect(verdicts.filter((verdict) => verdict.startsWith("bad"))).toEqual([
        "bad healthy",
        "bad unhealthy",
        "bad healthy",
      ]);
    });

    test("and finds one unhealthy that does not speak what it speaks, and answers 502 for it", async () => {
      const api = await program("api-1");
      const stranger = await program("stranger", undefined, "a", protocol === "http" ? "https" : "http");
      const { balancer, verdicts } = await rig([api]);
      balancer.setTargets([api.order, stranger.order]);
      await eventually(() => verdicts.includes("stranger unhealthy"), within);
      for (let index = 0; index < 20; index += 1) expect((await ask()).body).toBe("api-1");
      balancer.setTargets([stranger.order]);
      expect(await ask()).toMatchObject({ status: 502 });
      expect(stranger.seen).toHaveLength(0);
    });

    test("and fails open when all are unhealthy", async () => {
      const api = await program("api-1");
      const { balancer } = await rig([api]);
      api.healthy = false;
      await eventually(() => !balancer.isHealthy("api-1"), within);
      expect(await ask()).toMatchObject({ status: 200, body: "api-1" });
    });

    test("and asks for another path while it is told to, without a doubt about anyone until then", async () => {
      const api = await program("api-1", (request, response) =>
        response.writeHead(request.url === "/deep" ? 503 : 200).end(),
      );
      const { balancer, verdicts } = await rig([api]);
      balancer.setHealthPath("/deep");
      await eventually(() => !balancer.isHealthy("api-1"), within);
      balancer.setHealthPath(null);
      await eventually(() => balancer.isHealthy("api-1"), within);
      expect(verdicts).toEqual(["api-1 healthy", "api-1 unhealthy", "api-1 healthy"]);
    });

    test("and sends nothing to a zone that is shifted away from, until it is shifted back", async () => {
      const [near, far] = [await program("near"), await program("far", undefined, "b")];
      const { balancer } = await rig([near, far]);
      balancer.setZonesAway(["b"]);
      for (let index = 0; index < 20; index += 1) expect((await ask()).body).toBe("near");
      await ask({ headers: { "user-agent": DNS_HEALTH_CHECK } });
      expect(balancer.takeMetrics().sentTo).toEqual({ a: 20, b: 0 });
      // Targets that come later are in that zone all the same.
      const later = await program("later", undefined, "b");
      balancer.setTargets([near.order, far.order, later.order]);
      await eventually(() => balancer.isHealthy("later"), within);
      for (let index = 0; index < 20; index += 1) expect((await ask()).body).toBe("near");
      balancer.setZonesAway([]);
      await eventually(async () => (await ask()).body !== "near", within);
    });

    test("and lets one that drains finish what it has, without giving it more", async () => {
      let finish: () => void = () => undefined;
      const old = await program("old", (_request, response) => {
        finish = () => response.end("old");
      });
      const { balancer } = await rig([old]);
      const underWay = ask();
      await eventually(() => old.seen.length === 1, within);
      const fresh = await program("new");
      balancer.setTargets([{ ...old.order, draining: true }, fresh.order]);
      let drained = false;
      void balancer.drained("old").then(() => (drained = true));
      await eventually(() => balancer.isHealthy("new"), within);
      for (let index = 0; index < 10; index += 1) expect((await ask()).body).toBe("new");
      expect(drained).toBe(false);
      finish();
      expect((await underWay).body).toBe("old");
      await eventually(() => drained, within);
      for (let index = 0; index < 10; index += 1) expect((await ask()).body).toBe("new");
      balancer.setTargets([fresh.order]);
      expect((await ask()).body).toBe("new");
    });

    test("and believes nothing of a new one because an old one had its name", async () => {
      const old = await program("api-1");
      const { balancer } = await rig([old]);
      const fresh = await program("api-1");
      fresh.healthy = false;
      balancer.setTargets([fresh.order]);
      expect(balancer.isHealthy("api-1")).toBe(false);
      fresh.healthy = true;
      await eventually(() => balancer.isHealthy("api-1"), within);
      await ask();
      expect(fresh.seen).toHaveLength(1);
    });

    test("and ends what is under way to one that is gone", async () => {
      const api = await program("api-1", () => undefined);
      const { balancer } = await rig([api]);
      const underWay = ask();
      await eventually(() => api.seen.length === 1, within);
      balancer.setTargets([]);
      expect(await underWay).toMatchObject({ status: 502 });
    });
  });

  describe("a balancer guards against its clients", () => {
    test.each([
      ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin"],
      ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
      ["a length that is no number", "Content-Length: +5\r\n\r\nhello"],
      ["chunks that are not the last coding", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
      ["a space before a colon", "Content-Length : 5\r\n\r\nhello"],
      ["a header that goes on in the next line", "X-A: b\r\n Content-Length: 5\r\n\r\nhello"],
      ["lines that end without a carriage return", "Content-Length: 5\nX-A: b\n\nhello"],
      ["two hosts", "Host: y\r\n\r\n"],
      ["a chunk whose size is no number", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"],
    ])("a request with %s is refused", async (_what, rest) => {
      const api = await program("api-1", (request, response) => {
        request.resume().once("end", () => response.end("done"));
      });
      await rig([api]);
      expect(await raw(`POST / HTTP/1.1\r\nHost: x\r\n${rest}`)).toMatch(/^HTTP\/1\.1 (400|502) /);
      expect(api.seen.filter(({ complete }) => complete)).toHaveLength(0);
    });

    test("a client that stalls in the middle of its request is dropped in the end", async () => {
      const api = await program("api-1", (request, response) => {
        request.resume().once("end", () => response.end("done"));
      });
      await rig([api]);
      const answer = await raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
      expect(answer).not.toContain("200");
      expect(api.seen).toMatchObject([{ complete: false }]);
    });

    test("a head of more than 64 KB is refused", async () => {
      const api = await program("api-1");
      await rig([api]);
      const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(70_000)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(api.seen).toHaveLength(0);
    });

    test("a client that goes away cancels its request at the target", async () => {
      const api = await program("api-1", () => undefined);
      const { log, balancer } = await rig([api], 60_000);
      const outgoing = send({ ...LISTEN, path: "/long" });
      outgoing.on("error", () => undefined);
      outgoing.end();
      await eventually(() => api.seen.length === 1, within);
      const cancelled = once(api.seen[0]?.socket ?? fail(), "close");
      outgoing.destroy();
      await cancelled;
      await eventually(() => log.length === 1, within);
      expect(balancer.takeMetrics()).toMatchObject({ concurrent: 0, abandoned: 1, errors: {} });
    });
  });

  describe("a balancer counts", () => {
    test("requests, those in flight, errors by cause, and what each target took", async () => {
      const waiting: (() => void)[] = [];
      const api = await program("api-1", (request, response) => {
        if (request.url === "/wait") waiting.push(() => response.end());
        else response.writeHead(request.url === "/fail" ? 500 : 200).end();
      });
      const { balancer } = await rig([api]);
      await ask();
      await ask({ path: "/fail" });
      const underWay = ask({ path: "/wait" });
      await eventually(() => waiting.length === 1, within);
      expect(balancer.takeMetrics()).toMatchObject({
        concurrent: 1,
        requests: 3,
        errors: {},
        targetErrors: 1,
        targets: { "api-1": { requests: 2, failures: 0 } },
      });
      waiting[0]?.();
      await underWay;
      expect(balancer.takeMetrics()).toMatchObject({
        concurrent: 0,
        requests: 0,
        targets: { "api-1": { requests: 1 } },
      });
    });
  });
});

function fail(): never {
  throw new Error("no request was seen");
}
