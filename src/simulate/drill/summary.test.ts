import { expect, test } from "vitest";
import { type PlayedDrill, summarize } from "./summary.ts";

const played = (recoveryTimeMs: number | null, detectMs?: number): PlayedDrill => ({
  journeys: new Map([
    ["order", { recoveryTimeMs, operations: 10, failed: 1 }],
    ["browse", { recoveryTimeMs: 0, operations: 10, failed: 0 }],
  ]),
  stages: detectMs === undefined ? [] : [{ name: "detect", component: "database", ms: detectMs }],
  lost: 0,
});

test("the slowest journey counts, by the median and by the shortest interval that nine of ten lie in", () => {
  const plays = Array.from({ length: 100 }, (_, at) => played(1_000 + at));
  expect(summarize(plays, 9_000)).toMatchObject({
    medianMs: 1_050,
    recoveryTimeMs: [1_000, 1_089],
    journeys: { browse: { medianMs: 0, recoveryTimeMs: [0, 0] } },
  });
});

test("a rare outage does not make the interval wide, and an outage without an end is as long as was watched", () => {
  const plays = Array.from({ length: 20 }, (_, at) => played(at < 19 ? 0 : null));
  expect(summarize(plays, 9_000)).toMatchObject({ medianMs: 0, recoveryTimeMs: [0, 0] });
  expect(summarize([played(null)], 9_000).medianMs).toBe(9_000);
});

test("a stage that most plays have is told, and one that few have is not", () => {
  const plays = Array.from({ length: 10 }, (_, at) => played(0, at < 6 ? 500 + at : undefined));
  expect(summarize(plays, 9_000).stages).toEqual([{ name: "detect", component: "database", ms: [500, 505] }]);
  const few = Array.from({ length: 10 }, (_, at) => played(0, at < 4 ? 500 : undefined));
  expect(summarize(few, 9_000).stages).toEqual([]);
});
