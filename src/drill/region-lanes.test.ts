import { describe, expect, test } from "vitest";
import type { JournalEvent, WorldEvent } from "../base/journal.ts";
import { recordingOf } from "./check/recording.ts";
import { drillRecord } from "./drill-record.ts";
import { FAULT_AT, story } from "./fixture/story.ts";
import { type RegionLane, regionLanes } from "./region-lanes.ts";

const EAST = "us-east-1";
const WEST = "us-west-2";
const GRID = { zero: FAULT_AT, fromMs: -5_000, toMs: 40_000 };

const decision = (ms: number, what: string, subject: string, detail = ""): WorldEvent => ({
  kind: "decision",
  at: FAULT_AT + ms,
  component: "recovery",
  what,
  subject,
  detail,
});
const act = (ms: number, name: string, subject: string, ok = true): WorldEvent => ({
  kind: "act",
  at: FAULT_AT + ms,
  component: "recovery",
  act: name,
  subject,
  ok,
  tookMs: 5,
});
const lag = (ms: number, lagMs: number | null, region = WEST): WorldEvent => {
  const where = { component: "database", instance: "database-us-west-2a", region };
  return { kind: "lag", at: FAULT_AT + ms, ...where, lagMs };
};

const power = { kind: "fault", fault: "region-loss", target: EAST } as const;
const primitives = [{ kind: "region-power-off", region: EAST }];
const used = (region: string) => ({ region, processes: 1, pssBytes: 1, diskBytes: 1 });
const FOOTPRINT: JournalEvent = { kind: "footprint", at: FAULT_AT - 1, regions: [used(EAST), used(WEST)] };

/** A region that is lost, given up, taken back, and leads again. */
const LOSS: readonly WorldEvent[] = [
  decision(3_000, "lost", EAST),
  decision(3_000, "began", WEST, `failover from ${EAST}, losing about the last 4 ms`),
  act(3_060, "fence", EAST),
  act(3_500, "promote", WEST, false),
  act(4_000, "promote", WEST),
  act(5_000, "scale", WEST),
  decision(5_100, "finished", WEST, "failover"),
  decision(20_000, "began", EAST, `rejoin from ${WEST}`),
  act(22_000, "reseed", EAST),
  decision(22_010, "finished", WEST, "rejoin"),
  decision(30_000, "began", EAST, `switchover from ${WEST}`),
  act(31_000, "promote", EAST),
  decision(32_000, "finished", EAST, "switchover"),
];

function lanesOf(world: readonly WorldEvent[], more: readonly JournalEvent[] = []): readonly RegionLane[] {
  const events = story({ world, more: [FOOTPRINT, ...more] });
  return regionLanes(events, recordingOf(events), GRID) ?? [];
}

describe("the regions of a drill on its time line", () => {
  test("are what they were told to be, one after the other, and nobody leads between two", () => {
    const [east, west] = lanesOf(LOSS);
    expect(east?.region).toBe(EAST);
    expect(east?.roles).toEqual([
      { role: "leads", fromMs: -5_000, toMs: 3_000 },
      { role: "given-up", fromMs: 3_000, toMs: 22_010 },
      { role: "stands-ready", fromMs: 22_010, toMs: 31_000 },
      { role: "leads", fromMs: 31_000, toMs: 40_000 },
    ]);
    expect(west?.roles).toEqual([
      { role: "stands-ready", fromMs: -5_000, toMs: 4_000 },
      { role: "leads", fromMs: 4_000, toMs: 31_000 },
      { role: "stands-ready", fromMs: 31_000, toMs: 40_000 },
    ]);
  });

  test("have the stages of each plan, from the end of the one before, tries that failed included", () => {
    const [east, west] = lanesOf(LOSS);
    expect(west?.stages).toEqual([
      { name: "promote", plan: "failover", fromMs: 3_060, toMs: 4_000 },
      { name: "scale", plan: "failover", fromMs: 4_000, toMs: 5_000 },
    ]);
    expect(east?.stages).toEqual([
      { name: "fence", plan: "failover", fromMs: 3_000, toMs: 3_060 },
      { name: "reseed", plan: "rejoin", fromMs: 20_000, toMs: 22_000 },
      { name: "promote", plan: "switchover", fromMs: 30_000, toMs: 31_000 },
    ]);
  });

  test("have no power while that is taken from them, and to the end where it is never given back", () => {
    const struck: JournalEvent = { ...power, at: FAULT_AT, action: "inject", primitives };
    const healed: JournalEvent = { ...power, at: FAULT_AT + 8_000, action: "heal", primitives };
    expect(lanesOf(LOSS, [struck, healed]).map(({ dark }) => dark)).toEqual([[{ fromMs: 0, toMs: 8_000 }], []]);
    expect(lanesOf(LOSS, [struck])[0]?.dark).toEqual([{ fromMs: 0, toMs: 40_000 }]);
  });

  test("have customers led to them when the last of their services is", () => {
    const led = (ms: number, component: string, region: string): WorldEvent => {
      return { kind: "decision", at: FAULT_AT + ms, component, what: "traffic-shifted", subject: region };
    };
    const [east, west] = lanesOf([led(9_000, "api", WEST), led(9_200, "admin", WEST), led(38_000, "api", EAST)]);
    expect([east?.arrivals, west?.arrivals]).toEqual([[38_000], [9_200]]);
  });

  test("have the lag of their own copies, each time that somebody looked within the time line", () => {
    const own = {
      kind: "lag",
      at: FAULT_AT,
      component: "database",
      instance: "database-us-east-1b",
      lagMs: 2,
    } as const;
    const [east, west] = lanesOf([lag(-9_000, 1), lag(-500, 4), lag(600, null), own]);
    expect(east?.lags).toEqual([]);
    expect(west?.lags).toEqual([
      {
        component: "database",
        points: [
          { atMs: -500, lagMs: 4 },
          { atMs: 600, lagMs: null },
        ],
      },
    ]);
  });

  test("are none of a drill that is not about regions", () => {
    expect(drillRecord(story()).timeline.regions).toBeNull();
  });
});
