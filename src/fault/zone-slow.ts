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
    "at the fast pace health checks give up after 250 ms, so that what is slow is failed over; at AWS's pace it is not",
  ],
  fisAction: "Cross-AZ: Traffic Slowdown",
  targets: zoneTargets,
  primitives: (topology, subject) =>
    otherZones(topology, subject).flatMap((zone) =>
      bothWays({ zone: subject }, { zone }, { effect: { kind: "slow", delayMs: DELAY_MS } }),
    ),
  expects: () => ({ unavailable: [], claims: [], trace: "customers" }),
};
