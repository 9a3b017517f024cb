import { expect, test } from "vitest";
import { tally } from "./tally.ts";
import { zoneVotes } from "./zone-votes.ts";

test("a zone is lost once a majority of all zones has lost sight of it, and is back when one sees it again", () => {
  const votes = zoneVotes(["a", "b", "c"]);
  expect(votes.vote("b", "a", false)).toBeUndefined();
  expect(votes.available("a")).toBe(true);
  expect(votes.vote("c", "a", false)).toBe(false);
  expect(votes.available("a")).toBe(false);
  expect(votes.vote("c", "a", false)).toBeUndefined();
  expect(votes.vote("b", "a", true)).toBe(true);
});

test("what a lost zone said of the others counts no more", () => {
  const votes = zoneVotes(["a", "b", "c"]);
  votes.vote("a", "b", false);
  votes.vote("b", "a", false);
  votes.vote("c", "a", false);
  // Only c's vote is left against b.
  expect(votes.vote("c", "b", false)).toBeUndefined();
  expect(votes.available("b")).toBe(true);
});

test("the opinion of most decides, a tie counts as yes, and nobody's is no opinion", () => {
  expect(tally([true, false, false])).toBe(false);
  expect(tally([true, false])).toBe(true);
  expect(tally([])).toBeNull();
});
