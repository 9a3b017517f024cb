import { array, assert, boolean, constantFrom, double, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { NEW_WITNESS, type WitnessState, admit, bar, grant, holdsUntil, isBarred } from "./lease.ts";

const TERMS = { leaseMs: 1_000, clockBoundMs: 20, witnesses: 3 };

describe("a lease", () => {
  test("holds while a majority of the witnesses let the region in, counted from when it asked", () => {
    expect(holdsUntil([], TERMS)).toBe(-Infinity);
    expect(holdsUntil([500], TERMS)).toBe(-Infinity);
    expect(holdsUntil([500, 300], TERMS)).toBe(1_280);
    expect(holdsUntil([500, 300, 100], TERMS)).toBe(1_280);
  });

  test("is not given to another before it has run out, and not at all to one that is barred", () => {
    const asked = (state: WitnessState, region: string, now: number) => grant(state, { region, now, leaseMs: 1_000 });
    const first = asked(NEW_WITNESS, "east", 0);
    expect(asked(first.state, "west", 999).granted).toBe(false);
    expect(asked(first.state, "west", 1_000).granted).toBe(true);
    const barred = bar(first.state, "east");
    expect(asked(barred, "east", 5_000).granted).toBe(false);
    expect([isBarred(barred, "east", 999), isBarred(barred, "east", 1_000)]).toEqual([false, true]);
    expect(asked(admit(barred, "east"), "east", 5_000).granted).toBe(true);
  });

  test("is never held by two regions at once, whoever asks which witness when, with clocks that drift", () => {
    const asking = record({
      gapMs: integer({ min: 0, max: 400 }),
      region: constantFrom("east", "west"),
      heard: array(boolean(), { minLength: 3, maxLength: 3 }),
      answered: array(boolean(), { minLength: 3, maxLength: 3 }),
    });
    // Two clocks go apart by less than the bound over one lease.
    const rates = array(double({ min: 0.991, max: 1.009, noNaN: true }), { minLength: 5, maxLength: 5 });
    assert(
      property(array(asking, { maxLength: 60 }), rates, (asked, [east = 1, west = 1, ...clocks]) => {
        const witnesses = clocks.map(() => NEW_WITNESS);
        const held = { east: new Map<number, number>(), west: new Map<number, number>() };
        let now = 0;
        for (const { gapMs, region, heard, answered } of asked) {
          now += gapMs;
          for (const [at, rate] of clocks.entries()) {
            if (!heard[at]) continue;
            const before = witnesses[at]!; // one a clock
            const { state, granted } = grant(before, { region, now: now * rate, leaseMs: 1_000 });
            witnesses[at] = state;
            const own = now * (region === "east" ? east : west);
            if (granted && answered[at]) held[region as "east" | "west"].set(at, own);
          }
          const holds = (name: "east" | "west", rate: number) =>
            now * rate < holdsUntil([...held[name].values()], TERMS);
          if (holds("east", east) && holds("west", west)) return false;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  });
});
