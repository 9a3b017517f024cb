import type { Fault } from "./fault.ts";
import { otherZones, zoneTargets } from "./zone-target.ts";

/**
 * What a zone sends to the other zones vanishes; what they send to it arrives. Each side sees something else: the zone
 * is asked and never heard.
 */
export const zonePartitionOneWay: Fault = {
  name: "zone-partition-one-way",
  summary: "drops what a zone sends to the other zones; what they send still arrives",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a routing or filtering error that works one way only; the case that simple failure detectors get wrong",
  notModelled: ["the loss of some packets, which TCP hides for a while", "retransmissions that arrive after the heal"],
  fisAction: "aws:network:disrupt-connectivity",
  targets: zoneTargets,
  primitives: (topology, subject) =>
    otherZones(topology, subject).map((zone) => ({
      kind: "link",
      rule: { from: { zone: subject }, to: { zone }, effect: { kind: "black-hole" } },
    })),
};
