import { expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { virtualTime } from "../virtual-time.ts";
import { Processors } from "./processors.ts";

/** Begins so many works of a second each at these times, and gives when each is done. */
function doneAt(begun: readonly number[], setup = { count: 2, taken: 0 }): { done: number[]; crowded: number } {
  const time = virtualTime();
  let crowded = 0;
  let since: number | null = null;
  const processors = new Processors(time, setup, () => {
    if (processors.isCrowded) since ??= time.now();
    else if (since !== null) {
      crowded += time.now() - since;
      since = null;
    }
  });
  const done: number[] = [];
  for (const at of begun) {
    time.after(at, () => processors.work([1_000, 1_000], seededRandom(at), () => done.push(Math.round(time.now()))));
  }
  time.runUntil(60_000);
  return { done, crowded: Math.round(crowded) };
}

test("as much as there are processors goes at its own speed, and more of it shares them evenly", () => {
  expect(doneAt([0, 0]).done).toEqual([1_000, 1_000]);
  expect(doneAt([0, 0, 0, 0]).done).toEqual([2_000, 2_000, 2_000, 2_000]);
  expect(doneAt([0, 500]).done).toEqual([1_000, 1_500]);
  // Half a second alone, then a processor between two.
  expect(doneAt([0, 500], { count: 1, taken: 0 }).done).toEqual([1_500, 2_000]);
});

test("what is taken by others makes all of it slower", () => {
  expect(doneAt([0, 0], { count: 2, taken: 1 }).done).toEqual([2_000, 2_000]);
});

test("it is crowded for as long as half of what works waits for a processor", () => {
  expect(doneAt([0, 0, 0]).crowded).toBe(0);
  expect(doneAt([0, 0, 0, 0]).crowded).toBe(2_000);
});
