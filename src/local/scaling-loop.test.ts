import { expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import type { ServiceComponent } from "../topology/topology.ts";
import type { Context } from "./context.ts";
import { EventHub } from "./event-hub.ts";
import { ScalingLoop } from "./scaling-loop.ts";
import type { TaskSet } from "./task-set.ts";

type ScalingTarget = NonNullable<ServiceComponent["settings"]["scale"]["on"]>;

interface Rig {
  readonly loop: ScalingLoop;
  /** How many tasks were wanted, one after the other. */
  readonly wanted: number[];
  /** Zone "a" reports so many requests that are under way, and that came. */
  report(concurrent: number, requests?: number): void;
  /** The period is over. */
  measure(): Promise<void>;
}

function rig(on: ScalingTarget = { metric: "concurrentRequests", target: 50 }): Rig {
  let tick: () => void = () => undefined;
  let now = 0;
  const after: Clock["after"] = (_ms, run) => {
    tick = run;
    return () => undefined;
  };
  const clock: Clock = { now: () => now, after, sleep: async () => undefined };
  const scale = { min: 3, max: 30, outCooldownMs: 0, inCooldownMs: 0 };
  const component = { id: "api", settings: { consumes: null, scale: { ...scale, on } } } as unknown as ServiceComponent;
  const wanted: number[] = [];
  const tasks = { scaleTo: (count: number) => wanted.push(count) } as unknown as TaskSet;
  const context = { clock, events: new EventHub(), pace: { name: "fast", factor: 10 } } as unknown as Context;
  const loop = new ScalingLoop(context, [{ component, tasks }], async () => []);
  loop.begin();
  return {
    loop,
    wanted,
    report: (concurrent, requests = 1) =>
      loop.seeMetrics("a", { api: { concurrent, requests, errors: 0, sentTo: {} } }),
    async measure() {
      now += 6_000;
      tick();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

test("a service that is sized to its load grows with it, and by the average of a period", async () => {
  const { loop, wanted, report, measure } = rig();
  for (const concurrent of [3, 3]) report(concurrent);
  await measure();
  expect(wanted).toEqual([]);
  loop.sizeToLoad("api", 0.5); // 3 are half of what three tasks carry: two a task
  for (const concurrent of [6, 10]) report(concurrent);
  await measure();
  expect(wanted).toEqual([4]);
});

test("a service that follows requests a minute grows with what came, however few are under way", async () => {
  const { wanted, report, measure } = rig({ metric: "requestsPerMinute", target: 600 });
  for (const requests of [40, 60]) report(0, requests); // each of a second, at the fast pace
  await measure();
  expect(wanted).toEqual([5]); // 3,000 a minute
});

test("the definition's own target counts again once it is restored", async () => {
  const { loop, wanted, report, measure } = rig();
  report(3);
  loop.sizeToLoad("api", 0.5);
  loop.restoreTarget("api");
  for (const concurrent of [100, 100]) report(concurrent);
  await measure();
  expect(wanted).toEqual([]);
});

test("fails to size what has no load, is not scaled, or has not shrunk yet", async () => {
  const { loop, report, measure } = rig();
  expect(() => loop.sizeToLoad("api", 0.5)).toThrow('"api" has no load now');
  expect(() => loop.sizeToLoad("worker", 0.5)).toThrow('"worker" is no service that is scaled');
  report(3);
  loop.sizeToLoad("api", 2);
  report(3);
  await measure();
  expect(() => loop.sizeToLoad("api", 0.5)).toThrow('"api" still runs 6 tasks, more than its minimum of 3');
});
