import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { Address } from "../address.ts";
import { LeaseHolder } from "./holder.ts";

const within = { within: "10 seconds" } as const;
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close();
});

/** Stands for a witness: it is asked, and says what the test says, when the test says it. */
interface Asked {
  readonly address: Address;
  /** How often it was asked, and over how many connections. */
  readonly counts: { asks: number; connections: number };
  answer: (socket: Socket) => void;
}

async function startAsked(answer: (socket: Socket) => void): Promise<Asked> {
  const server = createServer((socket) => {
    asked.counts.connections += 1;
    closing.push(() => socket.destroy());
    socket.on("error", () => undefined);
    socket.on("data", () => {
      asked.counts.asks += 1;
      asked.answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const asked: Asked = { address: { host: "127.0.0.1", port }, counts: { asks: 0, connections: 0 }, answer };
  return asked;
}

function say(granted: boolean): (socket: Socket) => void {
  return (socket) => void socket.write(`{"granted":${granted}}\n`);
}

const yes = say(true);
const no = say(false);
const silence = (): void => undefined;

const LONG = { leaseMs: 60_000, clockBoundMs: 1_500, renewEveryMs: 20 };

function hold(witnesses: readonly Asked[], terms = LONG) {
  let passed = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + passed };
  const told: boolean[] = [];
  const config = { region: "east", witnesses: witnesses.map(({ address }) => address), ...terms };
  const holder = new LeaseHolder({ config, clock, onChange: (held) => told.push(held) });
  closing.push(() => holder.want(false));
  return { holder, told, pass: (ms: number) => void (passed += ms) };
}

describe("a holder", () => {
  test("asks nobody before it wants a lease, and nobody once it wants none, when the last one runs out", async () => {
    const [witnesses = [], others = []] = await Promise.all(
      [1, 2].map(() => Promise.all([yes, yes, yes].map(startAsked))),
    );
    const asks = (): number => witnesses.reduce((sum, { counts }) => sum + counts.asks, 0);
    const { holder, told } = hold(witnesses, { leaseMs: 1_500, clockBoundMs: 10, renewEveryMs: 20 });
    hold(others).holder.want(true);
    await eventually(() => others.every(({ counts }) => counts.asks > 3), within);
    expect([asks(), holder.holds()]).toEqual([0, false]);
    holder.want(true);
    await eventually(() => holder.holds() && asks() > 12, within);
    holder.want(false);
    const last = asks();
    await eventually(() => told.join() === "true,false", within);
    expect(asks()).toBeLessThanOrEqual(last + witnesses.length); // what was on its way
    expect(holder.holds()).toBe(false);
  });

  test("holds by two of three witnesses, and not by one, whatever keeps the others from saying yes", async () => {
    const witnesses = await Promise.all([yes, no, silence].map(startAsked));
    const { holder, told } = hold(witnesses);
    holder.want(true);
    await eventually(() => witnesses.every(({ counts }) => counts.asks > 0), within);
    holder.want(true);
    await eventually(() => witnesses[0]!.counts.asks > 5, within); // there are three
    expect(told).toEqual([]);
    witnesses[1]!.answer = yes; // likewise
    await eventually(() => told.join() === "true", within);
    expect(witnesses[0]!.counts.connections).toBe(1);
  });

  test("counts the lease from the asking, however late the answer, less the clocks' bound", async () => {
    const { promise: late, resolve: answerNow } = Promise.withResolvers<void>();
    const once = (answer: Promise<void>) => {
      let asked = false;
      return (socket: Socket): void => {
        if (!asked) void answer.then(() => yes(socket));
        asked = true;
      };
    };
    const witnesses = await Promise.all([once(late), once(late), silence].map(startAsked));
    const { holder, told, pass } = hold(witnesses);
    holder.want(true);
    await eventually(() => witnesses.every(({ counts }) => counts.asks === 1), within);
    pass(40_000);
    answerNow();
    await eventually(() => told.join() === "true", within);
    pass(18_000);
    expect(holder.holds()).toBe(true); // 58 s after it asked
    pass(500);
    expect(holder.holds()).toBe(false);
  });

  test("dials anew where a witness has said nothing for as long as its answer is worth something", async () => {
    const witnesses = await Promise.all([silence, silence, silence].map(startAsked));
    const { holder, told } = hold(witnesses, { leaseMs: 100, clockBoundMs: 10, renewEveryMs: 20 });
    holder.want(true);
    await eventually(() => witnesses.every(({ counts }) => counts.connections >= 3), within);
    expect(told).toEqual([]);
    expect(witnesses.every(({ counts }) => counts.asks === counts.connections)).toBe(true);
  });
});
