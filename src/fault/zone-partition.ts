import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";
import { otherZones, zoneTargets } from "./zone-target.ts";

/**
 * The network between a zone and the other zones is down: connections are reset, new ones refused. Customers still
 * reach the zone, and the zone still reaches what belongs to the region.
 */
export const zonePartition: Fault = {
  name: "zone-partition",
  summary: "cuts a zone off from the other zones, both ways, but not from customers",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a network event between zones, where each side believes that the other one is gone",
  notModelled: ["a partition that comes and goes", "only some of the paths between two zones being down"],
  fisAction: "aws:network:disrupt-connectivity",
  targets: zoneTargets,
  primitives: (topology, subject) =>
    otherZones(topology, subject).flatMap((zone) => bothWays({ zone: subject }, { zone }, { effect: { kind: "cut" } })),
};
