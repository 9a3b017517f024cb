import { expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { MachineLoad } from "./machine-load.ts";

/** How long requests wait that come at this rate for so many seconds. */
function waits(perSecond: number, seconds = 5): readonly number[] {
  const load = new MachineLoad(seededRandom("load"));
  return Array.from({ length: perSecond * seconds }, (_, at) => load.arrive((at * 1_000) / perSecond));
}

test("nobody waits for processors that have little to do", () => {
  expect(Math.max(...waits(50))).toBe(0);
});

test("what comes faster than it is worked off waits for longer and longer", () => {
  const all = waits(600);
  const [early, late] = [all[599]!, all[2_999]!]; // of 3,000
  expect(early).toBeGreaterThan(500);
  expect(late / early).toBeCloseTo(5, 0);
});

test("a backlog is worked off while nobody comes", () => {
  const load = new MachineLoad(seededRandom("load"));
  for (let request = 0; request < 1_000; request += 1) load.arrive(0);
  expect(load.arrive(1_000)).toBeGreaterThan(1_000);
  expect(load.arrive(60_000)).toBe(0);
});
