import type { RecoverySpec } from "../../control/recovery/language.ts";
import { type Pace, timer } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import { OUTSIDE } from "../../world/primitive.ts";

/** Pause before a stage that failed is tried again; ours, and no timer of AWS's. */
const RETRY_MS = 200;
/** How long a region must be seen without a break before it is taken back, at AWS's scale; AWS leaves it to you. */
const CALM_MS = 30_000;

/** What the recovery of a system over regions rests on; the pace is the run's. */
export function recoverySpec({ regions, recovery, failover }: Topology, pace: Pace): RecoverySpec {
  const names = regions.map(({ name }) => name);
  const { mode, onLag } = failover;
  return {
    regions: names,
    first: names[0]!, // a topology has a region
    readiness: recovery,
    watchers: [...names, OUTSIDE],
    mode,
    onLag: onLag && { ...onLag, waitMs: timer(onLag.waitMs, pace) },
    retryMs: RETRY_MS,
    calmMs: timer(CALM_MS, pace),
  };
}
