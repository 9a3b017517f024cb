import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";
import { zoneTargets } from "./zone-target.ts";

/** Nothing reaches a zone and nothing leaves it, yet all that it holds goes on running and believes in itself. */
export const zoneBlackHole: Fault = {
  name: "zone-black-hole",
  summary: "drops everything from and to a zone, whose processes go on running",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a zone whose network is gone while its power is not: what comes back later is out of date and alive",
  notModelled: ["a zone that is lost for some customers only", "work that programs do without any network"],
  fisAction: "aws:network:disrupt-connectivity",
  targets: zoneTargets,
  primitives: (_topology, subject) => bothWays({ zone: subject }, {}, { effect: { kind: "black-hole" } }),
};
