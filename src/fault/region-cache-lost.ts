import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { bothWays } from "./both-ways.ts";
import { staysWhereItIs } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The caches of the region that serves are out of reach in all its zones, while everything else in it works. */
export const regionCacheLost: Fault = {
  name: "region-cache-lost",
  summary: "takes the caches of the region that serves out of reach, while the rest of it lives",
  scope: "region",
  blastClass: "region",
  standsFor: "a regional service that is impaired: what only works with it waits, and the region is not given up",
  notModelled: [
    "a person who decides for a failover all the same, because the service stays away for hours",
    "caches that come back empty",
    "health checks, which go on finding every node well: a failover within the region could mend nothing",
  ],
  fisAction: null,
  targets: (topology) => (componentsOf(topology, "cache").length === 0 ? [] : regionTargets(topology, "active")),
  primitives: (topology, subject) =>
    componentsOf(topology, "cache").flatMap(({ id }) =>
      bothWays({}, { region: subject, component: id }, { effect: { kind: "black-hole" }, purposes: ["client"] }),
    ),
  expects: (topology) => ({
    unavailable: componentsOf(topology, "cache").map(({ id }) => id),
    claims: [...staysWhereItIs(), { claim: { kind: "unharmed" }, proves: "what does without the caches is served" }],
    trace: "customers",
  }),
};
