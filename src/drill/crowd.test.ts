import { describe, expect, test } from "vitest";
import type { JournalEvent, OperationEvent, ProbeEvent } from "../base/journal.ts";
import type { CrowdRequest } from "../fault/fault.ts";
import type { Journey } from "../topology/topology.ts";
import { type Strangers, startCrowd } from "./crowd.ts";
import type { Exchange, HttpClient, HttpRequest } from "./exchange.ts";
import { type StepClock, createStepClock } from "./fixture/step-clock.ts";
import { loadJourney } from "./journey.ts";
import type { LoadPlan } from "./load-message.ts";
import { type Traffic, createTraffic } from "./traffic.ts";

interface Sent {
  readonly at: number;
  readonly customer: number;
  readonly request: HttpRequest;
}

/** A client that notes what is sent, and answers with `status`; 0: the connection is reset, -1: not at all. */
function fakeClient(clock: StepClock, status: (request: HttpRequest) => number): HttpClient & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    async send(request, { customer, timeoutMs }): Promise<Exchange> {
      sent.push({ at: clock.now(), customer, request });
      const answered = status(request);
      if (answered > 0) return { address: "a", answer: { status: answered, setCookies: [], body: "{}" } };
      if (answered < 0) await clock.sleep(timeoutMs);
      return { address: "a", failure: answered < 0 ? "timeout" : "reset", detail: "" };
    },
  };
}

function rig(status: (request: HttpRequest) => number = () => 200): {
  clock: StepClock;
  client: HttpClient & { sent: Sent[] };
  probes: ProbeEvent[];
  start(crowd: Strangers): ReturnType<typeof startCrowd>;
} {
  const clock = createStepClock();
  const client = fakeClient(clock, status);
  const probes: ProbeEvent[] = [];
  const emit = (probe: ProbeEvent): void => void probes.push(probe);
  return { clock, client, probes, start: (crowd) => startCrowd(crowd, { client, clock, emit }) };
}

const FLOOD = { kind: "flood", path: "/", requestsPerSecond: 100 } as const;

describe("a flood", () => {
  test("comes from one address, evenly, at its rate, and says what became of each request", async () => {
    let made = 0;
    const { clock, client, probes, start } = rig(() => (++made > 150 ? 403 : 200));
    const flood = start(FLOOD);
    await clock.advance(1_995);
    await flood.stop();
    expect(client.sent).toHaveLength(200);
    expect(new Set(client.sent.map(({ customer }) => customer)).size).toBe(1);
    expect(client.sent.slice(0, 3).map(({ at }) => at)).toEqual([0, 10, 20]);
    expect(client.sent[0]?.request).toEqual({ method: "GET", path: "/", headers: {}, body: null });
    expect(probes.filter(({ outcome }) => outcome === "served")).toHaveLength(150);
    expect(probes.filter(({ outcome }) => outcome === "blocked")).toHaveLength(50);
    expect(probes.every(({ expect: expected }) => expected === null)).toBe(true);
  });

  test("keeps no more than a hundred requests under way, and does not make up for those it left out", async () => {
    let silent = true;
    const { clock, client, probes, start } = rig(() => (silent ? -1 : 200));
    const flood = start({ ...FLOOD, requestsPerSecond: 1_000 });
    await clock.advance(900);
    expect(client.sent).toHaveLength(100);
    silent = false;
    await clock.advance(599); // what hung was given up after a second
    expect(client.sent.length).toBeLessThanOrEqual(600);
    expect(client.sent.length).toBeGreaterThanOrEqual(500);
    await flood.stop();
    expect(probes.filter(({ outcome }) => outcome === "failed")).toHaveLength(100);
  });

  test("is over once it is stopped, and what was under way has ended by then", async () => {
    const { clock, client, probes, start } = rig(() => -1);
    const flood = start(FLOOD);
    await clock.advance(45);
    let stopped = false;
    const stopping = flood.stop().then(() => (stopped = true));
    await clock.advance(500);
    expect(stopped).toBe(false);
    await clock.advance(1_000);
    await stopping;
    expect([client.sent.length, probes.length]).toEqual([5, 5]);
  });
});

