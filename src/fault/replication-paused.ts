import type { Fault } from "./fault.ts";
import { takenOver } from "./region-claims.ts";
import { betweenRegions } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/** The system is watched under the pause for longer. */
const BEHIND_MS = 2_000;

/**
 * The copy in the other region gets nothing for a while, and nobody who asks for health notices. Then the region that
 * serves is lost: what it had acknowledged meanwhile is gone, as much as the lag had said, and not more.
 */
export const replicationPaused: Fault = {
  name: "replication-paused",
  summary: "stops replication to the other region, and then cuts the power of the region that serves",
  scope: "region",
  blastClass: "region",
  standsFor: "a replication that stands still unnoticed, until it is needed",
  notModelled: [
    "a pause so long that the log is not kept any more, and the copy has to be made anew",
    "objects and tables, which have a replication of their own",
  ],
  fisAction: null, // FIS pauses the replication of buckets and tables, and not that of databases
  // Where nothing is copied there is nothing to pause.
  targets: (topology) => (topology.recovery === "backup-restore" ? [] : regionTargets(topology, "active")),
  primitives: (topology, subject) =>
    betweenRegions(topology, subject, { effect: { kind: "black-hole" }, purposes: ["replication"] }),
  // oxlint-disable-next-line unicorn/no-thenable -- a fault is data, and is never awaited
  then: {
    when: "prepared",
    primitives: (_topology, subject) => [{ kind: "region-power-off", region: subject }],
  },
  expects: (topology) => ({
    unavailable: [],
    claims: [
      { claim: { kind: "behind", ms: BEHIND_MS }, proves: "the lag shows what would be lost" },
      ...takenOver(topology),
    ],
    trace: "world",
  }),
};
