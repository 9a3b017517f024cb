import type { Fault } from "./fault.ts";
import { staysWhereItIs, unharmedWhereOneServes } from "./region-claims.ts";
import { betweenRegions } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

const DELAY_MS = 300;
/** Less than what the shop's log grows by while customers write. */
const BYTES_PER_SECOND = 20_000;

/** The way between the regions is slow and narrow: everything arrives, late, and the copy falls behind. */
export const regionLinkSlow: Fault = {
  name: "region-link-slow",
  summary: `delays all between regions by ${DELAY_MS} ms, and lets ${BYTES_PER_SECOND / 1_000} kB a second through`,
  scope: "region",
  blastClass: "region",
  standsFor: "a congested or lossy path between regions: a copy that falls behind is a loss that nobody sees coming",
  notModelled: [
    "single packets that are lost: TCP makes delay and a low rate of them, which is what is made here",
    "jitter",
  ],
  fisAction: null, // FIS slows the traffic between zones, and cuts that between regions
  targets: (topology) => regionTargets(topology, "active"),
  primitives: (topology, subject) => [
    ...betweenRegions(topology, subject, { effect: { kind: "slow", delayMs: DELAY_MS } }),
    ...betweenRegions(topology, subject, { effect: { kind: "throttle", bytesPerSecond: BYTES_PER_SECOND } }),
  ],
  expects: (topology) => ({
    unavailable: [],
    claims: [
      ...staysWhereItIs(),
      ...unharmedWhereOneServes(topology),
      ...(topology.recovery === "backup-restore"
        ? []
        : [{ claim: { kind: "behind", ms: DELAY_MS }, proves: "the copy falls behind, and that is seen" } as const]),
    ],
    trace: "none",
  }),
};
