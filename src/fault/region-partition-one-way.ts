import type { Fault } from "./fault.ts";
import { outlivesPartition } from "./region-claims.ts";
import { otherRegions } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/** What the region that serves sends to the others vanishes; what they send to it arrives. */
export const regionPartitionOneWay: Fault = {
  name: "region-partition-one-way",
  summary: "drops what the region that serves sends to the others; what they send still arrives",
  scope: "region",
  blastClass: "region",
  standsFor: "a routing error on the backbone that works one way only: each side sees something else",
  notModelled: ["the loss of some packets, which TCP hides for a while", "retransmissions that arrive after the heal"],
  fisAction: null, // FIS cuts routes, and so both ways
  targets: (topology) => regionTargets(topology, "active"),
  primitives: (topology, subject) =>
    otherRegions(topology, subject).map((region) => ({
      kind: "link",
      rule: { from: { region: subject }, to: { region }, effect: { kind: "black-hole" } },
    })),
  expects: outlivesPartition,
};
