import { describe, expect, test } from "vitest";
import type { Part } from "./part/part.ts";
import { Roster } from "./roster.ts";

/** Parts by name: how often each was looked at, and what each is to say. */
function given(...names: readonly string[]) {
  const roster = new Roster();
  const world = new Map(names.map((name) => [name, { looks: 0, share: 1, isRestless: false }]));
  for (const [name, state] of world) {
    const part: Partial<Part> = {
      share: () => state.share,
      look: () => {
        state.looks += 1;
        return state.isRestless;
      },
    };
    roster.add(name, part as Part); // a roster asks no more of it
  }
  roster.look();
  return {
    roster,
    of: (name: string) => world.get(name)!, // tests name what they have given
    looks: () => names.map((name) => world.get(name)?.looks),
  };
}

describe("the parts of an incident", () => {
  test("only what something happened to is looked at, once an event", () => {
    const { roster, looks } = given("a", "b", "c");
    roster.touch("b");
    roster.touch("b");
    expect(roster.look()).toBe(false);
    expect(looks()).toEqual([1, 2, 1]);
    roster.touchAll();
    expect(roster.look()).toBe(true);
    expect(looks()).toEqual([2, 3, 2]);
  });

  test("what changes as time goes by is looked at after every event, until it is at rest", () => {
    const { roster, of, looks } = given("a", "b");
    of("a").isRestless = true;
    roster.touch("a");
    roster.look();
    roster.look();
    of("a").isRestless = false;
    roster.look();
    roster.look();
    expect(looks()).toEqual([4, 1]);
  });

  test("what is short is told in the order in which the parts came, for as long as it is", () => {
    const { roster, of } = given("a", "b", "c");
    for (const [name, share] of [
      ["c", 0.5],
      ["a", 0],
      ["b", 0.9],
    ] as const) {
      of(name).share = share;
      roster.touch(name);
      expect(roster.look()).toBe(true);
    }
    expect(roster.short.map(({ key, share }) => [key, share])).toEqual([
      ["a", 0],
      ["b", 0.9],
      ["c", 0.5],
    ]);
    of("b").share = 1;
    roster.touch("b");
    expect(roster.look()).toBe(true);
    expect(roster.short.map(({ key }) => key)).toEqual(["a", "c"]);
  });
});
