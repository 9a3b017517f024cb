import { afterEach, beforeEach, expect, test } from "vitest";
import { agreed } from "./ask.ts";

const { isTTY } = process.stdin;
beforeEach(() => void (process.stdin.isTTY = false));
afterEach(() => void (process.stdin.isTTY = isTTY));

test("fails where a yes is needed and there is no terminal to ask on, with the option that gives it", async () => {
  await expect(agreed("Delete it?", undefined)).rejects.toMatchObject({
    code: "AWS-029",
    fix: expect.stringContaining("--yes"),
  });
});

test("asks nobody where --yes was given", async () => {
  expect(await agreed("Delete it?", true)).toBe(true);
});
