import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import type { RecoveryCommand } from "../world/recovery.ts";
import { failBack } from "./fail-back.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { createStepClock } from "./fixture/step-clock.ts";
import { createLive } from "./live.ts";
import type { Rig, Session } from "./rig.ts";

/** A world whose region `active` serves, and that decides this when it is told to switch over. */
function setUp(active: string | null, decides: "finished" | "refused" | null) {
  const clock = createStepClock();
  const live = createLive({ journeys: [], expectation: null });
  const journal: JournalEvent[] = [];
  const told: RecoveryCommand[] = [];
  const record = (event: JournalEvent): void => {
    journal.push(event);
    live.see(event);
  };
  const world = {
    topology: fakeTopology(),
    status: async () => ({ recovery: active === null ? null : { active } }),
    settled: async () => true,
    async recover(command: RecoveryCommand) {
      told.push(command);
      const at = clock.now();
      const decision = { kind: "decision", at, component: "recovery", subject: "r1", detail: "so it is" } as const;
      if (decides !== null) record({ kind: "world", at, event: { ...decision, what: decides } });
    },
  };
  const rig = { live, record, until: async (check: () => boolean) => check() };
  const session = {
    world,
    clock,
    budgets: { settleMs: 1_000 },
    documentedMs: {},
    signal: new AbortController().signal,
    host: { say: () => undefined },
  };
  const run = (): Promise<number | null> => failBack(rig as unknown as Rig, session as unknown as Session);
  return { run, told, phases: () => journal.flatMap((event) => (event.kind === "world" ? [] : [event.kind])) };
}

describe("failing back", () => {
  test("does nothing where the first region serves, or there is no other", async () => {
    for (const active of ["r1", null]) {
      const { run, told, phases } = setUp(active, "finished");
      expect(await run()).toBeNull();
      expect([told, phases()]).toEqual([[], []]);
    }
  });

  test("has the first region take over without loss, and journals its begin and whether all was whole", async () => {
    const { run, told, phases } = setUp("r2", "finished");
    expect(await run()).toBe(0);
    expect(told).toEqual([{ what: "switchover", to: "r1" }]);
    expect(phases()).toEqual(["phase", "settled"]);
  });

  test("fails where it is refused, or does not come to its end", async () => {
    await expect(setUp("r2", "refused").run()).rejects.toThrow("r1 did not take over again: so it is");
    await expect(setUp("r2", null).run()).rejects.toThrow("r1 did not take over again: not in time");
  });
});
