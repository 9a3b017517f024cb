import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import { findFault } from "../fault/catalogue.ts";
import { AS_EVER } from "../fault/fault.ts";
import { inTwoRegions } from "../fault/fixture/shop.ts";
import type { RecoveryCommand } from "../world/recovery.ts";
import { breakAndWatch } from "./break-and-watch.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { createLive } from "./live.ts";
import { budgetsOf } from "./plan.ts";
import type { Rig, Session } from "./rig.ts";

/** A system of two regions of which the first one serves, whatever is done to it. Time passes when somebody sleeps. */
function setUp({ asks = false, abortAfterSleeps = Infinity } = {}) {
  const topology = inTwoRegions(fakeTopology());
  const live = createLive({ journeys: [], expectation: null });
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
    heal: async (id: string) => void done.push(`heal ${id}`),
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
  const run = (name: string): Promise<void> => {
    const planned = { fault: findFault(name), target: "active region" };
    const running = { planned, expectation: AS_EVER, say: () => undefined };
    return breakAndWatch(rig as unknown as Rig, session as unknown as Session, running);
  };
  return { run, done, told };
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

  test("says yes, once, where a person is asked whether a region is given up", async () => {
    const { run, told } = setUp({ asks: true });
    await run("region-loss");
    expect(told).toEqual([{ what: "answer", approved: true }]);
    const unasked = setUp();
    await unasked.run("region-loss");
    expect(unasked.told).toEqual([]);
  });
});
