import { once } from "node:events";
import { type Server, type Socket, createConnection, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import type { LinkTarget } from "../process/messages-zone.ts";
import { LinkTable } from "./link-table.ts";
import type { Link, LinkOptions } from "./link.ts";

const within = { within: "5 seconds" } as const;
const LISTEN: Address = { host: "127.78.10.1", port: 4001 };
const CUT: LinkRule = { from: { zone: "a" }, to: { zone: "b" }, effect: { kind: "cut" } };
const FORWARD_HOLE: LinkRule = { ...CUT, effect: { kind: "black-hole" } };
const BACKWARD_HOLE: LinkRule = { from: { zone: "b" }, to: { zone: "a" }, effect: { kind: "black-hole" } };
const BLACK_HOLE = [FORWARD_HOLE, BACKWARD_HOLE];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** One side of a connection, and what it has seen. */
interface End {
  readonly socket: Socket;
  readonly received: () => string;
  readonly events: string[];
}

function watch(socket: Socket): End {
  const chunks: Buffer[] = [];
  const events: string[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("end", () => events.push("end"));
  socket.on("error", (error: NodeJS.ErrnoException) => events.push(error.code ?? error.message));
  socket.on("close", () => events.push("close"));
  cleanups.push(() => socket.destroy());
  return { socket, received: () => Buffer.concat(chunks).toString(), events };
}

interface Rig {
  readonly table: LinkTable;
  readonly link: Link;
  readonly targets: End[];
  readonly server: Server;
  dial(): End;
  /** A connection that has carried a message each way. */
  pair(): Promise<{ dialer: End; target: End }>;
}

async function rig(options: Partial<LinkOptions> = {}): Promise<Rig> {
  const targets: End[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => void targets.push(watch(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  const table = new LinkTable({ zone: "a", clock: systemClock });
  cleanups.push(() => table.close());
  const link = await table.open({ listen: LISTEN, purpose: "client", target: targetAt(server), ...options });
  const dial = (): End => watch(createConnection({ ...LISTEN, allowHalfOpen: true }));
  const pair = async (): Promise<{ dialer: End; target: End }> => {
    const before = targets.length;
    const dialer = dial();
    dialer.socket.write("hello");
    const target = await soon(() => targets[before]);
    await eventually(() => target.received() === "hello", within);
    target.socket.write("welcome");
    await eventually(() => dialer.received() === "welcome", within);
    return { dialer, target };
  };
  return { table, link, targets, server, dial, pair };
}

function targetAt(server: Server): LinkTarget {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { address: { host: "127.0.0.1", port }, end: { zone: "b", component: "orders", instance: "orders-b" } };
}

/** What `find` finds, as soon as it finds something. */
async function soon<T>(find: () => T | undefined): Promise<T> {
  const found = await eventually(() => {
    const one = find();
    return one === undefined ? false : { one };
  }, within);
  if (!found) throw new Error("not found");
  return found.one;
}

async function refusal(): Promise<string | undefined> {
  const socket = createConnection(LISTEN);
  cleanups.push(() => socket.destroy());
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return error.code;
}

describe("a link", () => {
  test("carries bytes both ways, and each side's end apart from the other's", async () => {
    const { dial, targets } = await rig();
    const dialer = dial();
    dialer.socket.end("question");
    const target = await soon(() => targets.find((each) => each.events.includes("end")));
    expect(target.received()).toBe("question");
    target.socket.end("answer");
    await eventually(() => dialer.events.join() === "end,close", within);
    expect(dialer.received()).toBe("answer");
  });

  test("carries a large transfer to a slow reader whole, without holding it all", async () => {
    const { pair, link } = await rig();
    const { dialer, target } = await pair();
    dialer.socket.pause();
    const size = 40 * 1024 * 1024;
    for (let sent = 0; sent < size; sent += 1024 * 1024) target.socket.write(Buffer.alloc(1024 * 1024, "x"));
    await eventually(() => link.counts.bytesBackward > 100_000, within);
    let before = -1;
    // What the link took stops growing while nobody reads.
    await eventually(
      () => {
        const same = link.counts.bytesBackward === before;
        before = link.counts.bytesBackward;
        return same;
      },
      { ...within, every: "100 milliseconds" },
    );
    expect(before).toBeLessThan(size / 2);
    dialer.socket.resume();
    await eventually(() => dialer.received().length === size + "welcome".length, within);
  });

  test("passes a reset on", async () => {
    const { pair } = await rig();
    const { dialer, target } = await pair();
    target.socket.resetAndDestroy();
    await eventually(() => dialer.events.join() === "ECONNRESET,close", within);
  });

  test("resets a connection whose target cannot be reached, or that has none", async () => {
    const { dial, server, link } = await rig();
    server.close();
    const dialer = dial();
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
    await link.close();
    const other = await rig({ target: () => null });
    const second = other.dial();
    await eventually(() => second.events.includes("ECONNRESET"), within);
  });

  test("asks for its target at each connection, and resets those to an old one on demand", async () => {
    let end = { zone: "b", component: "database", instance: "database-b" };
    const { pair, link, server } = await rig({ target: () => ({ ...targetAt(server), end }) });
    const old = await pair();
    end = { ...end, instance: "database-c" };
    const fresh = await pair();
    link.resetConnections(({ instance }) => instance === "database-b");
    await eventually(() => old.dialer.events.includes("ECONNRESET"), within);
    await eventually(() => old.target.events.includes("ECONNRESET"), within);
    expect(fresh.dialer.events).toEqual([]);
  });

  test("drops a connection before it delivers what an inspector objects to", async () => {
    const inspect = () => (chunk: Buffer) => chunk.includes("WARNING");
    const { pair } = await rig({ inspect });
    const { dialer, target } = await pair();
    target.socket.write("WARNING: not really");
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
    expect(dialer.received()).toBe("welcome");
  });

  test("leaves no socket behind when it closes", async () => {
    const { pair, link, server } = await rig();
    const { dialer, target } = await pair();
    expect(link.counts.open).toBe(1);
    await link.close();
    await eventually(() => dialer.events.includes("close") && target.events.includes("close"), within);
    expect(link.counts.open).toBe(0);
    expect(await refusal()).toBe("ECONNREFUSED");
    const left = await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    expect(left).toBe(0);
  });
});

describe("a link that is cut", () => {
  test("resets what is open, refuses what is new, and works again when it is healed", async () => {
    const { pair, table } = await rig();
    const { dialer, target } = await pair();
    await table.setRules([CUT]);
    await eventually(() => dialer.events.includes("ECONNRESET") && target.events.includes("ECONNRESET"), within);
    expect(await refusal()).toBe("ECONNREFUSED");
    await table.setRules([]);
    await pair();
  });

  test("listens again however fast the rules change", async () => {
    const { pair, table } = await rig();
    await Promise.all([[CUT], [], [CUT], [CUT], []].map((rules) => table.setRules(rules)));
    await pair();
  });

  test("resets new connections where its target can change", async () => {
    const { dial, table } = await rig({ target: () => ({ ...unreachable, end: { ...unreachable.end, zone: "b" } }) });
    await table.setRules([CUT]);
    const dialer = dial();
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
  });

  test("is not cut for a purpose that the rule leaves out", async () => {
    const { pair, table } = await rig();
    await table.setRules([{ ...CUT, purposes: ["replication"] }]);
    const { dialer } = await pair();
    expect(dialer.events).toEqual([]);
  });
});

const unreachable: LinkTarget = {
  address: { host: "127.0.0.1", port: 1 },
  end: { zone: "b", component: "orders", instance: null },
};

describe("a link that is a black hole", () => {
  test("swallows bytes both ways without a word, and resets what was starved when it is healed", async () => {
    const { pair, table } = await rig();
    const { dialer, target } = await pair();
    await table.setRules(BLACK_HOLE);
    dialer.socket.write("lost");
    target.socket.write("lost too");
    const probe = await pairIsSilent(dialer, target);
    expect(probe).toBe(true);
    await table.setRules([]);
    await eventually(() => dialer.events.includes("ECONNRESET") && target.events.includes("ECONNRESET"), within);
    await pair();
  });

  test("leaves a connection whole that nothing was sent on", async () => {
    const { pair, table } = await rig();
    const { dialer, target } = await pair();
    await table.setRules(BLACK_HOLE);
    await table.setRules([]);
    dialer.socket.write(" again");
    await eventually(() => target.received() === "hello again", within);
    expect(dialer.events).toEqual([]);
  });

  test("drops what is in flight when it begins", async () => {
    const { pair, table, link } = await rig();
    const { dialer, target } = await pair();
    await table.setRules([{ ...FORWARD_HOLE, effect: { kind: "slow", delayMs: 3_000 } }]);
    dialer.socket.write("in flight");
    await eventually(() => link.counts.bytesForward === "helloin flight".length, within);
    await table.setRules([FORWARD_HOLE]);
    await table.setRules([]);
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
    expect(target.received()).toBe("hello");
  });

  test("swallows one way alone where only one rule says so", async () => {
    const { pair, table } = await rig();
    const { dialer, target } = await pair();
    await table.setRules([BACKWARD_HOLE]);
    dialer.socket.write(", commit");
    await eventually(() => target.received() === "hello, commit", within);
    target.socket.write("done");
    target.socket.resetAndDestroy();
    await eventually(() => target.events.includes("close"), within);
    expect(dialer.received()).toBe("welcome");
    expect(dialer.events).toEqual([]);
    await table.setRules([]);
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
  });

  test("accepts connections that nobody answers, and resets them when it is healed", async () => {
    const { dial, table, targets } = await rig();
    await table.setRules(BLACK_HOLE);
    const dialer = dial();
    dialer.socket.write("anybody?");
    await eventually(() => dialer.socket.writableLength === 0, within);
    expect(targets).toHaveLength(0);
    expect(dialer.events).toEqual([]);
    await table.setRules([]);
    await eventually(() => dialer.events.includes("ECONNRESET"), within);
    expect(targets).toHaveLength(0);
  });

  test("leaves no socket behind when it closes", async () => {
    const { pair, table, link } = await rig();
    const { dialer } = await pair();
    await table.setRules(BLACK_HOLE);
    dialer.socket.destroy();
    await link.close();
    expect(link.counts.open).toBe(0);
  });
});

/** Whether neither end hears anything while other connections of this process go to and fro. */
async function pairIsSilent(dialer: End, target: End): Promise<boolean> {
  const before = [dialer.received(), target.received(), ...dialer.events, ...target.events].join();
  await roundTrips(20);
  return before === [dialer.received(), target.received(), ...dialer.events, ...target.events].join();
}

async function roundTrips(count: number): Promise<void> {
  const echo = createServer((socket) => socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const socket = createConnection(targetAt(echo).address);
  for (let index = 0; index < count; index += 1) {
    socket.write("ping");
    await once(socket, "data");
  }
  socket.destroy();
  echo.close();
}

describe("a link that is slow", () => {
  test("delays each way by what the rule says, and keeps the bytes in order", async () => {
    const { pair, table } = await rig();
    const { dialer, target } = await pair();
    await table.setRules([{ ...CUT, effect: { kind: "slow", delayMs: 150 } }]);
    const start = systemClock.now();
    for (let index = 0; index < 10; index += 1) dialer.socket.write(`${index},`);
    await eventually(() => target.received() === "hello0,1,2,3,4,5,6,7,8,9,", within);
    expect(systemClock.now() - start).toBeGreaterThanOrEqual(149);
    const back = systemClock.now();
    target.socket.write("!");
    await eventually(() => dialer.received() === "welcome!", { ...within, every: "2 milliseconds" });
    expect(systemClock.now() - back).toBeLessThan(140);
  });
});

describe("a trap on a link", () => {
  test("swallows the call on its way to the component, tells it once, and lets later calls through", async () => {
    const { dial, table, targets } = await rig({ calls: true });
    const caught: string[] = [];
    table.arm({ id: "trap-1", component: "orders", operation: "DeleteMessage" }, ({ id }) => caught.push(id));
    const call = "POST / HTTP/1.1\r\nx-amz-target: AmazonSQS.DeleteMessage\r\ncontent-length: 0\r\n\r\n";
    const first = dial();
    first.socket.write(call);
    await eventually(() => caught.length === 1, within);
    const second = dial();
    second.socket.write(call);
    await eventually(() => targets.some((target) => target.received() === call), within);
    expect(targets.filter((target) => target.received() !== "")).toHaveLength(1);
    expect(caught).toEqual(["trap-1"]);
    expect(first.events).toEqual([]);
  });
});
