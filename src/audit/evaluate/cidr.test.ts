import { expect, test } from "vitest";
import { blockOf, overlaps } from "./cidr.ts";

function overlap(one: string, other: string): boolean | undefined {
  const [left, right] = [blockOf(one), blockOf(other)];
  return left === undefined || right === undefined ? undefined : overlaps(left, right);
}

test("blocks overlap where one holds addresses of the other", () => {
  expect(overlap("10.0.0.0/16", "10.0.255.0/24")).toBe(true);
  expect(overlap("10.0.0.0/16", "10.1.0.0/16")).toBe(false);
  expect(overlap("192.168.7.9/16", "192.168.0.0/24")).toBe(true);
  expect(overlap("10.0.0.1/32", "10.0.0.0/31")).toBe(true);
  expect(overlap("0.0.0.0/0", "255.255.255.255/32")).toBe(true);
});

test("what is no block is none", () => {
  expect(["10.0.0.0", "10.0.0.0/33", "10.0.0.256/8", "::/0", 10, undefined].map(blockOf)).toEqual(
    Array(6).fill(undefined),
  );
});
