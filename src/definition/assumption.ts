import type { Duration } from "../base/units.ts";
import { FAILURE, type FailureKind } from "../facts/failure.ts";
import { LOAD } from "../facts/load.ts";
import { PROGRAM } from "../facts/machine.ts";
import { type Read, type Reader, duration, group, orNull, optional, shape, whole } from "./schema.ts";
import { problem, show } from "./wording.ts";

/**
 * What estimates, simulations and predictions take for granted, where you know better than they do.
 *
 * @example
 * assumptions: { failures: { deployment: { between: "30 days", lasts: ["5 minutes", "20 minutes"] } } }
 */
export interface Assumptions {
  /** How often things fail, and how long they stay so where nothing takes over. @default the ranges of docs/model.md */
  readonly failures?: { readonly [K in FailureKind]?: AssumedFailure };
  /** @default what docs/simulation.md says */
  readonly load?: AssumedLoad;
  /** @default as the shop's programs do it */
  readonly calls?: AssumedCalls;
}

/** One kind of failure. Of two durations the first is the shortest and the second the longest that it may be. */
export interface AssumedFailure {
  /** From one failure of one of them to its next. */
  readonly between?: Duration | readonly [Duration, Duration];
  readonly lasts?: Duration | readonly [Duration, Duration];
}

/** How customers use the system. */
export interface AssumedLoad {
  /** What a request takes while all is well. @default "100 milliseconds" */
  readonly request?: Duration;
  /** How long a customer waits for an answer before he tries again. @default "1 second" */
  readonly patience?: Duration;
  /** How many times the usual work a request is for a database while the cache before it is empty. @default 3 */
  readonly coldFactor?: number;
  /** How long an empty cache takes until it has most of what it is asked for. @default "5 minutes" */
  readonly warmUp?: Duration;
}

/**
 * How your programs call databases, caches and queues. Nobody makes them do so: it is what drills are predicted by.
 *
 * @example
 * assumptions: { calls: { timeout: "2 seconds", attempts: 3, breakFor: "0 seconds" } }
 */
export interface AssumedCalls {
  /** How long a call is waited for. @default "300 milliseconds" */
  readonly timeout?: Duration;
  /** How often it is made at most. @default 2 */
  readonly attempts?: number;
  /** So many requests in a row fail until none calls any more for `breakFor`. @default 5 */
  readonly breakAfter?: number;
  /** `"0 seconds"`: no circuit breaker. @default "500 milliseconds" */
  readonly breakFor?: Duration;
}

/** Assumptions as a definition has them; null where there is none. */
export type AssumptionsDefinition = Read<typeof readAssumptions>;

const YEAR_MS = 365 * 24 * 3_600_000;
const time = duration({ min: 1, max: 1_000 * YEAR_MS });

/** One duration, which is both ends, or two. */
const readRange: Reader<readonly [number, number]> = (value, at, problems) => {
  if (!Array.isArray(value)) {
    const both = time(value, at, problems);
    return both === undefined ? undefined : [both, both];
  }
  if (value.length !== 2) {
    const message = `${show(value)} is neither a duration nor two of them`;
    problems.push(problem("DEF-005", at, message, "write the shortest and the longest"));
    return undefined;
  }
  const [low, high] = value.map((each: unknown, index) => time(each, `${at}[${index}]`, problems));
  if (low === undefined || high === undefined) return undefined;
  if (low <= high) return [low, high];
  problems.push(problem("DEF-011", at, "the first is longer than the second", "write the shortest first"));
  return undefined;
};

const readFailure = shape({ between: orNull(readRange), lasts: orNull(readRange) });

/** Every kind of failure of the facts. */
function failureFields() {
  const field = orNull(readFailure);
  return Object.fromEntries(Object.keys(FAILURE).map((kind) => [kind, field])) as Readonly<
    Record<FailureKind, typeof field>
  >;
}

const readLoad = shape({
  request: optional(duration({ min: 1, max: 60_000 }), LOAD.requestMs.value),
  patience: optional(duration({ min: 10, max: 600_000 }), LOAD.patienceMs.value),
  coldFactor: optional(whole({ min: 1, max: 1_000 }), LOAD.coldFactor.value),
  warmUp: optional(duration({ min: 1, max: 24 * 3_600_000 }), LOAD.warmMs.value),
});

const readCalls = shape({
  timeout: optional(duration({ min: 1, max: 600_000 }), PROGRAM.callMs),
  attempts: optional(whole({ min: 1, max: 100 }), PROGRAM.calls),
  breakAfter: optional(whole({ min: 1, max: 1_000 }), PROGRAM.breaker.failures),
  breakFor: optional(duration({ min: 0, max: 600_000 }), PROGRAM.breaker.openMs),
});

/** What assumptions are made of that are about templates, too. */
export const ASSUMPTION_FIELDS = { failures: group(shape(failureFields())), load: group(readLoad) };

/** Reads the assumptions. */
export const readAssumptions = shape({ ...ASSUMPTION_FIELDS, calls: group(readCalls) });
