import type { RecoveryFigures } from "../../base/drill-document.ts";
import { build } from "hdr-histogram-js";
import type { AttemptEvent, OperationEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { mayHaveHappened } from "../attempt.ts";
import { absentWrites } from "./lost.ts";
import { type JourneyRecording, type Recording, isUnavailable } from "./recording.ts";
import { restoredAt } from "./restore-stages.ts";
import { STEADY, latencyLimit, timelineOf } from "../../base/steady.ts";

/** How a journey fared, and what its verdict looks at besides. */
export interface Recovery extends RecoveryFigures {
  /** Whether it was steady when the fault struck. */
  readonly steadyBefore: boolean;
  /** Operations that did not end ok after it had become steady again, and how many there were. */
  readonly relapses: number;
  readonly afterSteady: number;
}

/** Windows that must be good right before the fault. */
const WINDOWS_BEFORE = 2;

/**
 * Computes how a journey fared. `detectedAt`: when its first failure was noticed by the system; null where none was.
 */
export function checkRecovery(journey: JourneyRecording, recording: Recording, detectedAt: Ms | null): Recovery {
  const { operations, attempts } = journey;
  const { faultAt } = recording;
  const failedAttempts = attempts.filter(hasFailed);
  const since = (at: Ms | undefined): Ms | null =>
    at === undefined || faultAt === null ? null : Math.max(0, at - faultAt);
  const after = failedAttempts.filter(({ at }) => faultAt !== null && at >= faultAt);
  const bad = operations.filter(({ outcome, at }) => outcome !== "ok" && faultAt !== null && at >= faultAt);
  const lastBad = bad.reduce<Ms | undefined>((latest, { dueAt }) => Math.max(latest ?? 0, dueAt), undefined);
  return {
    ...outcomes(operations),
    attempts: attempts.length,
    failedAttempts: failedAttempts.length,
    failedAttemptsSent: sent(after, faultAt, detectedAt),
    ...percentiles(operations),
    firstErrorMs: since(after.reduce<Ms | undefined>((first, { at }) => Math.min(first ?? at, at), undefined)),
    lastErrorMs: since(lastBad),
    ...steadiness(withoutLost(journey), recording),
    longestGapMs: longestGap(journey, recording),
  };
}

function outcomes(operations: readonly OperationEvent[]): Pick<Recovery, "operations" | "ok" | "failed" | "unknown"> {
  const count = (wanted: string): number => operations.filter(({ outcome }) => outcome === wanted).length;
  return { operations: operations.length, ok: count("ok"), failed: count("failed"), unknown: count("unknown") };
}

/** An attempt that did not bring what was wanted; "absent" is an answer. */
function hasFailed(attempt: Pick<AttemptEvent, "outcome">): boolean {
  return attempt.outcome === "rejected" || attempt.outcome === "refused" || mayHaveHappened(attempt);
}

function sent(
  failed: readonly AttemptEvent[],
  faultAt: Ms | null,
  detectedAt: Ms | null,
): Recovery["failedAttemptsSent"] {
  const starts = failed.map(({ at, tookMs }) => at - tookMs);
  const inFlight = starts.filter((start) => faultAt !== null && start < faultAt).length;
  const later = starts.filter((start) => detectedAt !== null && start >= detectedAt).length;
  return { inFlight, later, beforeDetection: starts.length - inFlight - later };
}

/** Latency of the operations that ended ok, from the instant at which they were due. */
function percentiles(operations: readonly OperationEvent[]): Pick<Recovery, "p50Ms" | "p99Ms"> {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const { at, dueAt, outcome } of operations) {
    if (outcome === "ok") histogram.recordValue(Math.min(60_000_000, Math.max(1, Math.round((at - dueAt) * 1_000))));
  }
  if (histogram.totalCount === 0) return { p50Ms: 0, p99Ms: 0 };
  return { p50Ms: histogram.getValueAtPercentile(50) / 1_000, p99Ms: histogram.getValueAtPercentile(99) / 1_000 };
}

type Steadiness = Pick<Recovery, "recoveryTimeMs" | "degradedMs" | "steadyBefore" | "relapses" | "afterSteady">;

/** Without reads of what is lost: that is a loss, and no outage. */
function withoutLost(journey: JourneyRecording): JourneyRecording {
  const lost = new Set(absentWrites(journey).map(({ key }) => key));
  const operations = journey.operations.filter(({ action, key }) => action !== "read" || !lost.has(key));
  return { ...journey, operations };
}

function steadiness(journey: JourneyRecording, recording: Recording): Steadiness {
  const { faultAt, healedAt, loadEndsAt } = recording;
  if (faultAt === null)
    return { recoveryTimeMs: null, degradedMs: 0, steadyBefore: false, relapses: 0, afterSteady: 0 };
  const bad = journey.operations.filter(({ outcome, at }) => outcome !== "ok" && at >= faultAt);
  const timeline = timelineOf(journey.operations, { limitMs: latencyLimit(journey.controlP99Ms), faultAt });
  const before = Array.from({ length: WINDOWS_BEFORE }, (_, index) =>
    timeline.window(faultAt - (index + 1) * STEADY.windowMs),
  );
  let degradedMs = 0;
  for (let at = faultAt; at + STEADY.windowMs <= loadEndsAt; at += STEADY.windowMs) {
    if (timeline.window(at) === "slow") degradedMs += STEADY.windowMs;
  }
  const mustWait = isUnavailable(journey, recording);
  // What was destroyed is gone until it is restored, whoever asks for it meanwhile.
  const isGone = mustWait && recording.expectation.rewinds === true;
  const backAt = isGone ? restoredAt(recording) : healedAt;
  const from = mustWait ? (backAt ?? loadEndsAt) : faultAt;
  const steadySince = bad.length === 0 && !isGone ? faultAt : timeline.steadySince(from, loadEndsAt);
  const provenAt = (steadySince ?? Number.POSITIVE_INFINITY) + STEADY.windows * STEADY.windowMs;
  const dueLater = (operations: readonly OperationEvent[]): number =>
    operations.filter(({ dueAt }) => dueAt >= provenAt).length;
  return {
    recoveryTimeMs: steadySince === null ? null : steadySince - faultAt,
    degradedMs,
    steadyBefore: before.every((state) => state === "good"),
    relapses: dueLater(bad),
    afterSteady: dueLater(journey.operations),
  };
}

/** The longest time after the fault without a success, up to the end of the load. */
function longestGap(journey: JourneyRecording, { faultAt, loadEndsAt, drill }: Recording): Ms {
  const from = faultAt ?? drill.at;
  const successes = journey.operations
    .filter(({ outcome, action }) => outcome === "ok" && (!journey.writes || action === "write"))
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  if (successes.length === 0) return Math.max(0, loadEndsAt - from);
  const edges = [...successes, Math.max(loadEndsAt, successes.at(-1)!)]; // there is at least one
  return edges.reduce(
    (longest, at, index) => (index > 0 && at > from ? Math.max(longest, at - edges[index - 1]!) : longest),
    0,
  );
}
