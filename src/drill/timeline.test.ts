import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import { recordingOf } from "./check/recording.ts";
import { drillRecord } from "./drill-record.ts";
import { FAULT_AT, type Plot, story } from "./fixture/story.ts";
import { type DrillTimeline, drillTimeline } from "./timeline.ts";

function timelineOf(events: readonly JournalEvent[]): DrillTimeline {
  return drillTimeline(events, recordingOf(events));
}

/** The bucket of an instant since the fault. */
function at(timeline: DrillTimeline, ms: number): number {
  return Math.floor((ms - timeline.fromMs) / timeline.bucketMs);
}

function sum(values: readonly number[] = []): number {
  return values.reduce((all, value) => all + value, 0);
}

const CUT: Plot = { primitives: [{ kind: "cut", from: "z1", to: "z2" }] };

describe("the time line of a drill", () => {
  test("counts every operation once, at the instant at which it was due", () => {
    const operations = [
      { at: FAULT_AT + 1_010, key: "late", outcome: "failed", tookMs: 3_000 },
      { at: FAULT_AT + 2_010, key: "lost answer", outcome: "unknown" },
    ] as const;
    const timeline = timelineOf(story({ operations }));
    const order = timeline.journeys[0];
    expect(timeline).toMatchObject({ fromMs: -5_000, toMs: 10_000, bucketMs: 250 });
    expect([sum(order?.ok), sum(order?.failed), sum(order?.unknown)]).toEqual([150, 1, 1]);
    expect(order?.failed[at(timeline, 1_010)]).toBe(1);
    expect(order?.unknown[at(timeline, 2_010)]).toBe(1);
  });

  test("puts what was in flight at the fault to the fault, as the figures do", () => {
    const inFlight = { at: FAULT_AT - 40, key: "in flight", outcome: "failed", tookMs: 500 } as const;
    const timeline = timelineOf(story({ operations: [inFlight] }));
    expect(timeline.journeys[0]?.failed[at(timeline, 0)]).toBe(1);
  });

  test("tells the latencies of what ended ok, and none where nothing did", () => {
    const slow = { at: FAULT_AT + 20, key: "slow", tookMs: 800 } as const;
    const silent = { from: FAULT_AT + 3_000, to: FAULT_AT + 4_000 };
    const timeline = timelineOf(story({ operations: [slow], silent }));
    const order = timeline.journeys[0];
    expect(order?.p50Ms[at(timeline, 0)]).toBe(10);
    expect(order?.p99Ms[at(timeline, 0)]).toBe(800);
    expect(order?.p99Ms[at(timeline, 3_500)]).toBeNull();
    expect(order?.limitMs).toBe(120);
  });

  test("tells a blow, which is over at once, from a fault that lasts until it is undone", () => {
    expect(timelineOf(story()).faults).toEqual([
      { name: "task-crash", target: "api-z1", fromMs: 0, toMs: 5_000, lasting: false },
    ]);
    expect(timelineOf(story(CUT)).faults[0]?.lasting).toBe(true);
    expect(timelineOf(story({ primitives: [] })).faults[0]?.lasting, "a crowd lasts, too").toBe(true);
  });

  test("pairs each of several faults with the heal that undid it", () => {
    const fault = { kind: "fault", fault: "zone-slow", target: "z2", primitives: [{ kind: "slow" }] } as const;
    const more = [
      { ...fault, at: FAULT_AT + 6_000, action: "inject" },
      { ...fault, at: FAULT_AT + 7_000, action: "inject" },
      { ...fault, at: FAULT_AT + 8_000, action: "heal" },
      { ...fault, at: FAULT_AT + 8_500, action: "heal" },
      { ...fault, at: FAULT_AT + 9_000, action: "inject" },
    ] as const;
    const spans = timelineOf(story({ ...CUT, more })).faults.map(({ name, fromMs, toMs }) => [name, fromMs, toMs]);
    expect(spans).toEqual([
      ["task-crash", 0, 5_000],
      ["zone-slow", 6_000, 8_500],
      ["zone-slow", 7_000, 8_000],
      ["zone-slow", 9_000, null],
    ]);
  });

  test("shows what became of the crowd's requests", () => {
    const probe = { kind: "probe", label: "flood", expect: null, status: 403 } as const;
    const more = [
      { ...probe, at: FAULT_AT + 100, outcome: "served" },
      { ...probe, at: FAULT_AT + 1_100, outcome: "blocked" },
    ] as const;
    const timeline = timelineOf(story({ more }));
    expect(timeline.crowd?.served[at(timeline, 100)]).toBe(1);
    expect(timeline.crowd?.blocked[at(timeline, 1_100)]).toBe(1);
    expect(timelineOf(story()).crowd).toBeNull();
  });

  test("takes longer buckets for a longer drill, so that a page of many stays small", () => {
    const operations = [{ at: FAULT_AT + 600_000, key: "ten minutes later" }];
    const timeline = timelineOf(story({ operations }));
    expect(timeline.journeys[0]?.ok.length).toBeLessThanOrEqual(122);
    expect(sum(timeline.journeys[0]?.ok)).toBe(151);
  });

  test("copes with a journal that ended before the fault, or before anything", () => {
    const [opening, ...rest] = story();
    const before = [opening!, ...rest.filter((event) => event.kind === "operation" && event.at < FAULT_AT)]; // it opens
    expect(timelineOf(before)).toMatchObject({ fromMs: 0, faults: [] });
    expect(sum(timelineOf([opening!]).journeys[0]?.ok)).toBe(0); // as above
  });
});

describe("the keys behind the figures", () => {
  test("names what is absent, unread, applied twice or diverged, and when it was acknowledged", () => {
    const pinned = { kind: "read-back", at: FAULT_AT, journey: "order", key: "k9", replica: "db-z2" } as const;
    const more = [{ ...pinned, outcome: "absent", applied: null }] as const;
    const { keys } = drillRecord(story({ absent: ["k3"], unread: ["k60"], twice: ["k7"], more }));
    expect(keys).toEqual([
      { journey: "order", key: "k3", trouble: "absent", acknowledgedMs: -4_690, applied: null },
      { journey: "order", key: "k7", trouble: "twice", acknowledgedMs: -4_290, applied: 2 },
      { journey: "order", key: "k9", trouble: "diverged", acknowledgedMs: -4_090, applied: null },
      { journey: "order", key: "k60", trouble: "unread", acknowledgedMs: 1_010, applied: null },
    ]);
  });

  test("names no key where all is well, nor one whose write was never acknowledged", () => {
    expect(drillRecord(story()).keys).toEqual([]);
    const refused = { at: FAULT_AT + 50, key: "refused", outcome: "failed" } as const;
    expect(drillRecord(story({ operations: [refused], absent: ["refused"] })).keys).toEqual([]);
  });
});
