import { expect, test } from "vitest";
import type { Controller } from "./controller.ts";
import { runController } from "./run.ts";

/** Counts what it sees, says so, and asks to be woken. */
const counter: Controller<null, number, string, string> = {
  start: () => 0,
  step: (_spec, state, now, seen) => ({
    state: state + seen.length,
    act: seen.map((each) => `saw ${each}`),
    wakeAt: now + 10,
  }),
};

test("a step is recorded before it is performed, and what is seen meanwhile has a step of its own", () => {
  const told: string[] = [];
  const running = runController(counter, null, counter.start(null, 0), {
    now: () => 5,
    wakeAt: (at) => told.push(`wake ${at}`),
    record: (state) => told.push(`record ${JSON.stringify(state)}`),
    perform: (act) => {
      told.push(act);
      if (act === "saw a") running.see("b");
      told.push(`${act}, done`);
    },
  });
  told.length = 0;
  running.see("a");
  expect(told).toEqual(["record 1", "wake 15", "saw a", "saw a, done", "record 2", "wake 15", "saw b", "saw b, done"]);
  expect(running.state()).toBe(2);
});

test("it takes a step at once, and one when it is woken", () => {
  let steps = 0;
  const running = runController(counter, null, 0, {
    now: () => 0,
    wakeAt: () => (steps += 1),
    record: () => undefined,
    perform: () => undefined,
  });
  running.wake();
  expect(steps).toBe(2);
});
