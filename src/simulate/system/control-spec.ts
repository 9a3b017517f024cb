import { type ScalingSpec, scalingSpec } from "../../control/scaling.ts";
import type { FailoverMember, FailoverSpec } from "../../control/failover/language.ts";
import { failoverSpec } from "../../control/failover/spec.ts";
import type { ReplacementSpec } from "../../control/replacement/language.ts";
import { replacementSpec } from "../../control/replacement/spec.ts";
import type { Ms } from "../../base/units.ts";
import { taskTerms } from "../../topology/spec.ts";
import type { CacheComponent, DatabaseComponent, ServiceComponent } from "../../topology/topology.ts";

/** What AWS waits for at most until a task serves. */
const START_TIMEOUT_MS = 300_000;

const atAws = (ms: Ms): Ms => ms;

/**
 * What the failover controller is given for a database or cache at AWS. Aurora's storage has a quorum of its own, and
 * Multi-AZ goes on alone, so whichever standby answers may be promoted; on one machine a commit waits for standbys.
 */
export function failoverAtAws(
  { id, settings: { detection } }: DatabaseComponent | CacheComponent,
  { members, observers }: { readonly members: readonly FailoverMember[]; readonly observers: readonly string[] },
): FailoverSpec {
  return failoverSpec({ component: id, members, observers, acknowledging: 0, detection, timer: atAws });
}

/** What the replacement controller is given for a service of so many tasks at AWS. */
export function replacementAtAws(
  component: ServiceComponent,
  { zones, count }: { readonly zones: readonly string[]; readonly count: number },
): ReplacementSpec {
  return replacementSpec({
    ...taskTerms(component),
    zones,
    count,
    startTimeoutMs: START_TIMEOUT_MS,
    healthGraceMs: START_TIMEOUT_MS,
    timer: atAws,
  });
}

/** What the scaling controller is given, of what can be set. */
export function scalingAtAws(settings: Omit<Parameters<typeof scalingSpec>[0], "timer">): ScalingSpec {
  return scalingSpec({ ...settings, timer: atAws });
}
