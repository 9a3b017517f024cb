import type { RecoverySpec } from "../../control/recovery/language.ts";
import { recoverySpec } from "../../control/recovery/spec.ts";
import { type Pace, timer } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import { OUTSIDE } from "../../world/primitive.ts";

/** What the recovery of a system over regions rests on, at the pace of a run. */
export function recoveryPlan({ regions, recovery, failover }: Topology, pace: Pace): RecoverySpec {
  return recoverySpec({
    regions: regions.map(({ name }) => name),
    outside: OUTSIDE,
    readiness: recovery,
    ...failover,
    timer: (ms) => timer(ms, pace),
  });
}
