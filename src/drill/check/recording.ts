import type {
  AttemptEvent,
  ConservationEvent,
  DrillEvent,
  DrilledExpectation,
  DrilledJourney,
  JournalEvent,
  OperationEvent,
  ProbeEvent,
  QueueEvent,
  ReadBackEvent,
  WorldEvent,
} from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import type { Pace } from "../../topology/timing.ts";
import { AS_EVER } from "../../fault/fault.ts";
import { OVER_AT_ONCE } from "../../world/primitive.ts";

type EventOf<K extends JournalEvent["kind"]> = Extract<JournalEvent, { kind: K }>;

/** What a journal holds of one journey. */
export interface JourneyRecording extends DrilledJourney {
  readonly operations: readonly OperationEvent[];
  readonly attempts: readonly AttemptEvent[];
  readonly readBacks: readonly ReadBackEvent[];
  readonly conservation: ConservationEvent | null;
}

/** A journal put in order for the checkers; nothing in it is computed yet. */
export interface Recording {
  readonly drill: DrillEvent;
  readonly pace: Pace;
  /** What is expected of it beside the objectives. */
  readonly expectation: DrilledExpectation;
  /** What was struck; null where nothing was. */
  readonly subject: string | null;
  /** T0; null where no fault was made (the control run, a drill that was stopped before). */
  readonly faultAt: Ms | null;
  /** When it was struck again, when that had taken effect, and what it waited for; null where it was not. */
  readonly secondBlow: {
    readonly at: Ms;
    readonly struckAt: Ms;
    readonly waitedFor: "detected" | "observed";
  } | null;
  readonly healedAt: Ms | null;
  /** Whether the heal undid anything: nothing comes back by itself after a kill. */
  readonly healable: boolean;
  /** The last instant at which an operation was due. */
  readonly loadEndsAt: Ms;
  /** Why it did not come to its end; null where it did. */
  readonly brokenOff: string | null;
  readonly journeys: readonly JourneyRecording[];
  readonly world: readonly WorldEvent[];
  readonly queues: readonly QueueEvent[];
  /** What became of the crowd's requests. */
  readonly probes: readonly ProbeEvent[];
  readonly divergences: readonly EventOf<"divergence">[];
  readonly settled: EventOf<"settled"> | null;
  readonly eventLoops: readonly EventOf<"event-loop">[];
}

/** Puts a journal in order. Throws where it does not begin with what the drill is. */
export function recordingOf(events: readonly JournalEvent[]): Recording {
  const drill = events.find((event) => event.kind === "drill");
  if (!drill) throw new Error("the journal does not say what the drill is");
  const faults = of(events, "fault");
  const inject = faults.find(({ action }) => action === "inject");
  const operations = of(events, "operation");
  return {
    drill,
    pace: { name: drill.pace === "aws" ? "aws" : "fast", factor: drill.paceFactor },
    expectation: drill.expectation ?? AS_EVER,
    subject: inject?.target ?? null,
    faultAt: inject?.at ?? null,
    secondBlow: secondBlowOf(faults, of(events, "phase")),
    healedAt: faults.findLast(({ action }) => action === "heal")?.at ?? null,
    healable: isHealable(faults.flatMap(({ primitives }) => primitives)),
    loadEndsAt: operations.reduce((latest, { dueAt }) => Math.max(latest, dueAt), drill.at),
    brokenOff: brokenOff(of(events, "phase")),
    journeys: drill.journeys.map((journey) => {
      const own = <E extends { journey: string }>(all: readonly E[]): readonly E[] =>
        all.filter((event) => event.journey === journey.id);
      return {
        ...journey,
        operations: own(operations),
        attempts: own(of(events, "attempt")),
        readBacks: own(of(events, "read-back")),
        conservation: own(of(events, "conservation")).at(-1) ?? null,
      };
    }),
    world: of(events, "world").map(({ event }) => event),
    queues: of(events, "queue"),
    probes: of(events, "probe"),
    divergences: of(events, "divergence"),
    settled: of(events, "settled").at(-1) ?? null,
    eventLoops: of(events, "event-loop"),
  };
}

/** Whether the journey needs something that cannot work until the fault is undone. */
export function isUnavailable({ needs }: Pick<DrilledJourney, "needs">, { expectation }: Recording): boolean {
  return expectation.unavailable.some((component) => needs.includes(component));
}

/** Whether undoing a fault changes anything: what was killed is replaced, not healed. */
export function isHealable(primitives: readonly unknown[]): boolean {
  return primitives.some(
    (primitive) => !(OVER_AT_ONCE as readonly unknown[]).includes((primitive as { kind?: unknown } | null)?.kind),
  );
}

function secondBlowOf(
  faults: readonly EventOf<"fault">[],
  phases: readonly EventOf<"phase">[],
): Recording["secondBlow"] {
  const blow = faults.find(({ second }) => second !== undefined);
  if (blow?.second === undefined) return null;
  const struck = phases.find(({ phase, at }) => phase === "observe" && at >= blow.at);
  return { at: blow.at, struckAt: struck?.at ?? blow.at, waitedFor: blow.second };
}

function of<K extends JournalEvent["kind"]>(events: readonly JournalEvent[], kind: K): readonly EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}

function brokenOff(phases: readonly EventOf<"phase">[]): string | null {
  const end = phases.findLast(({ phase }) => phase === "end");
  return end ? (end.detail ?? null) : "the journal has no end";
}
