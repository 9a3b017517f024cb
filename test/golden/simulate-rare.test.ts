import { describe, expect, test } from "vitest";
import { overZones } from "../../src/estimate/exact/common-cause.ts";
import { atLeast, availabilityOf } from "../../src/estimate/exact/availability.ts";
import { YEAR } from "../../src/facts/failure.ts";
import { type Simple, simpleModel } from "../../src/simulate/system/fixture.ts";
import { coincidences } from "../../src/simulate/system/rare.ts";

const HOUR = 3_600_000;
const SEEDS = 40;

const copies = (count: number, needed: number, zones: readonly (string | null)[]): Simple => ({
  id: "copies",
  zones: Array.from({ length: count }, (_, index) => zones[index % zones.length] ?? null),
  needed,
  perYear: 0.05,
  repairMs: [10 * HOUR, 10 * HOUR],
});

const well = availabilityOf({ perYear: 0.05, repair: 10 * HOUR, year: YEAR.value });
const wellZone = availabilityOf({ perYear: 0.02, repair: 5 * HOUR, year: YEAR.value });

const CASES = [
  {
    name: "both of two, once in ten thousand years and more",
    model: simpleModel([copies(2, 1, [null])]),
    exact: 1 - atLeast(1, 2, well),
    runs: 400,
  },
  {
    name: "all of three, once in a hundred million years",
    model: simpleModel([copies(3, 1, [null])]),
    exact: 1 - atLeast(1, 3, well),
    runs: 2_000,
  },
  {
    name: "two zones at once, or a zone and what is left in the other",
    model: simpleModel([copies(2, 1, ["a", "b"])], { zones: ["a", "b"], perYear: 0.02, lastsMs: [5 * HOUR, 5 * HOUR] }),
    exact: 1 - overZones([wellZone, wellZone], [{ perZone: [1, 1], needed: 1, availability: well }]),
    runs: 400,
  },
];

describe("what strikes while something else is broken", () => {
  test.each(CASES)("$name: the estimate is unbiased", ({ model, exact, runs }) => {
    const ratios = Array.from({ length: SEEDS }, (_, seed) => coincidences(model, `${seed}`, runs).mean / exact);
    const mean = ratios.reduce((sum, each) => sum + each, 0) / SEEDS;
    const deviation = Math.sqrt(ratios.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (SEEDS - 1));
    expect(exact).toBeLessThan(1e-8);
    expect(deviation).toBeLessThan(0.5); // each run of some thousand incidents comes near
    expect(Math.abs(mean - 1)).toBeLessThan((3 * deviation) / Math.sqrt(SEEDS) + 1e-3);
  });
});
