import { expect, test } from "vitest";
import { counted, firstOf, lossName } from "./phrase.ts";

test("a loss is called by its kind once", () => {
  expect(lossName({ kind: "zone", id: "us-east-1a" })).toBe("zone us-east-1a");
  expect(lossName({ kind: "zone", id: "zone 0" })).toBe("zone 0");
  expect(lossName({ kind: "zone", id: "the zone that AWS picks for Db" })).toBe("the zone that AWS picks for Db");
  expect(lossName({ kind: "instance", id: "instanceOfOurs" })).toBe("instance instanceOfOurs");
});

test("many names are counted after the first, and few are not", () => {
  expect(firstOf(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  expect(firstOf(["a", "b"], 2)).toBe("a, b");
});

test("one is told in the singular", () => {
  expect([0, 1, 2].map((count) => counted(count, "file"))).toEqual(["0 files", "1 file", "2 files"]);
});
