import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type Socket, createServer } from "node:net";
import { Client, Pool } from "undici";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { programServer, resetConnection } from "../../../test/support/program-server.ts";
import { systemClock } from "../../base/clock.ts";
import type { LinkEffect, LinkRule } from "../../world/primitive.ts";
import type { Gate } from "./gate.ts";
import { LinkTable } from "./link-table.ts";

const within = { within: "5 seconds" } as const;
const TARGET = { zone: "b", component: "api", instance: "api-b" };

/** What the program behind the gate speaks. */
let spoken: "http" | "https";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function forward(effect: LinkEffect): LinkRule {
  return { from: { zone: "a" }, to: { zone: "b" }, effect };
}

function backward(effect: LinkEffect): LinkRule {
  return { from: { zone: "b" }, to: { zone: "a" }, effect };
}

const HOLE: LinkEffect = { kind: "black-hole" };

interface Rig {
  readonly table: LinkTable;
  readonly gate: Gate;
  readonly pool: Pool;
  readonly server: Server;
  readonly seen: string[];
  /** Asks for `path`: the answer's body, or the code of the error. */
  ask(path: string): Promise<string>;
}

async function rig(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end("answer"),
): Promise<Rig> {
  const seen: string[] = [];
  const server = await programServer(spoken, (request, response) => {
    seen.push(request.url ?? "");
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const table = new LinkTable({ zone: "a", clock: systemClock });
  const gate = table.openGate(TARGET, "client", { connectTimeoutMs: 400, tls: spoken === "https" });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connect: gate.connector, headersTimeout: 400, connections: 1 });
  cleanups.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => table.close(),
    () => pool.destroy(),
  );
  const ask = async (path: string): Promise<string> => {
    try {
      const { body } = await pool.request({ path, method: "GET" });
      return await body.text();
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : "no code";
    }
  };
  return { table, gate, pool, server, seen, ask };
}

describe.each(["http", "https"] as const)("a gate before a program that speaks %s", (protocol) => {
  beforeAll(() => {
    spoken = protocol;
  });

  test("without rules lets requests through, on connections that are kept", async () => {
    const { ask, gate } = await rig();
    expect(await ask("/1")).toBe("answer");
    expect(await ask("/2")).toBe("answer");
    expect(gate.open).toBe(1);
  });

  test("that is cut resets what is under way and refuses what is new, until it is healed", async () => {
    const { ask, table, seen, gate } = await rig((request, response) => {
      if (request.url !== "/slow") response.end("answer");
    });
    const underWay = ask("/slow");
    await eventually(() => seen.length === 1, within);
    await table.setRules([forward({ kind: "cut" })]);
    expect(await underWay).toBe("UND_ERR_SOCKET");
    expect(await ask("/new")).toBe("ECONNREFUSED");
    expect(gate.open).toBe(0);
    await table.setRules([]);
    expect(await ask("/healed")).toBe("answer");
    expect(seen).toEqual(["/slow", "/healed"]);
  });

  test("that is a black hole lets requests on open connections vanish until they time out", async () => {
    const { ask, table, seen } = await rig();
    await ask("/1");
    await table.setRules([forward(HOLE), backward(HOLE)]);
    expect(await ask("/2")).toBe("UND_ERR_HEADERS_TIMEOUT");
    expect(seen).toEqual(["/1"]);
  });

  test("that is a black hole lets new connections time out", async () => {
    const { ask, table, seen } = await rig();
    await table.setRules([forward(HOLE)]);
    expect(await ask("/1")).toBe("UND_ERR_CONNECT_TIMEOUT");
    expect(seen).toEqual([]);
  });

  test("lets answers vanish alone where only the way back is a black hole", async () => {
    const { ask, table, seen } = await rig();
    await ask("/1");
    await table.setRules([backward(HOLE)]);
    expect(await ask("/2")).toBe("UND_ERR_HEADERS_TIMEOUT");
    expect(seen).toEqual(["/1", "/2"]);
  });

  test("does not hear that its target died in a black hole", async () => {
    const { ask, table, seen, server } = await rig((request, response) => {
      if (request.url === "/1") response.end("answer");
    });
    await ask("/1");
    const start = systemClock.now();
    const underWay = ask("/2");
    await eventually(() => seen.length === 2, within);
    await table.setRules([forward(HOLE), backward(HOLE)]);
    server.closeAllConnections();
    expect(await underWay).toBe("UND_ERR_HEADERS_TIMEOUT");
    expect(systemClock.now() - start).toBeGreaterThan(390);
  });

  test("does not hear of a reset in a black hole either", async () => {
    const sockets: Socket[] = [];
    const { ask, table } = await rig((request, response) => {
      if (request.url === "/1") response.end("answer");
      else sockets.push(request.socket);
    });
    await ask("/1");
    const underWay = ask("/2");
    await eventually(() => sockets.length === 1, within);
    await table.setRules([backward(HOLE)]);
    resetConnection(sockets[0]!); // there is one
    expect(await underWay).toBe("UND_ERR_HEADERS_TIMEOUT");
  });

  test("leaves a connection whole that nothing was sent on in a black hole", async () => {
    const { ask, table, gate } = await rig();
    await ask("/1");
    await table.setRules([forward(HOLE), backward(HOLE)]);
    await table.setRules([]);
    expect(gate.open).toBe(1);
    expect(await ask("/2")).toBe("answer");
    expect(gate.open).toBe(1);
  });

  test("resets what it starved when it is healed", async () => {
    const { ask, table, seen } = await rig();
    await ask("/1");
    await table.setRules([forward(HOLE)]);
    const starved = ask("/2");
    // The request is written a few turns of the event loop later.
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    await table.setRules([]);
    expect(await starved).toBe("UND_ERR_SOCKET");
    expect(await ask("/3")).toBe("answer");
    expect(seen).toEqual(["/1", "/3"]);
  });

  test("connects as soon as it is healed, where that is before the time-out", async () => {
    const { ask, table } = await rig();
    await table.setRules([forward(HOLE)]);
    const waiting = ask("/1");
    await table.setRules([]);
    expect(await waiting).toBe("answer");
  });

  test("that is slow delays each way, and a connection by a round trip", async () => {
    const { ask, table } = await rig();
    await ask("/1");
    await table.setRules([forward({ kind: "slow", delayMs: 60 }), backward({ kind: "slow", delayMs: 40 })]);
    const kept = await timed(() => ask("/2"));
    expect(kept.result).toBe("answer");
    expect(kept.tookMs).toBeGreaterThanOrEqual(99);
    await table.setRules([]);
    const free = await timed(() => ask("/3"));
    expect(free.tookMs).toBeLessThan(90);
  });

  test("keeps a large body whole while it is slow or throttled", async () => {
    const size = 3_000_000;
    const { ask, table } = await rig((_request, response) => response.end("x".repeat(size)));
    await table.setRules([backward({ kind: "slow", delayMs: 20 })]);
    expect((await ask("/1")).length).toBe(size);
    await table.setRules([backward({ kind: "throttle", bytesPerSecond: 10_000_000 })]);
    const { result, tookMs } = await timed(() => ask("/2"));
    expect(result.length).toBe(size);
    expect(tookMs).toBeGreaterThan(200);
  });

  test("fails what waits for a connection when it closes", async () => {
    const { ask, table } = await rig();
    await table.setRules([forward(HOLE)]);
    const waiting = ask("/1");
    await table.close();
    expect(await waiting).toBe("ECONNREFUSED");
  });
});

