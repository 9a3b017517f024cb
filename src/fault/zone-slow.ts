import { componentsOf } from "../topology/topology.ts";
import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";
import { otherZones, zoneTargets } from "./zone-target.ts";

const DELAY_MS = 200;

/** A zone is not down, only slow: everything between it and the other zones takes 200 ms longer, each way. */
export const zoneSlow: Fault = {
  name: "zone-slow",
  summary: `delays everything between a zone and the other zones by ${DELAY_MS} ms each way`,
  scope: "zone",
  blastClass: "zone",
  standsFor: "a grey failure: no health check fails, and every request that crosses into the zone is slow",
  notModelled: [
    "jitter and lost packets",
    "slow disks and processors in the zone",
    "AWS's own zonal autoshift, which may notice it",
  ],
  fisAction: "Cross-AZ: Traffic Slowdown",
  targets: zoneTargets,
  primitives: (topology, subject) =>
    otherZones(topology, subject).flatMap((zone) =>
      bothWays({ zone: subject }, { zone }, { effect: { kind: "slow", delayMs: DELAY_MS } }),
    ),
  /**
   * Health checks pass, so nothing is failed over, and who crosses into the zone a few times waits for longer than
   * customers are patient: until the zone is mended, or shifted away from.
   */
  expects(topology) {
    const stateful = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")].map(({ id }) => id);
    return {
      unavailable: stateful,
      claims: stateful.map((component) => ({
        claim: { kind: "undecided", what: "detected", component },
        proves: `${component} is not failed over for being slow`,
      })),
      trace: "customers",
    };
  },
};
