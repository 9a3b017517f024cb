import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StateDirectory } from "./state-directory.ts";
import { WrongClocks } from "./wrong-clocks.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "holdfast-test-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("what starts in a zone with a wrong clock is told so until it is mended, and in no other zone", () => {
  const clocks = new WrongClocks(new StateDirectory(directory));
  expect(clocks.environment("a")).toEqual({});
  clocks.skew("a", 300_000, "/lib/faketime.so");
  expect(clocks.environment("b")).toEqual({});
  const { LD_PRELOAD, FAKETIME_TIMESTAMP_FILE, FAKETIME_DONT_FAKE_MONOTONIC } = clocks.environment("a");
  expect([LD_PRELOAD, FAKETIME_DONT_FAKE_MONOTONIC]).toEqual(["/lib/faketime.so:libc.so.6", "1"]);
  const error = (): string => readFileSync(FAKETIME_TIMESTAMP_FILE ?? "", "utf8");
  expect(error()).toBe("+300s\n");
  clocks.skew("a", -60_000, "/lib/faketime.so");
  expect(error()).toBe("-60s\n");
  clocks.mend("a");
  expect(error()).toBe("+0s\n"); // for the processes that run on
  expect(clocks.environment("a")).toEqual({});
});

test("a zone whose clock was never wrong is mended without a trace", () => {
  const clocks = new WrongClocks(new StateDirectory(directory));
  clocks.mend("a");
  expect(() => readFileSync(join(directory, "clocks", "a"))).toThrow("ENOENT");
});
