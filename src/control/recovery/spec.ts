import type { Ms } from "../../base/units.ts";
import type { RecoverySpec } from "./language.ts";

/** Pause before a stage that failed is tried again; ours, and no timer of AWS's. */
const RETRY_MS = 200;
/** How long a region must be seen without a break before it is taken back, at AWS's scale; AWS leaves it to you. */
const CALM_MS = 30_000;

/** What the recovery of regions rests on. */
export interface RecoverySettings {
  /** In the definition's order: the first one takes writes in the beginning. */
  readonly regions: readonly string[];
  /** The vantage point that is in none of them; each region has one, too. */
  readonly outside: string;
  readonly readiness: RecoverySpec["readiness"];
  readonly mode: RecoverySpec["mode"];
  readonly onLag: RecoverySpec["onLag"];
  /** A timer of the definition's at the pace of the run. */
  timer(ms: Ms): Ms;
}

/** What the controller of a region's recovery is given, here and in a simulation of what happens here. */
export function recoverySpec(settings: RecoverySettings): RecoverySpec {
  const { regions, outside, readiness, mode, onLag, timer } = settings;
  return {
    regions,
    first: regions[0]!, // a system has a region
    readiness,
    watchers: [...regions, outside],
    mode,
    onLag: onLag && { ...onLag, waitMs: timer(onLag.waitMs) },
    retryMs: RETRY_MS,
    calmMs: timer(CALM_MS),
  };
}
