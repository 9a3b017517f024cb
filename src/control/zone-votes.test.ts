import { expect, test } from "vitest";
import { tally } from "./tally.ts";
import { zoneVotes } from "./zone-votes.ts";

const ZONES = ["a", "b", "c"];

test("a zone is lost once a majority of all observers has lost sight of it, and is back when one sees it again", () => {
  const votes = zoneVotes(ZONES, ZONES);
  expect(votes.vote("b", "a", false)).toBeUndefined();
  expect(votes.available("a")).toBe(true);
  expect(votes.vote("c", "a", false)).toBe(false);
  expect(votes.available("a")).toBe(false);
  expect(votes.vote("c", "a", false)).toBeUndefined();
  expect(votes.vote("b", "a", true)).toBe(true);
});

test("what a lost zone said of the others counts no more", () => {
  const votes = zoneVotes(ZONES, ZONES);
  votes.vote("a", "b", false);
  votes.vote("b", "a", false);
  votes.vote("c", "a", false);
  // Only c's vote is left against b.
  expect(votes.vote("c", "b", false)).toBeUndefined();
  expect(votes.available("b")).toBe(true);
});

test("of two zones one is lost where an observer beside them has lost sight of it, too", () => {
  const votes = zoneVotes(["a", "b"], ["a", "b", "r"]);
  expect(votes.vote("b", "a", false)).toBeUndefined();
  expect(votes.vote("a", "b", false)).toBeUndefined();
  expect(votes.vote("r", "a", false)).toBe(false);
  // What a said of b counts no more.
  expect(votes.vote("r", "b", false)).toBeUndefined();
  expect([votes.available("a"), votes.available("b")]).toEqual([false, true]);
});

test("the opinion of most decides, a tie counts as yes, and nobody's is no opinion", () => {
  expect(tally([true, false, false])).toBe(false);
  expect(tally([true, false])).toBe(true);
  expect(tally([])).toBeNull();
});
