import { expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import { StartPace } from "./start-pace.ts";

test("a few programs start together, the others one after the other, and after a pause a few again", async () => {
  let now = 1_000_000;
  const slept: number[] = [];
  const clock: Clock = { now: () => now, after: () => () => undefined, sleep: async (ms) => void slept.push(ms) };
  const pace = new StartPace(clock);
  for (let start = 0; start < 6; start += 1) await pace.turn();
  expect(slept).toEqual([500, 1_000, 1_500]);
  now += 10_000;
  for (let start = 0; start < 3; start += 1) await pace.turn();
  expect(slept).toHaveLength(3);
});
