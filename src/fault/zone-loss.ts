import type { Fault } from "./fault.ts";
import { zoneTargets } from "./zone-target.ts";

/** An availability zone loses power: everything in it is gone in one moment, in-flight bytes included. */
export const zoneLoss: Fault = {
  name: "zone-loss",
  summary: "cuts the power of a zone: links and in-flight bytes first, then every process in it",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a zone without power; FIS's scenario of the same name",
  notModelled: [
    "a zone that fades: brown-outs, half of its racks",
    "other customers who ask for the same spare capacity at the same moment",
    "AWS's own control planes being impaired",
  ],
  fisAction: "AZ Availability: Power Interruption",
  targets: zoneTargets,
  primitives: (_topology, subject) => [{ kind: "power-off", zone: subject }],
};
