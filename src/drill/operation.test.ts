import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import type { AttemptEvent, JournalEvent, OperationEvent } from "../base/journal.ts";
import { seededRandom } from "../base/random.ts";
import type { Journey } from "../topology/topology.ts";
import { createCookieJar } from "./cookie-jar.ts";
import type { Operation } from "./customer.ts";
import { createHttpClient } from "./exchange.ts";
import { type WalkableJourney, loadJourney } from "./journey.ts";
import { perform } from "./operation.ts";

type Serve = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const JOURNEY: Journey = {
  id: "order",
  durability: "acknowledged",
  write: { method: "POST", path: "/orders" },
  read: { method: "GET", path: "/orders/{key}" },
  module: null,
  weight: 1,
  needs: [],
};

interface Walked {
  readonly operation: OperationEvent;
  readonly attempts: readonly AttemptEvent[];
}

/** Walks one operation against a server that answers its nth request with `serve`. */
async function walk(serve: Serve, changes: Partial<Operation> = {}, addresses = ["127.0.0.1"]): Promise<Walked> {
  let nth = 0;
  const server = createServer((request, response) => serve(request, response, ++nth));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const resolver = { addresses: async () => addresses, close: () => undefined };
  const events: JournalEvent[] = [];
  const operation: Operation = {
    id: "1",
    of: await loadJourney(JOURNEY),
    action: "write",
    key: "k 1",
    value: "v",
    customer: { id: 0, jar: createCookieJar() },
    dueAt: systemClock.now(),
    absentUntil: null,
    ...changes,
  };
  const client = createHttpClient({ domain: "shop.test", port }, [resolver], { ownAddresses: false });
  await perform(operation, {
    client,
    clock: systemClock,
    random: seededRandom(1),
    emit: (event) => void events.push(event),
  });
  const attempts = events.filter((event) => event.kind === "attempt");
  return { operation: events.at(-1) as OperationEvent, attempts };
}

const status =
  (...codes: number[]): Serve =>
  (_request, response, nth) =>
    void response.writeHead(codes[nth - 1] ?? codes.at(-1)!).end("{}"); // every caller names one

describe("an operation", () => {
  test("sends the key, the value and the domain, and is acknowledged by any 2xx", async () => {
    const seen: unknown[] = [];
    const { operation, attempts } = await walk((request, response) => {
      const { host, "idempotency-key": idempotencyKey } = request.headers;
      request
        .setEncoding("utf8")
        .on("data", (body: string) =>
          seen.push({ host, idempotencyKey, method: request.method, body: JSON.parse(body) as unknown }),
        );
      request.on("end", () => response.writeHead(202).end());
    });
    expect(seen).toEqual([
      { host: "shop.test", idempotencyKey: "k 1", method: "POST", body: { key: "k 1", value: "v" } },
    ]);
    expect(operation).toMatchObject({ outcome: "ok", attempts: 1 });
    expect(attempts).toMatchObject([{ outcome: "acknowledged", status: 202, address: "127.0.0.1", number: 1 }]);
  });

  test("is tried up to three times with the same key, and is ok where the last is acknowledged", async () => {
    const { operation, attempts } = await walk(status(503, 502, 200));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["rejected", "reset", "acknowledged"]);
    expect(operation).toMatchObject({ outcome: "ok", attempts: 3 });
  });

  test("has failed for certain where every attempt was turned away", async () => {
    expect((await walk(status(503))).operation).toMatchObject({ outcome: "failed", attempts: 3 });
    expect((await walk(status(429))).operation).toMatchObject({ outcome: "failed", attempts: 3 });
  });

  test("is not tried again where the answer is final", async () => {
    expect((await walk(status(400))).operation).toMatchObject({ outcome: "failed", attempts: 1 });
  });

  test("is unknown where a write may have happened all the same", async () => {
    for (const code of [500, 502, 504])
      expect((await walk(status(code, 503))).operation).toMatchObject({ outcome: "unknown" });
    expect((await walk(status(504, 503))).attempts[0]).toMatchObject({ outcome: "timeout", status: 504 });
    const reset: Serve = (request, response, nth) =>
      void (nth === 1 ? request.socket.destroy() : response.writeHead(503).end());
    const { operation, attempts } = await walk(reset);
    expect(attempts[0]).toMatchObject({ outcome: "reset", status: null });
    expect(operation.outcome).toBe("unknown");
  });

  test("gives each attempt a second", async () => {
    const { operation, attempts } = await walk(
      (_request, response, nth) => void (nth === 2 && response.writeHead(200).end()),
    );
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["timeout", "acknowledged"]);
    expect(attempts[0]!.tookMs).toBeGreaterThan(990);
    expect(attempts[0]!.tookMs).toBeLessThan(1_300);
    expect(operation.outcome).toBe("ok");
  });

  test("goes to the next address after a refusal", async () => {
    const { attempts } = await walk(status(200), {}, ["127.0.0.9", "127.0.0.1"]);
    expect(attempts).toMatchObject([
      { outcome: "refused", address: "127.0.0.9" },
      { outcome: "acknowledged", address: "127.0.0.1" },
    ]);
  });

  test("is never unknown where it only reads", async () => {
    expect((await walk(status(502), { action: "read" })).operation).toMatchObject({ outcome: "failed", attempts: 3 });
  });

  test("may find nothing before the deadline, and not after it", async () => {
    const early = await walk(status(404), { action: "read", absentUntil: Number.POSITIVE_INFINITY });
    expect(early.operation).toMatchObject({ outcome: "ok", attempts: 1 });
    expect(early.attempts).toMatchObject([{ outcome: "absent", status: 404 }]);
    expect((await walk(status(404), { action: "read", absentUntil: 1 })).operation.outcome).toBe("failed");
  });

  test("takes another value than the one written for absent", async () => {
    const shows =
      (value: string): Serve =>
      (_request, response) =>
        void response.end(JSON.stringify({ value, applied: 1 }));
    expect((await walk(shows("v"), { action: "read" })).operation.outcome).toBe("ok");
    expect((await walk(shows("w"), { action: "read" })).attempts).toMatchObject([{ outcome: "absent" }]);
  });

  test("keeps the customer's cookies", async () => {
    const jar = createCookieJar();
    const cookies: unknown[] = [];
    const serve: Serve = (request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader("set-cookie", ["session=abc; Path=/; HttpOnly", "old=1; Max-Age=0"]).end();
    };
    await walk(serve, { customer: { id: 0, jar } });
    await walk(serve, { customer: { id: 0, jar } });
    expect(cookies).toEqual([undefined, "session=abc"]);
  });

  test("counts a module that fails after it has sent something as unknown", async () => {
    const of: WalkableJourney = {
      journey: JOURNEY,
      walk: {
        write: async (ctx) => {
          await ctx.fetch("/orders", { method: "POST" });
          throw new Error("planted");
        },
      },
    };
    expect((await walk(status(200), { of })).operation.outcome).toBe("unknown");
  });
});
