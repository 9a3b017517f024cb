import { assert, array, constantFrom, integer, option, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import type { FaultSchedule, ScheduledStrike } from "../../base/fault-schedule.ts";
import { findFault } from "../../fault/catalogue.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { type SchedulePlan, planSchedules } from "./schedule-plan.ts";

const topology = fakeTopology();
const WISH = { durationMs: 120_000, paceFactor: 10, limits: {} };

function strike(harm: ScheduledStrike["harm"], target: string, changes: Partial<ScheduledStrike> = {}) {
  const lastsMs = harm === "crash" ? null : 600_000;
  return { cause: `${harm} of ${target}`, harm, target, atMs: 0, lastsMs, ...changes };
}

function schedule(...strikes: readonly ScheduledStrike[]): FaultSchedule {
  return { strikes, minutes: 30, addsMinutes: strikes.length > 1 ? 20 : 0 };
}

const plan = (schedules: readonly FaultSchedule[], changes: Partial<typeof WISH> = {}): SchedulePlan =>
  planSchedules(topology, schedules, { ...WISH, ...changes });

describe("a schedule that a simulation found", () => {
  test.each([
    ["crash", "api-z2", "task-crash"],
    ["crash", "worker-z1", "worker-crash"],
    ["crash", "database-z3", "database-crash"],
    ["hang", "api-z1", "task-hang"],
    ["hang", "database-z1", "database-zombie"],
    ["fail", "api", "bad-deploy"],
    ["fail", "orders", "queue-down"],
    ["slow", "orders", "queue-slow"],
    ["slow", "database", "dependency-slow"],
    ["zone", "z2", "zone-loss"],
    ["cut", "z2", "zone-partition"],
    ["mute", "z3", "zone-partition-one-way"],
    ["slow-zone", "z1", "zone-slow"],
  ] as const)("%s of %s is played as %s of the same", (harm, target, fault) => {
    const { strikes, leftOut } = plan([schedule(strike(harm, target))]);
    expect(leftOut).toEqual([]);
    expect(strikes).toMatchObject([{ fault: findFault(fault), target, begins: true }]);
  });

  test.each([
    ["region", "r1", "one region runs, and none could take over: `--regions all` runs the others"],
    ["fail", "database", "no fault of the catalogue does this: fail of database"],
    ["fail", "edge", "no fault of the catalogue does this: fail of edge"],
    ["hang", "worker-z1", "no fault of the catalogue does this: hang of worker-z1"],
    ["zone", "z9", "zone-loss does not reach z9 where it stands"],
  ] as const)("%s of %s is left out, and named", (harm, target, why) => {
    const { strikes, leftOut } = plan([schedule(strike("zone", "z1"), strike(harm, target, { atMs: 1_000 }))]);
    expect(strikes).toEqual([]);
    expect(leftOut).toEqual([{ name: expect.stringContaining(`${harm} of ${target}`), why }]);
  });

  test("what can be done to a region by itself nowhere, or what the machine cannot do, is left out", () => {
    const elsewhere = schedule(strike("fail", "api", { region: "r2" }));
    expect(planSchedules(TWO_REGIONS, [elsewhere], WISH).leftOut).toMatchObject([
      { why: "bad-deploy does not reach api where it stands" },
    ]);
    const limits = { "power-off": "no power here" };
    expect(planSchedules(topology, [schedule(strike("zone", "z1"))], { ...WISH, limits }).leftOut).toMatchObject([
      { why: "this machine cannot make zone-loss" },
    ]);
  });

  test("goes at the drill's pace, is cut where nothing would happen, and lasts for a while", () => {
    const long = schedule(
      strike("zone", "z1", { lastsMs: 40_000_000 }),
      strike("crash", "database-z2", { atMs: 15_000 }),
    );
    const [zone, crash] = plan([long]).strikes;
    expect(zone).toMatchObject({ atMs: 1_000, healMs: 10_500 }); // 1.5 s, and then 8 s of which nothing more is learnt
    expect(crash).toMatchObject({ atMs: 2_500, healMs: 4_500, begins: false });
    const slow = plan([long], { paceFactor: 1, durationMs: 1_200_000 }).strikes.map(({ atMs }) => atMs);
    expect(slow).toEqual([10_000, 25_000]);
  });

  test("meets what has crashed before it is back, which is sooner here than at AWS", () => {
    const crashes = schedule(strike("crash", "database-z1"), strike("crash", "database-z2", { atMs: 200_000 }));
    expect(plan([crashes]).strikes.map(({ atMs }) => atMs)).toEqual([1_000, 2_000]);
  });

  test("keeps the order of all that happens in it: an overlap stays one", () => {
    const targets = constantFrom("z1", "z2", "z3");
    const blow = record({
      target: targets,
      atMs: integer({ min: 0, max: 90_000_000 }),
      lastsMs: option(integer({ min: 1, max: 9e7 })),
    });
    assert(
      property(array(blow, { minLength: 1, maxLength: 4 }), constantFrom(1, 10), (blows, paceFactor) => {
        const ordered = blows.toSorted((a, b) => a.atMs - b.atMs);
        const first = ordered[0]!.atMs; // there is one
        const strikes = ordered.map((each) =>
          strike("zone", each.target, { atMs: each.atMs - first, lastsMs: each.lastsMs }),
        );
        const played = plan([schedule(...strikes)], { paceFactor, durationMs: 9e9 }).strikes;
        for (const [a, one] of strikes.entries()) {
          for (const [b, other] of strikes.entries()) {
            if (one.atMs <= other.atMs) expect(played[a]!.atMs).toBeLessThanOrEqual(played[b]!.atMs); // one for each
            const overlaps = one.atMs < other.atMs && one.lastsMs !== null && other.atMs < one.atMs + one.lastsMs;
            if (overlaps) expect(played[b]!.atMs).toBeLessThanOrEqual(played[a]!.healMs);
          }
        }
      }),
    );
  });
});

const ZONES = ["y1", "y2", "y3"].map((name, index) => ({ name, index }));
const TWO_REGIONS = fakeTopology({
  regions: [...topology.regions, { name: "r2", index: 1, role: "secondary", zones: ZONES }],
});

describe("a schedule over two regions", () => {
  const told = (schedules: readonly FaultSchedule[]): readonly string[] =>
    planSchedules(TWO_REGIONS, schedules, { ...WISH, durationMs: 600_000 }).strikes.map(
      ({ fault, target, region }) => `${fault.name} ${target}${region === undefined ? "" : ` in ${region}`}`,
    );

  test("loses the region that serves in one way after the other, and the other one by its power", () => {
    const lost = ["z1", "z2", "z3", "y1"].map((zone) =>
      schedule(strike("region", "r1"), strike("zone", zone, { atMs: 1_000 })),
    );
    expect(told(lost).filter((text) => text.startsWith("region"))).toEqual([
      "region-loss r1",
      "region-isolated r1",
      "region-flapping r1",
      "region-loss r1",
    ]);
    expect(told([schedule(strike("region", "r2"))])).toEqual(["standby-region-loss r2"]);
  });

  test("strikes a component in the region where it was struck, and zones of either", () => {
    expect(told([schedule(strike("fail", "orders", { region: "r2" }))])).toEqual(["queue-down orders in r2"]);
    expect(told([schedule(strike("slow", "database", { region: "r1" }))])).toEqual(["dependency-slow database in r1"]);
    expect(told([schedule(strike("cut", "y2"))])).toEqual(["zone-partition y2"]);
  });

  test("lets another region take over before it goes on", () => {
    const later = schedule(strike("region", "r1"), strike("cut", "y2", { atMs: 60_000_000, lastsMs: 60_000_000 }));
    const [region, zone] = planSchedules(TWO_REGIONS, [later], WISH).strikes;
    expect(region).toMatchObject({ atMs: 1_000, healMs: 26_000 });
    expect(zone).toMatchObject({ atMs: 51_000 });
  });
});

describe("what is played of many schedules", () => {
  const zones = ["z1", "z2", "z3"].map((zone) => schedule(strike("zone", zone)));

  test("is as much as there is time for, in their order, with a pause after each", () => {
    const { strikes, told } = plan(zones, { durationMs: 30_000 });
    expect(strikes.map(({ target }) => target)).toEqual(["z1", "z2"]);
    expect(strikes[1]!.atMs - strikes[0]!.healMs).toBe(5_000); // there are two
    expect(told).toEqual([
      "zone of z1 (z1): at AWS 30 min; here zone-loss of z1",
      "zone of z2 (z2): at AWS 30 min; here zone-loss of z2",
    ]);
  });

  test("holds once what is told apart there, and is one fault here", () => {
    const twice = [schedule(strike("fail", "api")), schedule(strike("fail", "api", { cause: "another" }))];
    expect(plan(twice).strikes).toHaveLength(1);
  });

  test("says what it does together, and when", () => {
    const both = schedule(strike("zone", "z1"), strike("crash", "database-z2", { atMs: 15_000 }));
    expect(plan([both]).told).toEqual([
      "zone of z1 (z1), 15 s later crash of database-z2 (database-z2): at AWS 30 min, of which 20 because they meet; " +
        "here zone-loss of z1, database-crash of database-z2 after 1.5 s",
    ]);
  });
});
