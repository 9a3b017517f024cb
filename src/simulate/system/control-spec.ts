import { ECS } from "../../facts/timing.ts";
import type { FailoverMember, FailoverSpec } from "../../control/failover/language.ts";
import type { ReplacementSpec } from "../../control/replacement/language.ts";
import type { CacheComponent, DatabaseComponent, ServiceComponent } from "../../topology/topology.ts";

/** Pauses of the control plane itself, as on one machine: they are moments beside AWS's own times. */
const RETRY_MS = 200;
const RESTART_DELAY_MS = 500;
const FIRST_BACKOFF_MS = 100;
const START_TIMEOUT_MS = 300_000;
const PROVEN_AFTER_MS = 60_000;
const CRASH_LOOP_FAILURES = 3;

/**
 * What the failover controller is given for a database or cache at AWS. Aurora's storage has a quorum of its own, and
 * Multi-AZ goes on alone, so whichever standby answers may be promoted; on one machine a commit waits for standbys.
 */
export function failoverSpec(
  { id, settings: { detection } }: DatabaseComponent | CacheComponent,
  { members, zones }: { readonly members: readonly FailoverMember[]; readonly zones: readonly string[] },
): FailoverSpec {
  const { intervalMs, timeoutMs, unhealthyThreshold } = detection;
  return {
    component: id,
    members,
    observers: zones,
    acknowledging: 0,
    retryMs: RETRY_MS,
    restartDelayMs: RESTART_DELAY_MS,
    patienceMs: (intervalMs + timeoutMs) * (unhealthyThreshold + 1) + 1_000,
    first: members[0]?.id ?? "",
  };
}

/** What the replacement controller is given for a service of so many tasks at AWS. */
export function replacementSpec(
  { id, settings }: ServiceComponent,
  { zones, count }: { readonly zones: readonly string[]; readonly count: number },
): ReplacementSpec {
  const { health, drainMs, run } = settings;
  return {
    service: id,
    zones,
    desired: count,
    revision: run,
    min: count,
    backoff: { firstMs: FIRST_BACKOFF_MS, maxMs: ECS.restartBackoffMax.value, resetAfterMs: PROVEN_AFTER_MS },
    startTimeoutMs: START_TIMEOUT_MS,
    healthGraceMs: START_TIMEOUT_MS,
    drainMs,
    crashLoopFailures: CRASH_LOOP_FAILURES,
    checked: health !== null,
  };
}
