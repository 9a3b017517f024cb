import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type BalancingTarget, pickTarget } from "./balancing.ts";

function target(id: string, change: Partial<BalancingTarget> = {}): BalancingTarget {
  const known = { healthy: true, judged: true, shiftedAway: false, draining: false };
  return { id, ...known, outstanding: 0, healthySince: 0, ...change };
}

const OPTIONS = { now: 60_000, slowStartMs: 0, random: seededRandom(1) };

/** How often each was picked out of so many. */
function spread(targets: readonly BalancingTarget[], picks: number): number[] {
  const counts = targets.map(() => 0);
  for (let pick = 0; pick < picks; pick += 1) {
    const picked = pickTarget(targets, OPTIONS);
    counts[targets.findIndex((each) => each === picked)]! += 1; // it is one of them
  }
  return counts;
}

describe("the next request goes", () => {
  test("to the target with the fewest outstanding requests", () => {
    const targets = [target("a", { outstanding: 2 }), target("b", { outstanding: 1 }), target("c", { outstanding: 3 })];
    expect(pickTarget(targets, OPTIONS)?.id).toBe("b");
  });

  test("evenly to equals, so that one that fails fast at low load draws no more than its share", () => {
    for (const count of spread([target("a"), target("b"), target("c")], 3_000))
      expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  test("neither to unhealthy nor to draining targets", () => {
    const targets = [target("a", { healthy: false }), target("b", { draining: true }), target("c", { outstanding: 9 })];
    expect(pickTarget(targets, OPTIONS)?.id).toBe("c");
  });

  test("to all that are not draining when none is healthy", () => {
    const targets = [target("a", { healthy: false }), target("b", { healthy: false }), target("c", { draining: true })];
    expect(spread(targets, 1_000).map((count) => count > 400)).toEqual([true, true, false]);
  });

  test("not to one that nothing is known of yet, while there are others, healthy or not", () => {
    const targets = [target("a", { healthy: false }), target("b", { healthy: false, judged: false })];
    expect(spread(targets, 100)).toEqual([100, 0]);
    expect(pickTarget(targets.slice(1), OPTIONS)?.id).toBe("b");
  });

  test("not to a zone that is shifted away from, unless no other has a healthy target", () => {
    const away = target("a", { shiftedAway: true });
    expect(spread([away, target("b", { outstanding: 9 })], 100)).toEqual([0, 100]);
    expect(spread([away, target("b", { healthy: false })], 100)).toEqual([100, 0]);
  });

  test("nowhere when all are draining, or there is none", () => {
    expect(pickTarget([target("a", { draining: true })], OPTIONS)).toBeNull();
    expect(pickTarget([], OPTIONS)).toBeNull();
  });

  test("rarely at first to a target that starts slowly, and as often as to others in the end", () => {
    const share = (now: number): number => {
      const targets = [target("a"), target("b", { healthySince: 100_000 })];
      const options = { now, slowStartMs: 10_000, random: seededRandom(2) };
      for (let pick = 0; pick < 1_000; pick += 1) pickTarget(targets, options)!.outstanding += 1; // one is always there
      return targets[1]!.outstanding / 1_000; // there are two
    };
    expect(share(100_000)).toBeCloseTo(0.09, 1);
    expect(share(105_000)).toBeCloseTo(0.33, 1);
    expect(share(110_000)).toBeCloseTo(0.5, 1);
  });
});
