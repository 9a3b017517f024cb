import { expect, test } from "vitest";
import { ServiceLoad } from "./service-load.ts";

test("the load of a period is the average over its reports, of all nodes together", () => {
  const load = new ServiceLoad();
  for (const concurrent of [1, 3]) load.see("a", concurrent);
  load.see("b", 4);
  expect(load.take()).toBe(6);
  load.see("a", 10);
  expect(load.take()).toBe(10);
});

test("a period without a report has no load, which is not the same as none", () => {
  const load = new ServiceLoad();
  expect(load.take()).toBeNull();
  load.see("a", 0);
  expect(load.take()).toBe(0);
});

test("the load of this moment rests on the newest reports of the nodes that are there", () => {
  const load = new ServiceLoad();
  for (const concurrent of [9, 1, 2, 3, 4, 5]) load.see("a", concurrent);
  load.see("b", 5);
  load.take();
  expect(load.now()).toBe(8);
  load.forget("b");
  expect(load.now()).toBe(3);
});
