import type { Fault } from "./fault.ts";
import { takenOver } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The region that serves loses power: all its zones, and what stands beside them, in one moment. */
export const regionLoss: Fault = {
  name: "region-loss",
  summary: "cuts the power of the region that serves: links and in-flight bytes first, then everything in it",
  scope: "region",
  blastClass: "region",
  standsFor: "a region that is gone at once; what the four strategies of recovery are for",
  notModelled: [
    "a region that fades, service by service, so that nobody dares to give it up",
    "other customers who ask for capacity in the other region at the same moment",
    "AWS's own control planes being impaired, in the other region too",
  ],
  fisAction: null, // FIS takes power from zones, and connectivity from regions
  targets: (topology) => regionTargets(topology, "active"),
  primitives: (_topology, subject) => [{ kind: "region-power-off", region: subject }],
  expects: (topology) => ({ unavailable: [], claims: takenOver(topology), trace: "world" }),
};
