import { assert, constant, constantFrom, integer, nat, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { FAULTS } from "../../fault/catalogue.ts";
import type { Fault } from "../../fault/fault.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { AT_ONCE, type NemesisWish, planNemesis } from "./plan.ts";
import { movesOf } from "./play.ts";

const topology = fakeTopology();

const wishes = record({
  seed: nat(),
  durationMs: integer({ min: 0, max: 20 * 60_000 }),
  paceFactor: constantFrom(1, 10),
  catalogue: constant(FAULTS),
  limits: constantFrom<NemesisWish["limits"][]>({}, { "power-off": "no power here", kill: "nothing dies here" }),
});

describe("the plan of a nemesis", () => {
  test("is the same for the same seed, and another for another", () => {
    assert(
      property(wishes, (wish) => {
        expect(planNemesis(topology, wish)).toEqual(planNemesis(topology, wish));
      }),
    );
    const wish = { durationMs: 600_000, paceFactor: 10, catalogue: FAULTS, limits: {} };
    const told = [1, 2].map((seed) =>
      planNemesis(topology, { ...wish, seed }).map(({ fault, target, atMs }) => `${fault.name} ${target} ${atMs}`),
    );
    expect(told[0]).not.toEqual(told[1]);
  });

  test("undoes every fault before the end, and has no more of them in force at once than is allowed", () => {
    assert(
      property(wishes, (wish) => {
        const strikes = planNemesis(topology, wish);
        for (const { atMs, againMs, healMs } of strikes) {
          expect(atMs).toBeGreaterThan(0);
          expect(healMs).toBeGreaterThan(againMs ?? atMs);
          expect(healMs).toBeLessThanOrEqual(wish.durationMs);
          const together = strikes.filter((other) => other.atMs <= atMs && atMs < other.healMs);
          expect(together.length).toBeLessThanOrEqual(AT_ONCE);
          expect(new Set(together.map(({ fault }) => fault.name)).size).toBe(together.length);
        }
      }),
    );
  });

  test("strikes only what the system has and the machine can make, and brings no crowd", () => {
    assert(
      property(wishes, (wish) => {
        for (const { fault, target } of planNemesis(topology, wish)) {
          expect(fault.targets(topology)).toContain(target);
          expect(fault.crowd).toBeUndefined();
          expect(["restore", "failover-during-backup"]).not.toContain(fault.name); // they turn back what others did
          if (wish.limits.kill !== undefined)
            expect(["task-crash", "database-crash", "zone-loss"]).not.toContain(fault.name);
        }
      }),
    );
  });

  test("strikes two at once now and then, and lasts longer than the patience now and then", () => {
    const strikes = planNemesis(topology, {
      seed: 3,
      durationMs: 1_800_000,
      paceFactor: 10,
      catalogue: FAULTS,
      limits: {},
    });
    const overlapping = strikes.filter((one) =>
      strikes.some((other) => other !== one && other.atMs <= one.atMs && one.atMs < other.healMs),
    );
    const long = strikes.filter(({ atMs, healMs }) => healMs - atMs > 20_000);
    expect(overlapping.length).toBeGreaterThan(strikes.length / 20);
    expect(overlapping.length).toBeLessThan(strikes.length / 2);
    expect(long.length).toBeGreaterThan(strikes.length / 10);
  });

  test("is empty where no fault applies", () => {
    const wish = { seed: 1, durationMs: 600_000, paceFactor: 10, limits: {} };
    expect(planNemesis(topology, { ...wish, catalogue: [] })).toEqual([]);
    const crowd: Fault = { ...FAULTS[0]!, crowd: { kind: "spike", factor: 3 } }; // the catalogue is not empty
    expect(planNemesis(topology, { ...wish, catalogue: [crowd] })).toEqual([]);
  });

  test("is played in the order of its times, and what is to be undone goes first", () => {
    assert(
      property(wishes, (wish) => {
        const strikes = planNemesis(topology, wish);
        const moves = movesOf(strikes);
        expect(moves.map(({ atMs }) => atMs)).toEqual(moves.map(({ atMs }) => atMs).sort((a, b) => a - b));
        for (const strike of strikes) {
          const own = moves.filter((move) => move.strike === strike).map(({ what }) => what);
          expect(own).toEqual(strike.againMs === null ? ["strike", "heal"] : ["strike", "again", "heal"]);
        }
      }),
    );
    const [strike] = planNemesis(topology, {
      seed: 1,
      durationMs: 600_000,
      paceFactor: 10,
      catalogue: FAULTS,
      limits: {},
    });
    const first = { ...strike!, atMs: 0, againMs: null, healMs: 5 }; // ten minutes hold one
    const second = { ...first, atMs: 5, healMs: 9 };
    expect(movesOf([second, first]).map(({ what }) => what)).toEqual(["strike", "heal", "strike", "heal"]);
  });
});
