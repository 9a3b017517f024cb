import type { JourneyRecording, Recording } from "./recording.ts";

/** Whether each effect was applied exactly once. */
export interface Effects {
  /** Keys whose effect shows more than once, or the surplus in the system's own books, whichever is larger. */
  readonly appliedTwice: number;
  /** Effects that the books lack: done by the ledger, but not in the books. */
  readonly missing: number;
  /** Messages that were delivered again, which is allowed; null where the world does not count them. */
  readonly redelivered: number | null;
  /** Whether the journey's books were asked for and could not be read. */
  readonly unread: boolean;
}

/** Counts effects by what the reads say and by what the books say: a double effect can hide from one of them. */
export function checkEffects(journey: JourneyRecording, recording: Recording): Effects {
  const counts = Map.groupBy(journey.readBacks, ({ key }) => key);
  const shown = [...counts.values()].filter((looks) => looks.some(({ applied }) => (applied ?? 0) > 1)).length;
  const { conservation } = journey;
  const applied = conservation?.applied ?? null;
  const { expected = 0, expectedAtMost = expected } = conservation ?? {};
  const [lacking, surplus] = applied === null ? [0, 0] : [expected - applied, applied - expectedAtMost];
  // A write that could not be read back may have been applied: what it may have added is no double effect.
  const unseen = journey.readBacks.filter(({ replica, outcome }) => replica === null && outcome === "unknown").length;
  return {
    appliedTwice: Math.max(shown, surplus - unseen, 0),
    missing: Math.max(0, lacking),
    redelivered: redelivered(journey, recording),
    unread: conservation !== null && applied === null,
  };
}

function redelivered({ needs }: JourneyRecording, { queues }: Recording): number | null {
  const own = queues.filter(({ queue }) => needs.includes(queue));
  if (own.length === 0) return 0;
  let total = 0;
  for (const looks of Map.groupBy(own, ({ queue }) => queue).values()) {
    const [first, last] = [looks[0]!.redelivered, looks.at(-1)!.redelivered]; // a group is not empty
    if (first === null || last === null) return null;
    total += Math.max(0, last - first);
  }
  return total;
}
