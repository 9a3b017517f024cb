import { expect, test } from "vitest";
import { type StageMarks, regionStages } from "./region-stages.ts";

const mark = (at: number, what: StageMarks["marks"][number]["what"]): StageMarks["marks"][number] => ({
  at,
  what,
  subject: "west",
});
const FAILOVER: StageMarks = {
  faultAt: 1_000,
  marks: [
    mark(500, "finished"), // of what was before
    mark(4_000, "lost"),
    mark(4_100, "began"),
    mark(4_110, "fence"),
    mark(4_300, "promote"),
    mark(6_300, "scale"),
    mark(14_300, "shift"),
    mark(14_320, "verify"),
    mark(14_320, "finished"),
    mark(20_000, "began"),
    mark(20_500, "fence"),
  ],
  sightsLost: [3_900, 4_000],
  shifts: [2_400],
  ttlMs: 1_000,
};

const told = (marks: StageMarks): readonly string[] =>
  regionStages(marks).map(({ component, name, ms }) => `${component} ${name} ${ms}`);

test("the stages of a takeover follow one another from the fault to its end, and are those of the first plan", () => {
  const stages = regionStages(FAILOVER);
  expect(told(FAILOVER)).toEqual([
    "recovery detect 3000",
    "recovery decide 100",
    "recovery fence 10",
    "recovery promote 190",
    "recovery scale 2000",
    "recovery shift 8000",
    "recovery verify 20",
  ]);
  expect(stages.reduce((sum, { ms }) => sum + ms, 0)).toBe(14_320 - 1_000);
});

test("customers who are led over by the plan forget the way before, and may be led later than the plan goes on", () => {
  const stages = told({ ...FAILOVER, shifts: [2_400, 14_500] });
  expect(stages).toContain("recovery shift 8200");
  expect(stages).toContain("recovery verify 20");
  expect(stages.at(-1)).toBe("recovery forget 1000");
});

test("where no region takes over there is what the watchers lost sight of, or nothing", () => {
  expect(told({ ...FAILOVER, marks: [], sightsLost: [200, 3_900, 4_000] })).toEqual(["region detect 3000"]);
  expect(told({ ...FAILOVER, marks: [], sightsLost: [200] })).toEqual([]);
});
