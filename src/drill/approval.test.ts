import { expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import type { RecoveryCommand } from "../world/recovery.ts";
import { approver } from "./approval.ts";
import { createLive } from "./live.ts";
import type { Rig, Session } from "./rig.ts";

test("a person who is asked says yes once each time, and does not answer what was asked before", () => {
  const live = createLive({ journeys: [], expectation: null });
  const told: RecoveryCommand[] = [];
  const ask = (at: number): void => {
    const event = { kind: "decision", at, component: "recovery", what: "asked", subject: "r1" } as const;
    live.see({ kind: "world", at, event } satisfies JournalEvent);
  };
  ask(5);
  const recover = async (command: RecoveryCommand): Promise<void> => void told.push(command);
  const approve = approver({ live } as Rig, { world: { recover } } as unknown as Session, 10);
  approve();
  expect(told).toEqual([]);
  ask(20);
  approve();
  approve();
  expect(told).toEqual([{ what: "answer", approved: true }]);
  ask(30);
  approve();
  expect(told).toHaveLength(2);
});
