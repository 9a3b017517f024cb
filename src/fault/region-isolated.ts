import type { Topology } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { takenOver } from "./region-claims.ts";
import { isolated } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/**
 * The region that serves is cut off from everything and goes on running. Nobody can tell it that another one takes
 * over: it must stop acknowledging by itself, when the lease that it writes under is over.
 */
export const regionIsolated: Fault = {
  name: "region-isolated",
  summary: "cuts the region that serves off from the other regions and from outside, while all in it goes on running",
  scope: "region",
  blastClass: "region",
  standsFor: "a region whose backbone is gone and whose power is not: the way to two regions that take writes",
  notModelled: [
    "customers inside of the region, who would still reach it",
    "clocks that drift apart by more than the lease allows for",
    "AWS, which ships no such lease: there a person makes sure that the region is gone",
  ],
  fisAction: null, // FIS's own scenario cuts the way between two regions and leaves that of the customers
  targets: (topology) => regionTargets(topology, "active"),
  primitives: isolated,
  expects: (topology, subject) => ({
    unavailable: [],
    claims: [
      ...takenOver(topology),
      {
        claim: { kind: "decided", what: "lost", component: "lease", times: zonesIn(topology, subject) },
        proves: "the region that nobody reaches stops acknowledging by itself",
      },
    ],
    trace: "world",
  }),
};

function zonesIn({ regions }: Topology, region: string): number {
  return regions.find(({ name }) => name === region)?.zones.length ?? 1;
}
