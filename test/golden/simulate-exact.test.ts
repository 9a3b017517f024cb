import { describe, expect, test } from "vitest";
import { type Zonal, overZones } from "../../src/estimate/exact/common-cause.ts";
import { atLeast, availabilityOf, parallel, series } from "../../src/estimate/exact/availability.ts";
import { YEAR } from "../../src/facts/failure.ts";
import { type Simple, linkHazard, simpleModel } from "../../src/simulate/system/fixture.ts";
import type { SystemModel } from "../../src/simulate/system/model.ts";
import { tallyYears } from "../../src/simulate/system/simulate.ts";
import { portionRate } from "../../src/simulate/system/statistics.ts";

const HOUR = 3_600_000;
const SEEDS = 100;

const part = (id: string, perYear: number, hours: number, changes: Partial<Simple> = {}): Simple => ({
  id,
  zones: [null],
  needed: 1,
  perYear,
  repairMs: [hours * HOUR, hours * HOUR],
  ...changes,
});

const exactOf = ({ perYear }: Simple, hours: number): number =>
  availabilityOf({ perYear, repair: hours * HOUR, year: YEAR.value });

interface Case {
  readonly name: string;
  readonly model: SystemModel;
  readonly years: number;
  readonly exact: number;
}

const ZONES = ["a", "b", "c"];
const one = part("one", 12, 10);
const two = part("two", 4, 40);
const pair = part("pair", 20, 40, { zones: [null, null] });
const three = part("three", 20, 30, { zones: [null, null, null], needed: 2 });
const zonal = part("zonal", 10, 20, { zones: ["a", "b", "c"], needed: 2 });
const wellZone = availabilityOf({ perYear: 3, repair: 30 * HOUR, year: YEAR.value });
const zonalExact: Zonal = { perZone: [1, 1, 1], needed: 2, availability: exactOf(zonal, 20) };
const reachedZone = wellZone * availabilityOf({ perYear: 4, repair: 20 * HOUR, year: YEAR.value });
const memoryless = part("memoryless", 30, 0, { zones: [null, null], repairMs: { meanMs: 40 * HOUR } });

/** The same with zones that are cut off, too. */
function cutOff(model: SystemModel): SystemModel {
  const cuts = ZONES.map((zone) => linkHazard(zone, "cut", { perYear: 4, lastsMs: [20 * HOUR, 20 * HOUR] }));
  return { ...model, hazards: [...model.hazards, ...cuts] };
}

const CASES: readonly Case[] = [
  { name: "one part", model: simpleModel([one]), years: 20, exact: exactOf(one, 10) },
  {
    name: "parts in a row",
    model: simpleModel([one, two]),
    years: 20,
    exact: series([exactOf(one, 10), exactOf(two, 40)]),
  },
  {
    name: "one of two",
    model: simpleModel([pair]),
    years: 25,
    exact: parallel([exactOf(pair, 40), exactOf(pair, 40)]),
  },
  {
    name: "one of two, repaired in memoryless times",
    model: simpleModel([memoryless]),
    years: 20,
    exact: parallel([exactOf(memoryless, 40), exactOf(memoryless, 40)]),
  },
  { name: "two of three", model: simpleModel([three]), years: 15, exact: atLeast(2, 3, exactOf(three, 30)) },
  {
    name: "two of three over zones that fail with all they hold",
    model: simpleModel([zonal], { zones: ZONES, perYear: 3, lastsMs: [30 * HOUR, 30 * HOUR] }),
    years: 30,
    exact: overZones([wellZone, wellZone, wellZone], [zonalExact]),
  },
  {
    name: "two of three over zones that fail, and whose links break",
    model: cutOff(simpleModel([zonal], { zones: ZONES, perYear: 3, lastsMs: [30 * HOUR, 30 * HOUR] })),
    years: 30,
    exact: overZones([reachedZone, reachedZone, reachedZone], [zonalExact]),
  },
];

describe("a simulation of what can be worked out", () => {
  test.each(CASES)(
    "$name: the interval covers the exact answer in 95 of 100 seeds",
    async ({ model, years, exact }) => {
      let covered = 0;
      let sum = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const { portions } = await tallyYears(model, { years, seed: `${seed}` });
        const { mean, low95, high95 } = portionRate(portions, years * YEAR.value);
        sum += mean;
        if (low95 <= 1 - exact && 1 - exact <= high95) covered += 1;
      }
      expect(covered).toBeGreaterThanOrEqual(95);
      const ratio = sum / SEEDS / (1 - exact);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    },
  );
});
