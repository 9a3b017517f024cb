import type { JournalEvent, OperationEvent, Outcome, ProbeEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import { type JourneyRecording, type Recording, isHealable } from "./check/recording.ts";
import { latencyLimit } from "../base/steady.ts";
import { type RegionLane, regionLanes } from "./region-lanes.ts";

/** A fault on the time line. */
export interface TimelineFault {
  readonly name: string;
  readonly target: string | null;
  readonly fromMs: Ms;
  /** When it was undone; null where that is not in the journal. */
  readonly toMs: Ms | null;
  /** Whether it was in force until then; a kill is over at once, and undoing it changes nothing. */
  readonly lasting: boolean;
}

/** How many operations ended how in each bucket, and how long those took that ended ok; null where there was none. */
export interface TimelineJourney {
  readonly id: string;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly unknown: readonly number[];
  readonly p50Ms: readonly (Ms | null)[];
  readonly p99Ms: readonly (Ms | null)[];
  /** What still counts as normal speed; null where the journal says nothing of it. */
  readonly limitMs: Ms | null;
}

/** What became of the crowd's requests in each bucket. */
export interface TimelineCrowd {
  readonly served: readonly number[];
  readonly blocked: readonly number[];
  readonly failed: readonly number[];
}

/**
 * What happened when in a drill, in equal buckets of time: what a drawing needs of a journal. Times are milliseconds
 * since the first fault (T0), or since the first operation where no fault was made.
 */
export interface DrillTimeline {
  /** When the drill began, since the epoch. */
  readonly startedAt: Ms;
  /** From its begin to the last line of its journal. */
  readonly tookMs: Ms;
  /** The first bucket's begin; the next begins `bucketMs` later. */
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly bucketMs: Ms;
  readonly faults: readonly TimelineFault[];
  readonly journeys: readonly TimelineJourney[];
  /** Null where the fault brought no crowd. */
  readonly crowd: TimelineCrowd | null;
  /** Null of a drill that is not about regions. */
  readonly regions: readonly RegionLane[] | null;
}

/** How long buckets may be; the first length is taken that makes few enough of them. */
const BUCKETS: readonly Ms[] = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000];
const AT_MOST = 120;

/** Puts a journal into buckets; `recording` is that journal put in order. */
export function drillTimeline(events: readonly JournalEvent[], recording: Recording): DrillTimeline {
  const { drill, faultAt, journeys, probes } = recording;
  const dues = journeys.flatMap(({ operations }) => operations.map(({ dueAt }) => dueAt));
  const firstDue = dues.reduce((first, due) => Math.min(first, due), faultAt ?? Number.POSITIVE_INFINITY);
  const zero = faultAt ?? (Number.isFinite(firstDue) ? firstDue : drill.at);
  const lastDue = dues.reduce((last, due) => Math.max(last, due), zero);
  const [beforeMs, afterMs] = [Math.max(0, zero - firstDue), lastDue - zero];
  const bucketMs = BUCKETS.find((ms) => (beforeMs + afterMs) / ms <= AT_MOST) ?? BUCKETS.at(-1)!; // it is not empty
  const fromMs = 0 - Math.ceil(beforeMs / bucketMs) * bucketMs;
  const toMs = (Math.floor(afterMs / bucketMs) + 1) * bucketMs;
  const grid = { zero, fromMs, bucketMs, number: Math.round((toMs - fromMs) / bucketMs), faultAt };
  return {
    startedAt: drill.at,
    tookMs: events.reduce((last, { at }) => Math.max(last, at), drill.at) - drill.at,
    fromMs,
    toMs,
    bucketMs,
    faults: faultsOf(events, zero),
    journeys: journeys.map((journey) => journeyBuckets(journey, grid)),
    crowd: probes.length === 0 ? null : crowdBuckets(probes, grid),
    regions: regionLanes(events, recording, { zero, fromMs, toMs }),
  };
}

interface Grid {
  readonly zero: Ms;
  readonly fromMs: Ms;
  readonly bucketMs: Ms;
  readonly number: number;
  readonly faultAt: Ms | null;
}

/** As the checkers have it: an operation belongs to when it was due, and to T0 where it was in flight then. */
function journeyBuckets({ id, operations, controlP99Ms }: JourneyRecording, grid: Grid): TimelineJourney {
  const { faultAt } = grid;
  const instant = ({ dueAt, at }: OperationEvent): Ms =>
    faultAt !== null && dueAt < faultAt && at > faultAt ? faultAt : dueAt;
  const buckets = inBuckets(operations, instant, grid);
  const count = (outcome: Outcome): number[] =>
    buckets.map((bucket) => bucket.filter((operation) => operation.outcome === outcome).length);
  const times = buckets.map((bucket) =>
    bucket
      .filter(({ outcome }) => outcome === "ok")
      .map(({ at, dueAt }) => at - dueAt)
      .sort((a, b) => a - b),
  );
  const limitMs = latencyLimit(controlP99Ms);
  return {
    id,
    ok: count("ok"),
    failed: count("failed"),
    unknown: count("unknown"),
    p50Ms: times.map((sorted) => percentile(sorted, 0.5)),
    p99Ms: times.map((sorted) => percentile(sorted, 0.99)),
    limitMs: Number.isFinite(limitMs) ? limitMs : null,
  };
}

function crowdBuckets(probes: readonly ProbeEvent[], grid: Grid): TimelineCrowd {
  const buckets = inBuckets(probes, ({ at }) => at, grid);
  const count = (wanted: ProbeEvent["outcome"]): number[] =>
    buckets.map((bucket) => bucket.filter(({ outcome }) => outcome === wanted).length);
  return { served: count("served"), blocked: count("blocked"), failed: count("failed") };
}

/** What falls outside, such as a request that ended late, goes to the bucket that is nearest. */
function inBuckets<T>(items: readonly T[], instant: (item: T) => Ms, grid: Grid): T[][] {
  const { zero, fromMs, bucketMs, number } = grid;
  const buckets = Array.from({ length: number }, (): T[] => []);
  for (const item of items) {
    const index = Math.floor((instant(item) - zero - fromMs) / bucketMs);
    buckets[Math.min(number - 1, Math.max(0, index))]?.push(item);
  }
  return buckets;
}

/** The nearest rank. */
function percentile(sorted: readonly Ms[], share: number): Ms | null {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}

/** Each blow with the heal that undid it: of several that look the same, the last blow was undone first. */
function faultsOf(events: readonly JournalEvent[], zero: Ms): readonly TimelineFault[] {
  const faults: TimelineFault[] = [];
  for (const event of events) {
    if (event.kind !== "fault") continue;
    const { fault: name, target, primitives, at, action } = event;
    // A fault without primitives is made by the crowd, for as long as it lasts.
    const lasting = primitives.length === 0 || isHealable(primitives);
    if (action === "inject") {
      faults.push({ name, target, fromMs: at - zero, toMs: null, lasting });
      continue;
    }
    const index = faults.findLastIndex(
      (each) => each.toMs === null && each.name === name && each.target === target && each.lasting === lasting,
    );
    const undone = faults[index];
    if (undone) faults[index] = { ...undone, toMs: at - zero };
  }
  return faults;
}
