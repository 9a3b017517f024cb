import { expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import type { JournalEvent, OperationEvent, ReadBackEvent } from "../base/journal.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import type { Look } from "./load-message.ts";
import { checkLedger } from "./read-back.ts";
import type { Rig, Session } from "./rig.ts";

const JOURNEY = fakeTopology().journeys[0]!; // the fake has one

/** One acknowledged write; a look takes ten seconds, and says what its turn says. */
async function readBacks(looks: readonly Look["outcome"][]): Promise<readonly ReadBackEvent["outcome"][]> {
  const recorded: JournalEvent[] = [];
  let [at, turn] = [0, 0];
  const clock = { now: () => at, sleep: async (ms: number) => void (at += ms) } as unknown as Clock;
  const ask = async (name: string): Promise<unknown> => {
    if (name === "effects") return {};
    at += 10_000;
    return [{ key: "k", outcome: looks[turn++] ?? "unknown", applied: null }];
  };
  const rig = {
    load: { abilities: [{ id: JOURNEY.id, writes: true, reads: true, effects: false }], ask },
    live: { writes: () => [{ key: "k", outcome: "ok" } as OperationEvent], present: () => 0 },
    record: (event: JournalEvent) => recorded.push(event),
  } as unknown as Rig; // all that a read-back asks of it
  const world = {
    topology: { journeys: [JOURNEY], components: [] },
    queueDepths: async () => [],
  };
  const session = { world, clock, budgets: { visibleMs: 5_000 }, signal: new AbortController().signal };
  await checkLedger(rig, session as unknown as Session, {});
  return recorded.filter((event) => event.kind === "read-back").map(({ outcome }) => outcome);
}

test("a key is looked at again although the first look took longer than the deadline", async () => {
  expect(await readBacks(["unknown", "present"])).toEqual(["present"]);
  expect(await readBacks(["absent", "unknown", "present"])).toEqual(["present"]);
});

test("what three looks do not find before the deadline stays what the last of them said", async () => {
  expect(await readBacks(["unknown", "absent", "absent", "present"])).toEqual(["absent"]);
  expect(await readBacks(["absent", "absent", "unknown", "present"])).toEqual(["unknown"]);
});
