import type { Fault } from "./fault.ts";
import { outlivesPartition } from "./region-claims.ts";
import { betweenRegions } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/**
 * The network between the regions is down, and the world outside reaches both. Each is alive and misses the other one;
 * the one that serves keeps its lease, for the witness outside still lets it write.
 */
export const regionPartition: Fault = {
  name: "region-partition",
  summary: "drops everything between the region that serves and the others, both ways, but not what is from outside",
  scope: "region",
  blastClass: "region",
  standsFor: "an event on the backbone between two regions, where each side believes that the other one is gone",
  notModelled: ["customers who reach one of the regions only", "a partition that comes and goes"],
  fisAction: "Cross-Region: Connectivity",
  targets: (topology) => regionTargets(topology, "active"),
  primitives: (topology, subject) => betweenRegions(topology, subject, { effect: { kind: "black-hole" } }),
  expects: outlivesPartition,
};
