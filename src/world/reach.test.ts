import { expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { LinkRule, Place } from "./primitive.ts";
import { createReach, onceHeard } from "./reach.ts";

const zones = ["a", "b", "c"].map((name, index) => ({ name, index }));

function cut(from: Place, to: Place): LinkRule[] {
  const effect = { kind: "cut" } as const;
  return [
    { from, to, effect },
    { from: to, to: from, effect },
  ];
}

function reachWith(rules: readonly LinkRule[], dark: readonly string[] = []): ReturnType<typeof createReach> {
  return createReach({ zones, rules: () => rules, powered: (zone) => !dark.includes(zone) });
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
