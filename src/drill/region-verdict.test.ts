import { describe, expect, test } from "vitest";
import type { JournalEvent, WorldEvent } from "../base/journal.ts";
import type { Expectation } from "../fault/fault.ts";
import type { DrillDocument } from "../base/drill-document.ts";
import { FAULT_AT, type Plot, story } from "./fixture/story.ts";
import { judge } from "./verdict.ts";

/** A story writes `k0` five seconds before its fault, and one key more each 100 ms; `k49` is the last one before it. */
const CLAIMS: Expectation["claims"] = [
  { claim: { kind: "within-lag" }, proves: "no more than the lag" },
  { claim: { kind: "saved" }, proves: "it is in a file" },
];

const lag = (at: number, lagMs: number | null): WorldEvent => ({
  kind: "lag",
  at,
  component: "database",
  instance: "database-y1",
  region: "r2",
  lagMs,
});
const decision = (at: number, what: string, subject: string, detail: string): WorldEvent => ({
  kind: "decision",
  at,
  component: "recovery",
  what,
  subject,
  detail,
});
const act = (at: number, name: string, ok = true): WorldEvent => ({
  kind: "act",
  at,
  component: "recovery",
  act: name,
  subject: "r2",
  ok,
  tookMs: 10,
});
const saved = (...keys: string[]): JournalEvent => ({
  kind: "saved",
  at: FAULT_AT + 11_500,
  keys,
  rows: keys.length,
  messages: 0,
});

/** The other region takes over within two seconds, 600 ms behind at most. */
const TAKEN_OVER: readonly WorldEvent[] = [
  lag(FAULT_AT - 300, 0),
  lag(FAULT_AT - 100, 500),
  decision(FAULT_AT + 1_000, "lost", "r1", ""),
  decision(FAULT_AT + 1_100, "began", "r2", "failover from r1, losing about the last 500 ms"),
  act(FAULT_AT + 1_200, "fence", false),
  act(FAULT_AT + 1_300, "fence"),
  act(FAULT_AT + 1_600, "promote"),
  act(FAULT_AT + 1_800, "scale"),
  act(FAULT_AT + 1_900, "shift"),
  act(FAULT_AT + 2_000, "verify"),
  decision(FAULT_AT + 2_000, "finished", "r2", "failover"),
  lag(FAULT_AT + 3_000, null),
];

function judged(plot: Plot = {}): DrillDocument {
  const expectation: Expectation = { unavailable: [], claims: CLAIMS, trace: "world" };
  const events = story({
    objective: { rtoMs: 900_000, rpoMs: 30_000 },
    expectation,
    world: TAKEN_OVER,
    ...plot,
    drill: { blastClass: "region", queues: [], ...plot.drill },
  });
  return judge({ events, file: "journal.jsonl", torn: null });
}

