import type { Ms } from "../../base/units.ts";
import type { ReplacementSpec } from "./language.ts";

/** A pause of the control plane itself: it is ours, runs at its own speed, and is no timer of AWS's. */
const FIRST_BACKOFF_MS = 100;
const PROVEN_AFTER_MS = 60_000;
const CRASH_LOOP_FAILURES = 3;

/** On one machine the user's program starts at its own speed at every pace; on a busy one that takes seconds. */
export const PROGRAM_START = { withinMs: 15_000, graceMs: 10_000 } as const;

/** What a replacement controller rests on. */
export interface ReplacementSettings {
  readonly service: string;
  readonly zones: readonly string[];
  /** How many tasks there are to be in the beginning, and never fewer. */
  readonly count: number;
  readonly revision: string;
  readonly drainMs: Ms;
  /** Whether a balancer checks it. */
  readonly checked: boolean;
  /** The longest pause between two starts that fail. */
  readonly backoffMaxMs: Ms;
  /** How long the program may take until it serves, and until its health checks count. */
  readonly startTimeoutMs: Ms;
  readonly healthGraceMs: Ms;
  /** A timer of the definition's or AWS's at the pace of the run. */
  timer(ms: Ms): Ms;
}

/** What the replacement controller of a service is given, in every world. */
export function replacementSpec(settings: ReplacementSettings): ReplacementSpec {
  const { service, zones, count, revision, timer } = settings;
  return {
    service,
    zones,
    desired: count,
    revision,
    min: count,
    backoff: {
      firstMs: FIRST_BACKOFF_MS,
      maxMs: timer(settings.backoffMaxMs),
      resetAfterMs: timer(PROVEN_AFTER_MS),
    },
    startTimeoutMs: settings.startTimeoutMs,
    healthGraceMs: settings.healthGraceMs,
    drainMs: timer(settings.drainMs),
    crashLoopFailures: CRASH_LOOP_FAILURES,
    checked: settings.checked,
  };
}
