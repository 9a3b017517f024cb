import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import { findFault } from "../fault/catalogue.ts";
import { AS_EVER, type Expectation } from "../fault/fault.ts";
import { inTwoRegions } from "../fault/fixture/shop.ts";
import type { RecoveryCommand } from "../world/recovery.ts";
import { breakAndWatch } from "./break-and-watch.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { type Live, createLive } from "./live.ts";
import { budgetsOf } from "./plan.ts";
import type { Rig, Session } from "./rig.ts";

/** A system of two regions of which the first one serves, whatever is done to it. Time passes when somebody sleeps. */
function setUp({ asks = false, abortAfterSleeps = Infinity, healMs = 0 } = {}) {
  const topology = inTwoRegions(fakeTopology());
  const steadyFrom: number[] = [];
  const live: Live = {
    ...createLive({ journeys: [], expectation: null }),
    steady: ({ from }) => steadyFrom.push(from) > 0,
  };
  const done: string[] = [];
  const told: RecoveryCommand[] = [];
  const record = (event: JournalEvent): void => live.see(event);
  let [now, sleeps, made] = [0, 0, 0];
  const regions = ["r1", "r2"].map((name, index) => ({ name, role: index === 0 ? "active" : "standby" }));
  const world = {
    topology,
    status: async () => ({ recovery: { active: "r1", regions }, instances: [] }),
    async inject() {
      made += 1;
      done.push(`strike ${made}`);
      const asked = { kind: "decision", at: now, component: "recovery", what: "asked", subject: "r1" } as const;
      if (asks) record({ kind: "world", at: now, event: asked });
      return `${made}`;
    },
    async heal(id: string) {
      done.push(`heal ${id}`);
      now += healMs;
    },
    settled: async () => true,
    recover: async (command: RecoveryCommand) => void told.push(command),
  };
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      sleeps += 1;
      if (sleeps > abortAfterSleeps) throw new Error("the user wants out");
      now += ms;
    },
  };
  const rig = {
    live,
    load: { ask: async () => undefined },
    record,
    async until(check: () => boolean) {
      for (let look = 0; look < 3; look += 1) check();
      now += 10_000;
      return true;
    },
  };
  const session = {
    world,
    clock,
    budgets: budgetsOf(topology, 10),
    documentedMs: {},
    signal: new AbortController().signal,
    host: { say: () => undefined },
  };
  const run = (name: string, target = "active region", expectation: Expectation = AS_EVER): Promise<void> => {
    const planned = { fault: findFault(name), target };
    const running = { planned, expectation, say: () => undefined };
    return breakAndWatch(rig as unknown as Rig, session as unknown as Session, running);
  };
  return { run, done, told, steadyFrom };
}

describe("a drill", () => {
  test("of a fault that flaps undoes it before it strikes again, and leaves nothing in force", async () => {
    const { run, done } = setUp();
    await run("region-flapping");
    expect(done).toEqual(["strike 1", "heal 1", "strike 2", "heal 2", "strike 3", "heal 3", "strike 4", "heal 4"]);
  });

  test("undoes what is in force where the user wants out while it flaps", async () => {
    const { run, done } = setUp({ abortAfterSleeps: 1 });
    await expect(run("region-flapping")).rejects.toThrow("wants out");
    expect(done).toEqual(["strike 1", "heal 1", "strike 2", "heal 2"]);
  });

  test("that ends in a restore goes on until customers are steady after that, and not after it was begun", async () => {
    const { run, steadyFrom } = setUp({ healMs: 3_000 });
    await run("restore", "database", { ...AS_EVER, unavailable: ["database"], rewinds: true });
    expect(steadyFrom).toEqual([13_000, 13_000, 13_000]); // it watched for 10 s before
    const undone = setUp({ healMs: 3_000 });
    await undone.run("region-loss");
    expect(undone.steadyFrom.at(-1)).toBe(10_000);
  });

  test("says yes, once, where a person is asked whether a region is given up", async () => {
    const { run, told } = setUp({ asks: true });
    await run("region-loss");
    expect(told).toEqual([{ what: "answer", approved: true }]);
    const unasked = setUp();
    await unasked.run("region-loss");
    expect(unasked.told).toEqual([]);
  });
});
