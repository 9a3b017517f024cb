import type { Fault } from "./fault.ts";
import { switchedOver } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** Somebody has the other region take over while both are well: for maintenance, or to be sure that it can. */
export const switchover: Fault = {
  name: "switchover",
  summary: "has the region that stands ready take over while both are well",
  scope: "region",
  blastClass: "region",
  standsFor: "a planned switchover: what a team that trusts its second region does several times a year",
  notModelled: ["a switchover at the peak", "customers who keep connections to the former region open for hours"],
  fisAction: null, // it breaks nothing; Region switch's plans carry it out
  targets: (topology) => regionTargets(topology, "standby"),
  primitives: (_topology, subject) => [{ kind: "recover", command: { what: "switchover", to: subject } }],
  expects: (topology) => ({ unavailable: [], claims: switchedOver(topology), trace: "world" }),
};
