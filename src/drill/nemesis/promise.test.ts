import { describe, expect, test } from "vitest";
import type { Episode } from "./episode.ts";
import { type InForce, isPromised, promisedSpans } from "./promise.ts";

const NEEDS = ["edge", "api", "database"];

function force(zones: readonly string[], more: Partial<InForce> = {}): InForce {
  return { zones, unavailable: [], duringFailover: false, takesRegion: false, ...more };
}

describe("what the design promises", () => {
  test("is everything where nothing is broken, and where one zone or one component is", () => {
    expect(isPromised(NEEDS, [])).toBe(true);
    expect(isPromised(NEEDS, [force(["a"])])).toBe(true);
    expect(isPromised(NEEDS, [force(["a", "b", "c"])])).toBe(true);
  });

  test("is everything under several faults in one zone", () => {
    expect(isPromised(NEEDS, [force(["a"]), force(["a"])])).toBe(true);
  });

  test("is nothing where two zones are touched, or a component as a whole besides a zone", () => {
    expect(isPromised(NEEDS, [force(["a"]), force(["b"])])).toBe(false);
    expect(isPromised(NEEDS, [force(["a"]), force(["a", "b", "c"])])).toBe(false);
  });

  test("is everything where a region is lost and what else is broken is in it, and nothing where it is not", () => {
    const region = force(["a", "b", "c"], { takesRegion: true });
    expect(isPromised(NEEDS, [region, force(["a"]), force(["b"])])).toBe(true);
    expect(isPromised(NEEDS, [region, force(["x"])])).toBe(false);
    expect(isPromised(NEEDS, [region, force(["x", "y", "z"], { takesRegion: true })])).toBe(false);
  });

  test("is nothing where a fault struck during the failover of another", () => {
    expect(isPromised(NEEDS, [force(["a"]), force(["a"], { duringFailover: true })])).toBe(false);
  });

  test("is nothing to a journey that needs what cannot work, and goes on for the others", () => {
    const down = force(["a"], { unavailable: ["database"] });
    expect(isPromised(NEEDS, [down])).toBe(false);
    expect(isPromised(["edge"], [down])).toBe(true);
  });
});

function episode(from: number, healedAt: number | null, wholeAt: number | null, more: Partial<Episode> = {}): Episode {
  const held = { objective: { rtoMs: 60_000, rpoMs: 0 }, unavailable: [], zones: ["a"] };
  return {
    fault: "zone-loss",
    target: "a",
    from,
    struckAt: from,
    healedAt,
    wholeAt,
    healable: true,
    duringFailover: false,
    held,
    ...more,
  };
}

const held = (more: Partial<Episode["held"]>): Episode["held"] => ({ ...episode(0, 0, 0).held, ...more });

describe("the spans of a promise", () => {
  const told = (episodes: readonly Episode[], until = 100): string[] =>
    promisedSpans(NEEDS, episodes, until).map(({ from, to }) => `${from}-${to}`);

  test("begin at each strike and each heal, and end where the next begins", () => {
    expect(told([episode(10, 20, 25), episode(40, 50, 55)])).toEqual(["10-20", "20-40", "40-50", "50-100"]);
  });

  test("do not begin at the heal of what is over at once", () => {
    expect(told([episode(10, 20, 25, { healable: false })])).toEqual(["10-100"]);
  });

  test("leave out what is beyond the promise, and begin again when the first of two is whole", () => {
    const second = episode(15, 30, 40, { held: held({ zones: ["b"] }) });
    expect(told([episode(10, 20, 25), second])).toEqual(["10-15", "25-30", "30-100"]);
  });

  test("leave out the time in which what the journey needs cannot work", () => {
    const down = episode(10, 20, 25, { held: held({ unavailable: ["database"] }) });
    expect(told([down])).toEqual(["20-100"]);
    expect(promisedSpans(["edge"], [down], 100).map(({ from }) => from)).toEqual([10, 20]);
  });

  test("count a fault until it was whole after it: a second zone before that is beyond the promise", () => {
    const second = episode(22, 30, 40, { held: held({ zones: ["b"] }) });
    expect(told([episode(10, 20, 35), second])).toEqual(["10-20", "20-22", "35-100"]);
    expect(told([episode(10, 20, 21), second])).toEqual(["10-20", "20-22", "22-30", "30-100"]);
  });

  test("know that a fault that was never undone is in force to the end", () => {
    const second = episode(50, 60, 70, { held: held({ zones: ["b"] }) });
    expect(told([episode(10, null, null), second])).toEqual(["10-50", "70-100"]);
  });

  test("are held against the most lenient objective of the faults that they are about, or against none", () => {
    const slow = held({ objective: { rtoMs: 90_000, rpoMs: 0 } });
    const spans = promisedSpans(NEEDS, [episode(10, 20, 25), episode(15, 30, 40, { held: slow })], 100);
    expect(spans.map(({ rtoMs }) => rtoMs)).toEqual([60_000, 90_000, 90_000, 90_000]);
    const none = held({ objective: { rtoMs: null, rpoMs: 0 } });
    expect(promisedSpans(NEEDS, [episode(10, 20, 25, { held: none })], 100)[0]?.rtoMs).toBeNull();
  });

  test("know whether a region is among what they are about, until it is whole again", () => {
    const region = episode(10, 20, 30, { held: held({ region: "r1" }) });
    const spans = promisedSpans(NEEDS, [region, episode(40, 50, 55)], 100);
    expect(spans.map(({ from, ofRegion }) => [from, ofRegion])).toEqual([
      [10, true],
      [20, true],
      [40, false],
      [50, false],
    ]);
  });

  test("know which strike they begin with", () => {
    const [strike, heal] = promisedSpans(NEEDS, [episode(10, 20, 25)], 100);
    expect(strike?.episode?.from).toBe(10);
    expect(heal?.episode).toBeNull();
  });
});
