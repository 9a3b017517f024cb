import type { Fault } from "./fault.ts";
import { switchedOver } from "./region-claims.ts";
import { otherRegions } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/**
 * The other region takes over, serves for a while, and the first one takes over from it again, both without loss: what
 * follows on every failover once the region that was lost is back.
 */
export const failback: Fault = {
  name: "failback",
  summary: "has the other region take over, and then the first one again",
  scope: "region",
  blastClass: "region",
  standsFor: "the way home after a failover",
  notModelled: ["weeks in the other region, with changes that were made there alone"],
  fisAction: null, // it breaks nothing; Region switch's plans carry it out
  targets: (topology) => regionTargets(topology, "standby"),
  primitives: (_topology, subject) => [{ kind: "recover", command: { what: "switchover", to: subject } }],
  // oxlint-disable-next-line unicorn/no-thenable -- a fault is data, and is never awaited
  then: {
    when: "prepared",
    after: "traffic-shifted", // else nobody would be served from where it is left
    primitives: (topology, subject) =>
      otherRegions(topology, subject)
        .slice(0, 1)
        .map((to) => ({ kind: "recover", command: { what: "switchover", to } })),
  },
  expects: (topology) => ({ unavailable: [], claims: switchedOver(topology), trace: "world" }),
};
