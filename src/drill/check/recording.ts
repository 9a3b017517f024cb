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
  /**
   * T0, the instant before it was struck; null where no fault was made (the control run, a drill that was stopped
   * before).
   */
  readonly faultAt: Ms | null;
  /** When the blow had taken effect: until then a side may acknowledge what is lost by it. */
  readonly struckAt: Ms | null;
  /** When another blow prepared this one; null where none did. */
  readonly preparedAt: Ms | null;
  /** When it was struck again, when that had taken effect, and what it waited for; null where it was not. */
  readonly secondBlow: {
    readonly at: Ms;
    readonly struckAt: Ms;
    readonly waitedFor: "detected" | "observed" | "prepared";
  } | null;
  readonly healedAt: Ms | null;
  /** When the first region began to take over again, after everything was well; null where it did not have to. */
  readonly failbackAt: Ms | null;
  /** Whether the heal undid anything: nothing comes back by itself after a kill. */
  readonly healable: boolean;
  /** The last instant at which an operation was due whose fate is the fault's. */
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
  readonly footprint: EventOf<"footprint"> | null;
  /** What was found in the files for people to reconcile; null where nobody looked. */
  readonly saved: EventOf<"saved"> | null;
}

/** Puts a journal in order. Throws where it does not begin with what the drill is. */
export function recordingOf(events: readonly JournalEvent[]): Recording {
  const drill = events.find((event) => event.kind === "drill");
  if (!drill) throw new Error("the journal does not say what the drill is");
  const faults = of(events, "fault");
  const inject = faults.find(({ action }) => action === "inject");
  const operations = of(events, "operation");
  const phases = of(events, "phase");
  const second = secondBlowOf(faults, phases);
  const isPrepared = second?.waitedFor === "prepared";
  const blow = isPrepared ? second : inject && struck(inject.at, phases);
  // Of many faults each has its own way home, which is a fault among them.
  const isOfMany = faults.some(({ held }) => held !== undefined);
  const wayHome = phases.find(({ phase, at }) => phase === "failback" && blow !== undefined && at >= blow.at);
  const failbackAt = isOfMany ? null : (wayHome?.at ?? null);
  const settled = of(events, "settled");
  const lastDue = operations.reduce((latest, { dueAt }) => Math.max(latest, dueAt), drill.at);
  return {
    drill,
    pace: { name: drill.pace === "aws" ? "aws" : "fast", factor: drill.paceFactor },
    expectation: drill.expectation ?? AS_EVER,
    subject: inject?.target ?? null,
    faultAt: blow?.at ?? null,
    struckAt: blow?.struckAt ?? null,
    preparedAt: isPrepared ? (inject?.at ?? null) : null,
    secondBlow: isPrepared ? null : second,
    healedAt: faults.findLast(({ action }) => action === "heal")?.at ?? null,
    healable: isHealable(faults.flatMap(({ primitives }) => primitives)),
    failbackAt,
    loadEndsAt: Math.min(lastDue, failbackAt ?? Number.POSITIVE_INFINITY),
    brokenOff: brokenOff(phases),
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
    settled: settled.find(({ ok }) => !ok) ?? settled.at(-1) ?? null,
    eventLoops: of(events, "event-loop"),
    footprint: of(events, "footprint").at(-1) ?? null,
    saved: of(events, "saved").at(-1) ?? null,
  };
}

/** Whether the journey needs something that cannot work until the fault is undone. */
export function isUnavailable({ needs }: Pick<DrilledJourney, "needs">, { expectation }: Recording): boolean {
  return expectation.unavailable.some((component) => needs.includes(component));
}

/** A journey as it was until the first region began to take over again: what a fault did to it. */
export function beforeFailback(journey: JourneyRecording, { failbackAt }: Recording): JourneyRecording {
  if (failbackAt === null) return journey;
  const { operations, attempts } = journey;
  return {
    ...journey,
    operations: operations.filter(({ dueAt }) => dueAt < failbackAt),
    attempts: attempts.filter(({ at, tookMs }) => at - tookMs < failbackAt),
  };
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
  return { ...struck(blow.at, phases), waitedFor: blow.second };
}

/** A blow is followed by the watching, once it has taken effect. */
function struck(blowAt: Ms, phases: readonly EventOf<"phase">[]): { at: Ms; struckAt: Ms } {
  const watched = phases.find(({ phase, at }) => phase === "observe" && at >= blowAt);
  return { at: blowAt, struckAt: watched?.at ?? blowAt };
}

function of<K extends JournalEvent["kind"]>(events: readonly JournalEvent[], kind: K): readonly EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}

function brokenOff(phases: readonly EventOf<"phase">[]): string | null {
  const end = phases.findLast(({ phase }) => phase === "end");
  return end ? (end.detail ?? null) : "the journal has no end";
}
