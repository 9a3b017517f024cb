import { expect, test } from "vitest";
import { type LagHistory, NO_HISTORY, sampleLag } from "./lag.ts";

/** The lag of each look at a log and its copy. */
function lags(looks: readonly { at: number; log: number; copy: number }[]): (number | null)[] {
  let history: LagHistory = NO_HISTORY;
  return looks.map((look) => {
    const sample = sampleLag(history, look);
    ({ history } = sample);
    return sample.lagMs;
  });
}

test("a copy that has all of the log is not behind, however long nothing was written", () => {
  expect(lags([10, 1_000, 60_000].map((at) => ({ at, log: 500, copy: 500 })))).toEqual([0, 0, 0]);
});

test("a copy that stands still is behind by the time since its end was the log's", () => {
  const looks = [
    { at: 0, log: 100, copy: 100 },
    { at: 200, log: 180, copy: 100 },
    { at: 400, log: 260, copy: 100 },
  ];
  expect(lags(looks)).toEqual([0, 200, 400]);
});

test("a copy that follows at a distance is never told to be nearer than it is", () => {
  const delay = 150;
  const written = (at: number): number => Math.max(0, at * 10);
  const looks = Array.from({ length: 20 }, (_, index) => ({
    at: index * 100,
    log: written(index * 100),
    copy: written(index * 100 - delay),
  }));
  for (const lag of lags(looks).slice(3)) {
    if (lag === null) throw new Error("it was seen from the beginning");
    expect(lag).toBeGreaterThanOrEqual(delay);
    expect(lag).toBeLessThanOrEqual(delay + 100);
  }
});

test("nothing is told of a copy that is further back than anything that was seen", () => {
  expect(
    lags([
      { at: 900, log: 900, copy: 100 },
      { at: 1_000, log: 1_000, copy: 950 },
    ]),
  ).toEqual([null, 100]);
});
