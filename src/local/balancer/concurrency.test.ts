import { expect, test } from "vitest";
import { Concurrency } from "./concurrency.ts";

test("a request counts for the time that it was under way, however short of the period that is", () => {
  const concurrency = new Concurrency(1_000);
  concurrency.add(1, 1_000);
  concurrency.add(1, 1_250);
  concurrency.add(-1, 1_500);
  concurrency.add(-1, 1_500);
  expect(concurrency.current).toBe(0);
  expect(concurrency.takeMean(2_000)).toBeCloseTo(0.75);
});

test("a request that goes on counts in each period that it lasts", () => {
  const concurrency = new Concurrency(0);
  concurrency.add(1, 500);
  expect(concurrency.takeMean(1_000)).toBeCloseTo(0.5);
  expect(concurrency.takeMean(2_000)).toBeCloseTo(1);
  concurrency.add(-1, 2_000);
  expect(concurrency.takeMean(3_000)).toBe(0);
});