test("hostile requests are made in turn, each from another address, with what is expected of them", async () => {
  const request = (path: string, expected: CrowdRequest["expect"]): CrowdRequest => {
    return { label: `to ${path}`, method: "POST", path, headers: { cookie: "a=1" }, body: "{}", expect: expected };
  };
  const { clock, client, probes, start } = rig(({ path }) => ({ "/bad": 403, "/good": 404 })[path] ?? 0);
  const requests = [request("/bad", "blocked"), request("/good", "served"), request("/gone", "served")];
  const crowd = start({ kind: "requests", requests, requestsPerSecond: 10 });
  await clock.advance(590);
  await crowd.stop();
  expect(new Set(client.sent.map(({ customer }) => customer)).size).toBe(6);
  expect(client.sent[0]?.request).toEqual({ method: "POST", path: "/bad", headers: { cookie: "a=1" }, body: "{}" });
  const told = probes.map(({ label, expect: expected, outcome, status }) => [label, expected, outcome, status]);
  expect(told.slice(0, 3)).toEqual([
    ["to /bad", "blocked", "blocked", 403],
    ["to /good", "served", "served", 404],
    ["to /gone", "served", "failed", null],
  ]);
  expect(told.slice(3)).toEqual(told.slice(0, 3));
});

const JOURNEY: Journey = {
  id: "browse",
  durability: "acknowledged",
  write: null,
  read: { method: "GET", path: "/" },
  module: null,
  weight: 1,
  needs: [],
};

const PLAN: LoadPlan = {
  prefix: "t",
  seed: 1,
  rate: 50,
  gaps: "uniform",
  customers: 20,
  journeys: [JOURNEY],
  entry: { domain: "shop.test", port: 1 },
  homes: [{ addresses: [""] }],
  visibleWithinMs: 1_000,
  atMostMs: 60_000,
};

async function customers(options: { ownAddresses: boolean } = { ownAddresses: true }): Promise<{
  clock: StepClock;
  client: HttpClient & { sent: Sent[] };
  traffic: Traffic;
  events: JournalEvent[];
}> {
  const clock = createStepClock();
  const client = fakeClient(clock, () => 200);
  const events: JournalEvent[] = [];
  const emit = (event: JournalEvent): void => void events.push(event);
  const journeys = [await loadJourney(JOURNEY)];
  const traffic = createTraffic({ plan: PLAN, journeys, client, clock, emit, ...options });
  return { clock, client, traffic, events };
}

describe("customers", () => {
  test("arrive so many times as often while a spike lasts, and are more people", async () => {
    const { clock, client, traffic, events } = await customers();
    traffic.start();
    await clock.advance(2_010);
    expect(client.sent).toHaveLength(100);
    await traffic.crowd({ kind: "spike", factor: 5 });
    await clock.advance(2_000);
    expect(Math.abs(client.sent.length - 100 - 500)).toBeLessThan(10);
    await traffic.crowd(null);
    const before = client.sent.length;
    await clock.advance(2_000);
    expect(Math.abs(client.sent.length - before - 100)).toBeLessThan(10);
    await traffic.stop();
    const people = (sent: readonly Sent[]): number => new Set(sent.map(({ customer }) => customer)).size;
    expect(people(client.sent.slice(0, 100))).toBeLessThanOrEqual(20);
    expect(people(client.sent.slice(110, before))).toBeGreaterThan(80);
    expect(people(client.sent.slice(before + 10))).toBeLessThanOrEqual(20);
    const due = events.filter((event): event is OperationEvent => event.kind === "operation").map(({ dueAt }) => dueAt);
    expect(due).toEqual(due.toSorted((a, b) => a - b)); // nobody was due twice, or left out
  });

  test("go on as planned while strangers come, who have other addresses and no operations", async () => {
    const { clock, client, traffic, events } = await customers();
    traffic.start();
    await traffic.crowd(FLOOD);
    await clock.advance(2_010);
    await traffic.crowd(null);
    const flooded = client.sent.length;
    await clock.advance(1_000);
    await traffic.stop();
    const strangers = client.sent.filter(({ customer }) => customer >= PLAN.customers);
    expect(strangers).toHaveLength(202);
    expect(client.sent.length - strangers.length).toBe(150);
    expect(client.sent.slice(flooded).every(({ customer }) => customer < PLAN.customers)).toBe(true);
    expect(events.filter(({ kind }) => kind === "probe")).toHaveLength(202);
    expect(events.filter(({ kind }) => kind === "operation")).toHaveLength(150);
  });

  test("leave no crowd behind when they stop", async () => {
    const { clock, client, traffic } = await customers();
    traffic.start();
    await traffic.crowd(FLOOD);
    await clock.advance(100);
    await traffic.stop();
    const made = client.sent.length;
    await clock.advance(1_000);
    expect(client.sent).toHaveLength(made);
  });

  test("rejects a flood where the machine gives a program one address only", async () => {
    const { traffic } = await customers({ ownAddresses: false });
    await expect(traffic.crowd(FLOOD)).rejects.toThrow("cannot be told from customers");
    await traffic.stop();
  });
});
