import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { staysWhereItIs } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The DNS answers nobody who asks near the region that serves: resolvers there have to ask farther away. */
export const regionDnsLost: Fault = {
  name: "region-dns-lost",
  summary: "lets the DNS answer nobody who asks near the region that serves",
  scope: "region",
  blastClass: "region",
  standsFor: "name servers of Route 53 that cannot be reached from somewhere, which is why there are four of them",
  notModelled: ["wrong answers", "a resolver of the customers' provider that fails itself", "changes of records"],
  fisAction: null,
  targets: (topology) => (componentsOf(topology, "edge").length === 0 ? [] : regionTargets(topology, "active")),
  primitives: (_topology, subject) => [{ kind: "dns-down", region: subject }],
  // Those who know the name yet notice nothing, and the others wait for a moment: too little to count on.
  expects: () => ({
    unavailable: [],
    claims: [...staysWhereItIs(), { claim: { kind: "unharmed" }, proves: "resolvers find another server" }],
    trace: "none",
  }),
};