describe("what a region's loss cost", () => {
  test("is watched to the end where another region had to be taken back before it", () => {
    const wayHome: JournalEvent = { kind: "phase", at: FAULT_AT - 4_000, phase: "failback" };
    const { journeys, failback } = judged({ more: [wayHome] });
    expect(failback).toBeNull();
    expect(journeys).toEqual(judged().journeys);
  });

  test("passes where what is lost is younger than the copy was behind, and in the saved file", () => {
    const { verdict, reasons, saved: found } = judged({ absent: ["k45", "k49"], more: [saved("k45", "k49")] });
    expect({ verdict, reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(found).toEqual({ rows: 2, messages: 0, ofLost: 2 });
  });

  test("fails where a lost write is older than the copy was behind", () => {
    // Acknowledged 690 ms before, and the last sample says: 500 ms behind, 100 ms before.
    const { verdict, reasons } = judged({ absent: ["k43"], more: [saved("k43")] });
    expect(verdict).toBe("fail");
    expect(reasons.join()).toContain("no more than the lag: acknowledged writes are older: 1 of order");
  });

  test("counts how long nobody had looked before the region was lost", () => {
    const world = [lag(FAULT_AT - 1_000, 0), ...TAKEN_OVER.slice(2)];
    expect(judged({ absent: ["k41"], more: [saved("k41")], world }).verdict).toBe("pass");
    expect(judged({ absent: ["k39"], more: [saved("k39")], world }).verdict).toBe("fail");
  });

  test("allows a write for the time that it waits in a queue", () => {
    const queued = { drill: { queues: ["orders"] }, more: [saved("k43")] };
    expect(judged({ ...queued, absent: ["k43"] }).verdict).toBe("pass");
    expect(judged({ ...queued, absent: ["k33"], more: [saved("k33")] }).verdict).toBe("fail");
  });

  test("fails where writes are lost and nobody had measured how far the copy was behind", () => {
    const world = TAKEN_OVER.map((event) => (event.kind === "lag" ? { ...event, lagMs: null } : event));
    const { reasons } = judged({ absent: ["k49"], more: [saved("k49")], world });
    expect(reasons.join()).toContain("nobody knows how far the copy was behind");
  });

  test("fails where a lost write is in no file", () => {
    const { verdict, reasons } = judged({ absent: ["k48", "k49"], more: [saved("k48")] });
    expect(verdict).toBe("fail");
    expect(reasons.join()).toContain("it is in a file: acknowledged writes are in no file: 1 of order, such as k49");
  });

  test("fails where both sides acknowledged after the blow had taken effect, and not where that was on its way", () => {
    const observed: JournalEvent = { kind: "phase", at: FAULT_AT + 150, phase: "observe" };
    const withBoth = (key: string): DrillDocument => judged({ absent: [key], more: [saved(key), observed] });
    expect(withBoth("k50").verdict).toBe("pass");
    const { verdict, reasons } = withBoth("k60");
    expect(verdict).toBe("fail");
    expect(reasons.join()).toContain("acknowledged after the fault, by a side that had no right to");
  });

  test("and its recovery are dated from the second blow where the first one only prepared it", () => {
    const blow = {
      kind: "fault",
      action: "inject",
      fault: "replication-paused",
      target: "r1",
      primitives: [],
    } as const;
    const more: JournalEvent[] = [
      { ...blow, at: FAULT_AT + 3_000, second: "prepared" },
      { kind: "phase", at: FAULT_AT + 3_050, phase: "observe" },
      saved("k60"),
    ];
    const later = TAKEN_OVER.slice(2, -1).map((event) => ({ ...event, at: event.at + 3_000 }));
    const world = [...later, lag(FAULT_AT + 2_900, 2_900)];
    const { verdict, reasons, journeys, stages } = judged({ absent: ["k60"], more, world });
    expect({ verdict, reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(journeys["order"]).toMatchObject({ lost: 1, lostAfterFault: 0, oldestLostAgeMs: 1_990 });
    expect(stages[0]).toMatchObject({ name: "detect", ms: 1_000 });
  });
});

describe("a claim", () => {
  const claiming = (claim: Expectation["claims"][number]["claim"], plot: Plot = {}): string =>
    judged({
      ...plot,
      expectation: { unavailable: [], claims: [{ claim, proves: "so" }], trace: "world" },
    }).reasons.join();

  test("that nothing is lost fails with the first write that is", () => {
    expect(claiming({ kind: "lossless" })).toBe("");
    expect(claiming({ kind: "lossless" }, { absent: ["k49"] })).toBe("so: acknowledged writes are lost: 1 of order");
  });

  test("that the copy fell behind wants a sample of another region that says so, after the fault", () => {
    const behind = (world: readonly WorldEvent[]): string => claiming({ kind: "behind", ms: 400 }, { world });
    expect(behind([...TAKEN_OVER, lag(FAULT_AT + 100, 400)])).toBe("");
    expect(behind([...TAKEN_OVER.slice(0, -1), lag(FAULT_AT + 100, 300)])).toBe("so: it was at most 300 ms behind");
  });

  test("that something happens once at most while the fault lasts leaves out what comes after the heal", () => {
    const once = { kind: "undecided", what: "began", component: "recovery", atMost: 1, during: "fault" } as const;
    const again = (at: number): WorldEvent => decision(at, "began", "r1", "failover from r2");
    expect(claiming(once, { world: [...TAKEN_OVER, again(FAULT_AT + 6_000)] })).toBe("");
    expect(claiming(once, { world: [...TAKEN_OVER, again(FAULT_AT + 4_000)] })).toBe('so: "began" was decided 2 times');
  });
});

describe("the stages of a region's recovery", () => {
  const documentedMs = { "recovery promote": 480_000, "recovery scale": 45_000, "recovery decide": 600_000 };

  test("follow each other from the fault on, each until it had succeeded, with what is documented", () => {
    const { stages } = judged({ drill: { documentedMs } });
    expect(stages.map(({ name, class: of, ms, atAwsMs }) => [name, of, ms, atAwsMs])).toEqual([
      ["detect", "timer", 1_000, 10_000],
      ["decide", "timer", 100, 1_000],
      ["fence", "timer", 200, 2_000],
      ["promote", "provider", 300, 480_000],
      ["scale", "provider", 200, 45_000],
      ["shift", "timer", 100, 1_000],
      ["verify", "program", 100, 100],
    ]);
  });

  test("go on until customers are led to the other region, and have forgotten the former addresses", () => {
    const shifted: WorldEvent = { ...decision(FAULT_AT + 2_500, "traffic-shifted", "r2", ""), component: "api" };
    const withTtl = { documentedMs: { ...documentedMs, "recovery forget": 10_000 } };
    const { stages } = judged({ drill: withTtl, world: [...TAKEN_OVER, shifted].sort((a, b) => a.at - b.at) });
    expect(stages.slice(-3).map(({ name, ms, atAwsMs }) => [name, ms, atAwsMs])).toEqual([
      ["shift", 700, 7_000],
      ["verify", 100, 100],
      ["forget", 1_000, 10_000],
    ]);
  });

  test("have a person's time where somebody was asked, and say what it adds where nobody was", () => {
    const asked = decision(FAULT_AT + 1_050, "asked", "r1", "r2 can take over");
    const { stages, notes, person } = judged({
      drill: { documentedMs },
      world: [...TAKEN_OVER, asked].sort((a, b) => a.at - b.at),
    });
    expect(stages[1]).toMatchObject({ name: "decide", class: "person", atAwsMs: 600_000 });
    expect(person).toEqual({ decisionMs: 600_000, counted: true });
    expect(notes.join()).toMatch(/at AWS a person decides .* 10 min, which is in these times/);
    const automatic = judged({ drill: { documentedMs } });
    expect(automatic.person).toEqual({ decisionMs: 600_000, counted: false });
    expect(automatic.notes.join()).toMatch(/at AWS a person decides .* 10 min, which is not in these times/);
    expect(judged({ drill: { documentedMs }, world: [] }).person).toBeNull();
  });

  test("are what every journey waited for at AWS", () => {
    const failed = Array.from({ length: 20 }, (_, index) => ({
      at: FAULT_AT + index * 100,
      key: `f${index}`,
      outcome: "failed" as const,
    }));
    const { journeys } = judged({
      operations: failed,
      silent: { from: FAULT_AT, to: FAULT_AT + 2_000 },
      drill: { documentedMs },
    });
    const { recoveryTimeMs, recoveryTimeAtAwsMs } = journeys["order"]!; // a story has this journey
    expect(recoveryTimeMs).toBeGreaterThanOrEqual(1_900);
    expect(recoveryTimeAtAwsMs).toBeGreaterThan(538_000);
  });
});

test("what failed while the first region took over again is told apart", () => {
  const failback: JournalEvent = { kind: "phase", at: FAULT_AT + 8_000, phase: "failback" };
  const over = decision(FAULT_AT + 9_000, "finished", "r1", "switchover");
  const failed = { at: FAULT_AT + 8_500, key: "f1", outcome: "failed" as const };
  const drill = judged({
    operations: [failed],
    more: [failback],
    world: [...TAKEN_OVER, over],
  });
  expect(drill.failback).toEqual({ atMs: 8_000, tookMs: 1_000, operations: 21, failed: 1, unknown: 0 });
  expect(drill.journeys["order"]).toMatchObject({ operations: 130, failed: 0, recoveryTimeMs: 0 });
});

test("a component is whole when it is whole in each region", () => {
  const whole = (at: number, region: string, full: boolean): WorldEvent => ({
    kind: "redundancy",
    at,
    component: "api",
    region,
    full,
  });
  const world = [
    ...TAKEN_OVER,
    whole(FAULT_AT + 10, "r1", false),
    whole(FAULT_AT + 20, "r2", false),
    whole(FAULT_AT + 30, "r2", true),
  ];
  expect(judged({ world }).reasons.join()).toContain("full redundancy of api in r1 was not back");
  const { redundancyRestoredMs } = judged({ world: [...world, whole(FAULT_AT + 40, "r1", true)] });
  expect(redundancyRestoredMs).toBe(40);
});

test("what the way home takes away is not counted, until it is all that is left", () => {
  const whole = (at: number, full: boolean): WorldEvent => ({
    kind: "redundancy",
    at,
    component: "api",
    region: "r1",
    full,
  });
  const failback: JournalEvent = { kind: "phase", at: FAULT_AT + 8_000, phase: "failback" };
  const world = [
    ...TAKEN_OVER,
    whole(FAULT_AT + 10, false),
    whole(FAULT_AT + 50, true),
    whole(FAULT_AT + 8_500, false),
  ];
  const { reasons, redundancyRestoredMs } = judged({ world, more: [failback] });
  expect(redundancyRestoredMs).toBe(50);
  expect(reasons.join()).toContain("full redundancy of api was not back");
});
