import * as fc from "fast-check";
import { expect, test } from "vitest";
import { observersOf } from "./observer.ts";

const regionOf = (count: number) => ({
  name: "r1",
  zones: Array.from({ length: count }, (_, at) => ({ name: `z${at}` })),
});

test("zones that are odd in number watch each other by themselves, and even ones have the region beside them", () => {
  expect(observersOf(regionOf(3))).toEqual(["z0", "z1", "z2"]);
  expect(observersOf(regionOf(2))).toEqual(["z0", "z1", "r1"]);
  expect(observersOf(regionOf(1))).toEqual(["z0"]);
});

test("the loss of any zone of two or more leaves a majority, and of a network in two parts one has it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), (count, part) => {
      const all = observersOf(regionOf(count)).length;
      expect(all - 1).toBeGreaterThan(all / 2);
      const one = part % (all + 1);
      expect([one, all - one].filter((side) => side > all / 2)).toHaveLength(1);
    }),
  );
});
