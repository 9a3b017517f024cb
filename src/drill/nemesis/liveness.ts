import { type Ms, formatDuration } from "../../base/units.ts";
import type { Finding } from "../check/objectives.ts";
import type { JourneyRecording, Recording } from "../check/recording.ts";
import { checkStages, projectToAws, stagesOf } from "../check/stages.ts";
import { STEADY } from "../../base/steady.ts";
import { AS_EVER } from "../../fault/fault.ts";
import { patienceOf } from "../plan.ts";
import { CHECKERS, figuresOf } from "../verdict.ts";
import type { Episode } from "./episode.ts";
import { type Span, promisedSpans } from "./promise.ts";

/** How a journey fared in one span. */
export interface SpanOutcome {
  readonly span: Span;
  /** From the beginning of the span until it was steady; null where it was not seen to be. */
  readonly recoveryTimeMs: Ms | null;
  readonly recoveryTimeAtAwsMs: Ms | null;
  /**
   * `short`: it was not steady yet, and may still have become so in time; `blurred`: it was not steady in time, but the
   * customers themselves could not act in time, because the machine was too busy.
   */
  readonly verdict: "kept" | "broken" | "short" | "blurred";
  readonly why: string;
}

/** What became of the promise to a journey. */
export interface Liveness {
  readonly outcomes: readonly SpanOutcome[];
  /** How long nothing was promised to it. */
  readonly unpromisedMs: Ms;
  readonly findings: readonly Finding[];
}

/** A load that is later than this takes a good answer for none: its customers wait for a second. */
const BLURRED_MS = 500;

/**
 * Holds a journey against what the design promises under several faults: in each span of promise it must become steady
 * within its objective, as in a drill of one fault. A span that ended before either could be told is not counted, but
 * for the last: at the end it must be steady. Nor is one that the machine was too busy to tell of; where that is the
 * last, nobody knows how it ended.
 */
export function checkLiveness(journey: JourneyRecording, recording: Recording, episodes: readonly Episode[]): Liveness {
  const [first] = episodes;
  const until = recording.loadEndsAt;
  if (!first) return { outcomes: [], unpromisedMs: 0, findings: [] };
  const spans = promisedSpans(journey.needs, episodes, until);
  const outcomes = spans.map((span) => outcomeOf(span, journey, recording));
  const promisedMs = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const broken = outcomes.filter(({ verdict }) => verdict === "broken");
  const findings = broken.map(({ why }): Finding => ({ verdict: "fail", reason: `${journey.id}: ${why}` }));
  const last = outcomes.at(-1);
  const steadyAtTheEnd = last?.span.to === until && last.recoveryTimeMs !== null;
  if (!steadyAtTheEnd && last?.verdict !== "broken" && recording.brokenOff === null) {
    const reason = `${journey.id}: it was not steady at the end, with every fault undone`;
    const blurred = last !== undefined && isBlurred(last.span, recording);
    findings.push(
      blurred
        ? { verdict: "unknown", reason: `${reason}; but the machine was too busy for its customers` }
        : { verdict: "fail", reason },
    );
  }
  return { outcomes, unpromisedMs: Math.max(0, until - first.from - promisedMs), findings };
}

function outcomeOf(span: Span, journey: JourneyRecording, recording: Recording): SpanOutcome {
  const slice = sliceOf(span, journey, recording);
  const [own] = slice.journeys;
  if (!own || own.operations.length === 0)
    return { span, recoveryTimeMs: null, recoveryTimeAtAwsMs: null, verdict: "short", why: "" };
  const stages = checkStages(slice);
  const figures = figuresOf(own, { recording: slice, stages, checkers: CHECKERS });
  const { recoveryTimeAtAwsMs } = figures;
  const { recoveryTimeMs } = figures.recovery;
  const known = { span, recoveryTimeMs, recoveryTimeAtAwsMs };
  // Where it was not steady: the last instant since which it could have been seen to be, so it takes longer than that.
  const to = Math.max(span.from, span.to - STEADY.windows * STEADY.windowMs);
  const tookMs = recoveryTimeMs ?? to - span.from;
  const atAwsMs =
    recoveryTimeAtAwsMs ?? projectToAws({ from: span.from, to }, stagesOf(journey, stages), recording.pace);
  const patienceMs = patienceOf(recording.pace.factor, span.ofRegion ? "region" : "less");
  const against = contradiction(span, { tookMs, atAwsMs, patienceMs });
  if (against === null) return { ...known, verdict: recoveryTimeMs === null ? "short" : "kept", why: "" };
  if (isBlurred(span, recording)) return { ...known, verdict: "blurred", why: "" };
  return { ...known, verdict: "broken", why: `${recoveryTimeMs === null ? "not steady" : "steady only"} ${against}` };
}

/** What speaks against a recovery that took so long, or longer; null where nothing does. */
function contradiction(
  { rtoMs, episode }: Span,
  { tookMs, atAwsMs, patienceMs }: { tookMs: Ms; atAwsMs: Ms; patienceMs: Ms },
): string | null {
  const since = episode ? `after ${episode.fault} of ${episode.target}` : "after a fault was undone";
  if (rtoMs !== null && atAwsMs > rtoMs)
    return `${formatDuration(atAwsMs)} ${since} at AWS, the objective is ${formatDuration(rtoMs)}`;
  if (tookMs > patienceMs)
    return `${formatDuration(tookMs)} ${since}, and a drill waits for ${formatDuration(patienceMs)} at most`;
  return null;
}

function isBlurred({ from, to }: Span, { eventLoops }: Recording): boolean {
  return eventLoops.some(
    ({ process, at, maxDelayMs }) => process === "load" && at >= from && at <= to && maxDelayMs > BLURRED_MS,
  );
}

/** What happened in a span, as the journal of a drill that began with it. */
function sliceOf({ from, to }: Span, journey: JourneyRecording, recording: Recording): Recording {
  const within = { ...journey, readBacks: [], conservation: null };
  const operations = journey.operations.filter(({ at, dueAt }) => at >= from && dueAt < to);
  const attempts = journey.attempts.filter(({ at }) => at >= from && at < to);
  return {
    ...recording,
    expectation: AS_EVER,
    faultAt: from,
    healedAt: null,
    loadEndsAt: to,
    journeys: [{ ...within, operations, attempts }],
    world: recording.world.filter(({ at }) => at < to),
    queues: [],
  };
}
