import { expect, test } from "vitest";
import { longestGapMs } from "./schedule.ts";

const HOUR = 3_600_000;

test.each([
  [undefined, 24],
  ["rate(12 hours)", 12],
  ["rate(1 day)", 24],
  ["cron(0 5 ? * * *)", 24],
  ["cron(0 */4 ? * * *)", 4],
  ["cron(0 0/6 * * ? *)", 6],
  ["cron(0 8-18 * * ? *)", 14],
  ["cron(0,30 * * * ? *)", 0.5],
  ["cron(0 1,2,3 * * ? *)", 22],
  ["cron(0 */4 ? * MON *)", 24],
])("the runs of %s are %d hours apart at most", (expression, hours) => {
  expect(longestGapMs(expression)).toBe(hours * HOUR);
});

test.each(["cron(0 L * * ? *)", "at(2026-11-21T00:00:00)", 5])("%s is not read", (expression) => {
  expect(longestGapMs(expression)).toBeUndefined();
});
