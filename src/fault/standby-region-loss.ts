import type { Fault } from "./fault.ts";
import { staysWhereItIs } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The region that is kept ready loses power. The one that serves must not notice. */
export const standbyRegionLoss: Fault = {
  name: "standby-region-loss",
  summary: "cuts the power of the region that stands ready",
  scope: "region",
  blastClass: "region",
  standsFor:
    "the loss of the region that nobody is served from: it costs no customer anything, and the way out is gone",
  notModelled: ["a second loss before it is back, which nothing can recover from", "AWS's own control planes"],
  fisAction: null,
  // Customers whom it serves too are harmed until they are led elsewhere; that is what region-loss is about.
  targets: (topology) => (topology.recovery === "active-active" ? [] : regionTargets(topology, "standby")),
  primitives: (_topology, subject) => [{ kind: "region-power-off", region: subject }],
  expects: () => ({
    unavailable: [],
    claims: [
      ...staysWhereItIs(),
      { claim: { kind: "unharmed" }, proves: "the region that serves does not notice" },
      { claim: { kind: "lossless" }, proves: "no acknowledged write is lost" },
    ],
    trace: "world",
  }),
};
