import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../base/random.ts";
import { virtualTime } from "../../virtual-time.ts";
import { type Part, calmSurroundings } from "./part.ts";
import { WorkPart, type WorkPlan } from "./work.ts";

const MINUTE = 60_000;

const PLAN: WorkPlan = {
  kind: "work",
  region: "here",
  peak: 100,
  trough: 1,
  sources: new Set(["api"]),
  workers: "worker",
  usualCapacity: 150,
  usualTasks: 3,
  needs: new Set(["database"]),
  isWritten: false,
  writes: false,
  workMs: 100,
  retentionMs: 24 * 60 * MINUTE,
  scaling: null,
  twin: null,
  objectiveMs: 5 * MINUTE,
};

/** A queue whose messages come in and are worked off as the shares of `api` and `database` say. */
function given(changes: Partial<WorkPlan> = {}) {
  const time = virtualTime();
  const share: Record<string, number> = { api: 1, database: 1 };
  const world = { isThere: true, isWritable: true, delayedMs: 0, lostMs: 0 };
  const parts = new Map<string, Part>();
  const around = {
    ...calmSurroundings(time, seededRandom),
    ledTo: () => 1,
    isThere: () => world.isThere,
    isWritable: () => world.isWritable,
    part: (key: string) => parts.get(key) ?? (key in share ? ({ share: () => share[key] ?? 1 } as Part) : undefined),
    blame: () => ({
      delay: (ms: number) => void (world.delayedMs = Math.max(world.delayedMs, ms)),
      lose: (ms: number) => void (world.lostMs = Math.max(world.lostMs, ms)),
    }),
  };
  const work = new WorkPart({ ...PLAN, ...changes }, around);
  const runUntil = (until: number): void => time.runUntil(until, () => work.look());
  return { time, share, world, work, parts, around, runUntil };
}

describe("work behind a queue", () => {
  test("that is worked off as it comes in costs nothing", () => {
    const { time, work } = given();
    work.look();
    expect(time.next()).toBeNull();
    expect(work.report()).toEqual({ beyondObjective: 0, lost: 0, longestMs: 0 });
  });

  test("waits as long as its workers need what is down, and is drained at what they bear", () => {
    const { time, share, world, work, runUntil } = given();
    share["database"] = 0;
    work.look();
    runUntil(10 * MINUTE);
    share["database"] = 1;
    work.look();
    // 60,000 messages wait, and 50 more a second are worked off than come in: 20 minutes
    runUntil(10 * MINUTE + 19 * MINUTE);
    expect(time.next()).not.toBeNull();
    runUntil(10 * MINUTE + 21 * MINUTE);
    expect(time.next()).toBeNull();
    expect(world.delayedMs).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(world.delayedMs).toBeLessThan(10.5 * MINUTE);
    // what came in during the first half of the outage, and before it is drained again to five minutes
    expect(work.report().beyondObjective).toBeGreaterThan(30_000);
    expect(work.report().beyondObjective).toBeLessThan(150_000);
  });

  test("that nobody put in does not wait: what stops customers, too, delays only what was under way", () => {
    const { share, work, runUntil } = given();
    share["database"] = 0;
    share["api"] = 0;
    work.look();
    runUntil(10 * MINUTE);
    share["database"] = 1;
    share["api"] = 1;
    work.look();
    runUntil(20 * MINUTE);
    const { beyondObjective, longestMs } = work.report();
    expect(longestMs).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(beyondObjective).toBeCloseTo(10); // a tenth of a second of work
  });

  test("is lost once it is older than the queue keeps it", () => {
    const { share, world, work, runUntil } = given({ retentionMs: 10 * MINUTE });
    share["database"] = 0;
    work.look();
    runUntil(60 * MINUTE);
    const { lost } = work.report();
    expect(lost).toBeGreaterThan(100 * 60 * 44);
    expect(lost).toBeLessThan(100 * 60 * 51);
    expect(world.lostMs).toBeGreaterThan(10 * MINUTE);
  });

  test("is stranded with its region, or put in again where another one writes", () => {
    const stranded = given({ writes: true });
    stranded.world.isThere = false;
    stranded.work.look();
    stranded.runUntil(120 * MINUTE);
    expect(stranded.work.report().longestMs).toBe(0);
    stranded.world.isThere = true;
    stranded.work.look();
    stranded.runUntil(130 * MINUTE);
    expect(stranded.work.report().longestMs).toBeGreaterThanOrEqual(120 * MINUTE);

    const carried = given({ writes: true, twin: "there" });
    const twin = new WorkPart({ ...PLAN, region: "there" }, { ...carried.around, isThere: () => true });
    carried.parts.set("there", twin);
    carried.world.isThere = false;
    carried.world.isWritable = false;
    carried.work.look();
    carried.runUntil(15 * MINUTE);
    carried.world.isWritable = true;
    carried.work.look();
    twin.look();
    carried.time.runUntil(20 * MINUTE, () => twin.look());
    expect(twin.report().longestMs).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(twin.report().longestMs).toBeLessThan(16 * MINUTE);
  });
});