describe("a gate before a program that speaks https", () => {
  beforeAll(() => {
    spoken = "https";
  });

  /** A request to a server that says no more than the beginning of an answer to a handshake; `told`: it has said it. */
  async function askHalfADoor({ gate }: Rig): Promise<{ answer: Promise<unknown>; told: Promise<unknown> }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const client = new Client(`http://127.0.0.1:${port}`, { connect: gate.connector });
    cleanups.push(
      () => server.close(),
      () => sockets.forEach((socket) => socket.destroy()),
      () => client.destroy(),
    );
    const told = new Promise((resolve) => {
      server.once("connection", (socket) => socket.once("data", () => socket.write("\u0016", resolve)));
    });
    const answer = client.request({ path: "/", method: "GET" }).catch((error: unknown) => error);
    return { answer, told };
  }

  test("counts the handshake to the time that a connection may take, and leaves nothing open", async () => {
    const made = await rig();
    const { answer, told } = await askHalfADoor(made);
    await told;
    expect(await answer).toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
    await eventually(() => made.gate.open === 0, within);
  });

  test("delays its handshake by a round trip, too", async () => {
    const { ask, table } = await rig();
    await table.setRules([forward({ kind: "slow", delayMs: 20 }), backward({ kind: "slow", delayMs: 20 })]);
    const { result, tookMs } = await timed(() => ask("/1"));
    expect(result).toBe("answer");
    expect(tookMs).toBeGreaterThanOrEqual(3 * 39);
  });

  test.each([
    ["cut", [backward({ kind: "cut" })], "ECONNREFUSED"],
    ["healed of a black hole", [], "ECONNRESET"],
  ])("that is %s in the middle of a handshake fails it at once", async (_what, rules, code) => {
    const made = await rig();
    await made.table.setRules([forward({ kind: "slow", delayMs: 50 })]); // what follows comes while it greets
    const { answer, told } = await askHalfADoor(made);
    await eventually(() => made.gate.open === 1, { ...within, every: "1 milliseconds" });
    await made.table.setRules([backward(HOLE)]);
    await told;
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    await made.table.setRules(rules);
    expect(await answer).toMatchObject({ code });
    await eventually(() => made.gate.open === 0, within);
  });
});

async function timed<T>(run: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const start = systemClock.now();
  const result = await run();
  return { result, tookMs: systemClock.now() - start };
}
