import { expect, test } from "vitest";
import { choosePrimary } from "./disk.ts";
import type { DiskState } from "./member.ts";

const disk = (role: DiskState["role"], timeline: number): DiskState => ({ role, timeline, held: false });

test("the primary of the highest timeline is started again", () => {
  expect(choosePrimary({ a: disk("primary", 1), b: disk("standby", 1), c: null })).toBe("a");
  expect(choosePrimary({ a: disk("primary", 1), b: disk("primary", 2), c: disk("standby", 2) })).toBe("b");
});

test("nobody is chosen where that disk is missing: positions must be compared", () => {
  expect(choosePrimary({ a: disk("primary", 1), b: null, c: disk("standby", 2) })).toBeNull();
  expect(choosePrimary({ a: disk("standby", 1), b: disk("standby", 1) })).toBeNull();
  expect(choosePrimary({ a: disk("primary", 2), b: disk("primary", 2) })).toBeNull();
  expect(choosePrimary({ a: null })).toBeNull();
  expect(choosePrimary({})).toBeNull();
});
