import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.ts";
import { systemClock } from "../base/clock.ts";
import type { WorldEvent } from "../base/journal.ts";
import type { Context } from "./context.ts";
import { EventHub } from "./event-hub.ts";
import type { Child } from "./process/child.ts";
import { StartPace } from "./start-pace.ts";
import { TaskSet } from "./task-set.ts";

const within = { within: "5 seconds" } as const;
const ZONES = ["a", "b", "c"];
const sets: TaskSet[] = [];
afterEach(async () => {
  for (const set of sets.splice(0)) await set.stop(0);
});

interface Rig {
  readonly set: TaskSet;
  /** Ids of tasks whose process was asked to end. */
  readonly stopped: string[];
  /** Which zones can be heard: all, until it is replaced. */
  readonly reach: { zone: () => boolean };
  /** Lets the balancer be done with what is under way to tasks that drain. */
  readonly done: () => void;
  decided(): string[];
  /** The node in each zone says so of a task. */
  say(task: string, healthy: boolean): void;
}

/** A service of one task a zone, all of them healthy; processes are made up. */
async function rig(): Promise<Rig> {
  const events = new EventHub();
  const seen: WorldEvent[] = [];
  events.watch((event) => seen.push(event));
  const plan = { region: { name: "r1", zones: ZONES.map((name, index) => ({ name, index })) } };
  const reach = { zone: () => true, vantage: () => undefined };
  const context = { clock: systemClock, events, plan, reach } as unknown as Context;
  const drained = Promise.withResolvers<void>();
  const stopped: string[] = [];
  const spec = {
    service: "api",
    zones: ZONES,
    desired: 3,
    revision: "1",
    min: 3,
    backoff: { firstMs: 10, maxMs: 100, resetAfterMs: 60_000 },
    startTimeoutMs: 60_000,
    healthGraceMs: 60_000,
    drainMs: 60_000,
    crashLoopFailures: 3,
    checked: true,
  };
  const set = new TaskSet(context, {
    spec,
    replacementMs: 0,
    startPace: new StartPace(systemClock),
    startTask: async ({ id }) => ({ address: { host: "127.0.0.1", port: 1 }, child: fakeChild(id, stopped) }),
    onTargets: () => undefined,
    drained: () => drained.promise,
  });
  sets.push(set);
  const say = (task: string, healthy: boolean): void => {
    for (const node of ZONES) set.seeHealth(node, task, healthy);
  };
  set.begin(3);
  await eventually(() => set.targets().length === 3, within);
  for (const zone of ZONES) say(`api-${zone}`, true);
  expect(set.redundant).toBe(true);
  const decided = (): string[] =>
    seen.flatMap((event) => (event.kind === "decision" ? [`${event.what} ${event.subject}`] : []));
  return { set, stopped, reach, done: () => drained.resolve(), decided, say };
}

function fakeChild(id: string, stopped: string[]): Child {
  const exit = Promise.withResolvers<string>();
  const stop = async (): Promise<void> => {
    stopped.push(id);
    exit.resolve("exit 0");
  };
  return { name: id, pid: 1, exited: exit.promise, signal: () => undefined, stop } as unknown as Child;
}

describe("the tasks of a service", () => {
  test("are asked to end only when the balancer is done with them", async () => {
    const { set, stopped, done } = await rig();
    set.scaleTo(4);
    await eventually(() => set.targets().length === 4, within);
    const newest = set.targets().find(({ id }) => id.endsWith("-2"))!.id; // the fourth
    for (const node of ZONES) set.seeHealth(node, newest, true);
    set.scaleTo(3);
    await eventually(() => set.targets().some(({ draining }) => draining), within);
    expect(stopped).toEqual([]);
    done();
    await eventually(() => stopped.includes(newest), within);
    await eventually(() => set.targets().length === 3, within);
  });

  test("grow: that is decided when the new ones serve", async () => {
    const { set, decided, say } = await rig();
    set.scaleTo(4);
    await eventually(() => set.targets().length === 4, within);
    expect(decided()).toEqual([]);
    say(set.targets().find(({ id }) => id.endsWith("-2"))!.id, true); // the fourth
    expect(decided()).toEqual(["scale-out-complete api"]);
  });

  test("are all unhealthy: each node fails open, once, and each is replaced", async () => {
    const { decided, say } = await rig();
    for (const zone of ZONES) say(`api-${zone}`, false);
    await eventually(() => decided().filter((each) => each.startsWith("replacing")).length === 3, within);
    const failingOpen = decided().filter((each) => each.startsWith("failing-open"));
    expect(failingOpen.toSorted()).toEqual(ZONES.map((zone) => `failing-open ${zone}`));
  });

  test("that ended in a zone which nobody can hear are stopped and have no pid, whatever is believed", async () => {
    const { set, reach } = await rig();
    expect(set.statuses().map(({ pid, state }) => ({ pid, state }))).toContainEqual({ pid: 1, state: "healthy" });
    reach.zone = () => false;
    await Promise.all(ZONES.map((zone) => set.child(`api-${zone}`)?.stop(0)));
    expect(set.statuses().map(({ pid, state }) => ({ pid, state }))).toEqual(
      ZONES.map(() => ({ pid: null, state: "stopped" })),
    );
  });

  test("have a process only while it runs", async () => {
    const { set } = await rig();
    const child = set.child("api-a");
    expect(child).toBeDefined();
    await child?.stop(0);
    await eventually(() => set.child("api-a") !== child, within);
  });
});
