import { describe, expect, test } from "vitest";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { budgetsOf, needsRegions, planDrills } from "./plan.ts";

const topology = fakeTopology();
const names = (wanted: { names?: string[]; all?: boolean; seed?: number }): string[] =>
  planDrills(topology, { names: [], all: false, seed: 1, ...wanted }).map(({ fault }) => fault.name);

describe("the plan", () => {
  test("is the tour as far as it applies, and those named in their order", () => {
    // There is no cache.
    expect(names({})).toEqual(["task-crash", "worker-crash", "database-crash", "zone-loss", "database-isolated"]);
    expect(names({ names: ["zone-loss", "task-crash"] })).toEqual(["zone-loss", "task-crash"]);
  });

  test("rejects what does not exist or has nothing to strike", () => {
    expect(() => names({ names: ["zone-lost"] })).toThrow('there is no fault "zone-lost"');
    expect(() => names({ names: ["cache-crash"] })).toThrow('"cache-crash" has nothing to strike');
  });

  test("draws targets that follow from the seed, and goes for roles first", () => {
    const targets = (seed: number): string[] =>
      planDrills(topology, { names: [], all: true, seed }).map(({ target }) => target);
    expect(targets(7)).toEqual(targets(7));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => targets(seed)[0])).size).toBe(3);
    const roles = planDrills(topology, { names: ["database-crash", "zone-loss"], all: false, seed: 1 });
    expect(roles.map(({ target }) => target)).toEqual(["primary of database", "zone of the primary of database"]);
  });

  test("leaves out what needs a second region, and says how to have one where it is named", () => {
    expect(names({ all: true })).not.toContain("region-loss");
    expect(() => names({ names: ["region-loss"] })).toThrow(
      expect.objectContaining({ code: "FLT-002", fix: expect.stringContaining("--regions all") }),
    );
    expect(needsRegions(["zone-loss", "region-loss"])).toBe(true);
    expect(needsRegions(["zone-loss"])).toBe(false);
  });

  test("waits ten times as long for AWS's timers at AWS's pace", () => {
    expect(budgetsOf(topology, 10)).toMatchObject({ observeAtMostMs: 20_000, settleMs: 30_000, visibleMs: 5_400 });
    expect(budgetsOf(topology, 1)).toMatchObject({ observeAtMostMs: 200_000, settleMs: 300_000, visibleMs: 9_000 });
  });
});
