import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import { createLive } from "./live.ts";

const JOURNEY = { id: "order", durability: "acknowledged", writes: true, needs: [], controlP99Ms: 20 } as const;

function decided(what: string, at: number): JournalEvent {
  return { kind: "world", at, event: { kind: "decision", at, component: "database", what, subject: "database-z1" } };
}

function done(key: string, dueAt: number, outcome: "ok" | "failed" = "ok"): JournalEvent {
  const common = { kind: "operation", id: key, journey: "order", action: "write", key, attempts: 1 } as const;
  return { ...common, at: dueAt + 5, dueAt, outcome };
}

describe("a running drill", () => {
  test("has played out once there is a trace of the fault and no failover is under way", () => {
    const live = createLive({ journeys: [JOURNEY], expectation: null });
    expect(live.played(100)).toBe(false);
    live.see(decided("detected", 50)); // of an earlier drill
    expect(live.played(100)).toBe(false);
    live.see(decided("detected", 150));
    expect(live.played(100)).toBe(false);
    live.see(decided("promoted", 200));
    expect(live.played(100)).toBe(true);
  });

  test("is steady where every journey was good in the last windows, and those lie after the fault", () => {
    const live = createLive({ journeys: [JOURNEY], expectation: null });
    for (let at = 0; at < 4_000; at += 100) live.see(done(`k${at}`, at));
    expect(live.steady({ windows: 3, from: 0, now: 4_000 })).toBe(true);
    expect(live.steady({ windows: 3, from: 1_000, now: 4_000 })).toBe(false);
    live.see(done("late", 3_000, "failed"));
    expect(live.steady({ windows: 3, from: 0, now: 4_000 })).toBe(false);
  });
});
