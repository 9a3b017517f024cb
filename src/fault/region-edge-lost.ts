import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { staysWhereItIs } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The edge location near the region that serves is lost: customers near it are led to another one. */
export const regionEdgeLost: Fault = {
  name: "region-edge-lost",
  summary: "loses the edge location near the region that serves",
  scope: "region",
  blastClass: "region",
  standsFor: "a point of presence of CloudFront that is lost, and customers who have to find another one",
  notModelled: [
    "the hundreds of locations that there are: here there is one near each region",
    "customers whose resolver goes on giving out the former address for longer than its TTL",
  ],
  fisAction: null,
  targets: (topology) => (componentsOf(topology, "edge").length === 0 ? [] : regionTargets(topology, "active")),
  primitives: (_topology, subject) => [{ kind: "edge-down", region: subject }],
  expects: () => ({ unavailable: [], claims: staysWhereItIs(), trace: "customers" }),
};
