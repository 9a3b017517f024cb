import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atLeast } from "./availability.ts";
import { overZones } from "./common-cause.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const perZone = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 });
const NOISE = 1e-12;

describe("parts that stand in zones", () => {
  test("fail with them: two in one zone are no better than the zone, two in two zones are", () => {
    const one = overZones([0.99], [{ perZone: [2], needed: 1, availability: 1 }]);
    expect(one).toBeCloseTo(0.99, 14);
    const two = overZones([0.99, 0.99], [{ perZone: [1, 1], needed: 1, availability: 1 }]);
    expect(two).toBeCloseTo(0.9999, 14);
  });

  test("share what zones do: a pair in each of two zones is better than the product of two pairs", () => {
    const pair = { perZone: [1, 1], needed: 1, availability: 0.95 };
    const alone = overZones([0.9, 0.9], [pair]);
    expect(overZones([0.9, 0.9], [pair, pair])).toBeGreaterThan(alone * alone);
  });

  test("are what the independent formula says where zones never fail", () => {
    fc.assert(
      fc.property(perZone, fc.integer({ min: 1, max: 4 }), share, (counts, needed, availability) => {
        const count = counts.reduce((sum, each) => sum + each, 0);
        const zones = counts.map(() => 1);
        const found = overZones(zones, [{ perZone: counts, needed, availability }]);
        expect(found).toBeCloseTo(atLeast(needed, count, availability), 10);
      }),
    );
  });

  test("are each a zone with one part in it: k of n zones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), share, (needed, count, zone) => {
        const zones = Array.from({ length: count }, () => zone);
        const found = overZones(zones, [{ perZone: zones.map(() => 1), needed, availability: 1 }]);
        expect(found).toBeCloseTo(atLeast(needed, count, zone), 10);
      }),
    );
  });

  test("are never worse off for one more of them, and never better than the weakest component alone", () => {
    fc.assert(
      fc.property(perZone, fc.nat({ max: 3 }), share, share, (counts, at, zone, availability) => {
        const zones = counts.map(() => zone);
        const more = counts.map((count, index) => (index === at % counts.length ? count + 1 : count));
        const of = (placed: readonly number[]) => ({ perZone: placed, needed: 2, availability });
        const found = overZones(zones, [of(counts)]);
        expect(overZones(zones, [of(more)])).toBeGreaterThanOrEqual(found - NOISE);
        expect(overZones(zones, [of(counts), of(more)])).toBeLessThanOrEqual(found + NOISE);
      }),
    );
  });
});
