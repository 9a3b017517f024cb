import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SLA } from "../../facts/sla.ts";
import { atLeast, availabilityOf, parallel, series } from "./availability.ts";

const MINUTES_A_YEAR = 525_600;
const sla = (...names: readonly (keyof typeof SLA)[]): number => series(names.map((name) => SLA[name].multiZone.value));

describe("the worked cases that are published, to their last digit", () => {
  test("99% beside 99% is 99.99%", () => {
    expect(parallel([0.99, 0.99])).toBeCloseTo(0.9999, 15);
  });

  test("three of 99.99% in a row are 99.970003%, which misses 157.7 minutes a year", () => {
    const whole = series([0.9999, 0.9999, 0.9999]);
    expect(whole).toBeCloseTo(0.999700029999, 12);
    expect(((1 - whole) * MINUTES_A_YEAR).toFixed(1)).toBe("157.7");
  });

  test("a fault that strikes 5% of the time and reaches 10% of the customers leaves 99.5%", () => {
    expect(parallel([1 - 0.05, 1 - 0.1])).toBeCloseTo(0.995, 15);
  });

  test("four outages of 70 minutes and six of four hours a year leave 99.6728%", () => {
    const missing = 4 * 70 + 6 * 4 * 60;
    expect(missing).toBe(1_720);
    expect((100 * (1 - missing / MINUTES_A_YEAR)).toFixed(4)).toBe("99.6728");
    const uptime = MINUTES_A_YEAR - missing; // the same as a rate of ten outages over the time without them
    const found = availabilityOf({ perYear: 10, repair: missing / 10, year: uptime });
    expect((100 * found).toFixed(4)).toBe("99.6728");
  });

  test("two of three at 99.5% are exactly 99.992525%, which the paper's approximation makes 99.9925%", () => {
    expect(atLeast(2, 3, 0.995)).toBeCloseTo(0.99992525, 14);
    expect(1 - 3 * (1 - 0.995) ** 2).toBeCloseTo(0.999925, 14);
  });

  test("service levels multiply to composite ones: 99.920018% with servers, 99.790145% and 99.69% without", () => {
    const [instance, disk] = [SLA.compute.multiZone.value, SLA.compute.multiZone.value];
    expect(series([sla("route53", "loadBalancer", "rds"), instance, disk]).toFixed(8)).toBe("0.99920018");
    expect(sla("cloudFront", "apiGateway", "lambda", "dynamoDb").toFixed(8)).toBe("0.99790145");
    expect(series([sla("apiGateway", "lambda", "dynamoDb"), 0.999, 0.999]).toFixed(5)).toBe("0.99690");
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const shares = fc.array(share, { minLength: 1, maxLength: 8 });
const NOISE = 1e-12;

describe("laws of the formulas", () => {
  test("parts in a row are no better than the weakest of them", () => {
    fc.assert(fc.property(shares, (parts) => series(parts) <= Math.min(...parts) + NOISE));
  });

  test("one more beside the others never lowers availability", () => {
    fc.assert(fc.property(shares, share, (parts, more) => parallel([...parts, more]) >= parallel(parts) - NOISE));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), share, (needed, count, each) => {
        return atLeast(needed, count + 1, each) >= atLeast(needed, count, each) - NOISE;
      }),
    );
  });

  test("k of n is parallel where one is enough, and series where all are needed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), share, (count, each) => {
        const parts = Array.from({ length: count }, () => each);
        expect(atLeast(1, count, each)).toBeCloseTo(parallel(parts), 10);
        expect(atLeast(count, count, each)).toBeCloseTo(series(parts), 10);
      }),
    );
  });

  test("what never fails is always there, however long a repair would take", () => {
    expect(availabilityOf({ perYear: 0, repair: Number.POSITIVE_INFINITY, year: 1 })).toBe(1);
  });
});
