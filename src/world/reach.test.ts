import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../../test/support/eventually.ts";
import { observersOf } from "../topology/observer.ts";
import type { LinkRule, Place } from "./primitive.ts";
import { createReach, onceHeard } from "./reach.ts";

const regionOf = (...names: readonly string[]) => ({ name: "r", zones: names.map((name, index) => ({ name, index })) });
const region = regionOf("a", "b", "c");
const { zones } = region;

function cut(from: Place, to: Place): LinkRule[] {
  const effect = { kind: "cut" } as const;
  return [
    { from, to, effect },
    { from: to, to: from, effect },
  ];
}

function reachWith(rules: readonly LinkRule[], dark: readonly string[] = []): ReturnType<typeof createReach> {
  return createReach({ region, rules: () => rules, powered: (zone) => !dark.includes(zone) });
}

const member = { id: "db-a", component: "db", zone: zones[0]! }; // there are three

test("with nothing wrong every zone can be commanded", () => {
  const reach = reachWith([]);
  expect(zones.map(({ name }) => reach.zone(name))).toEqual([true, true, true]);
  expect(reach.vantage(member)?.name).toBe("a");
});

test("a zone that is cut off from the other two cannot be commanded, nor what is in it", () => {
  const reach = reachWith([...cut({ zone: "a" }, { zone: "b" }), ...cut({ zone: "a" }, { zone: "c" })]);
  expect(zones.map(({ name }) => reach.zone(name))).toEqual([false, true, true]);
  expect(reach.vantage(member)).toBeUndefined();
});

test("a partition between two zones leaves all three with the majority", () => {
  const reach = reachWith(cut({ zone: "a" }, { zone: "b" }));
  expect(zones.map(({ name }) => reach.zone(name))).toEqual([true, true, true]);
});

test("a zone without power cannot be commanded, and two of three without power leave no majority", () => {
  expect(zones.map(({ name }) => reachWith([], ["a"]).zone(name))).toEqual([false, true, true]);
  expect(zones.map(({ name }) => reachWith([], ["a", "b"]).zone(name))).toEqual([false, false, false]);
});

describe("of two zones", () => {
  const two = regionOf("a", "b");
  const reachIn = (rules: readonly LinkRule[], dark: readonly string[] = []): readonly boolean[] => {
    const reach = createReach({ region: two, rules: () => rules, powered: (place) => !dark.includes(place) });
    return two.zones.map(({ name }) => reach.zone(name));
  };

  test("the one that is left can be commanded, as long as what stands beside them has power", () => {
    expect(reachIn([], ["a"])).toEqual([false, true]);
    expect(reachIn([], ["r"])).toEqual([true, true]);
    expect(reachIn([], ["a", "r"])).toEqual([false, false]);
  });

  test("the one that is cut off from everything else cannot be commanded", () => {
    expect(reachIn(cut({ zone: "a" }, {}))).toEqual([false, true]);
  });

  test("both can be commanded where they have lost each other alone", () => {
    expect(reachIn(cut({ zone: "a" }, { zone: "b" }))).toEqual([true, true]);
  });
});

test("however a network falls apart, only zones of one part can be commanded, and in one of two parts some can", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.nat(2), { minLength: 7, maxLength: 7 }), (count, parts) => {
      const own = regionOf(...["a", "b", "c", "d", "e", "f"].slice(0, count));
      const places = observersOf(own);
      const partOf = (place: string): number => parts[places.indexOf(place)] ?? 0;
      const rules = places.flatMap((one) =>
        places.flatMap((other) => (partOf(one) === partOf(other) ? [] : cut({ zone: one }, { zone: other }))),
      );
      const reach = createReach({ region: own, rules: () => rules, powered: () => true });
      const reached = new Set(own.zones.filter(({ name }) => reach.zone(name)).map(({ name }) => partOf(name)));
      expect(reached.size).toBeLessThanOrEqual(1);
      if (new Set(places.map(partOf)).size <= 2) expect(reached.size).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test("an instance whose commands are cut from everywhere has no vantage, though its zone has", () => {
  const reach = reachWith([
    { from: {}, to: { instance: "db-a" }, purposes: ["control"], effect: { kind: "black-hole" } },
  ]);
  expect(reach.zone("a")).toBe(true);
  expect(reach.vantage(member)).toBeUndefined();
});

test("what happened in a zone while nobody could hear it is told once it can be heard, and only once", async () => {
  const dark = ["a", "b"];
  const reach = reachWith([], dark);
  const told: string[] = [];
  onceHeard({ reach, clock: systemClock }, "a", () => void told.push("a"));
  expect(told).toEqual([]);
  dark.pop(); // b has power again; a not yet
  onceHeard({ reach, clock: systemClock }, "b", () => void told.push("b"));
  expect(told).toEqual(["b"]);
  dark.pop();
  await eventually(() => told.includes("a"), { within: "10 seconds" });
  expect(told).toEqual(["b", "a"]);
});
