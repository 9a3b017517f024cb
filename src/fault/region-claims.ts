import { type Topology, componentsOf } from "../topology/topology.ts";
import type { Expectation } from "./fault.ts";

/** The name under which the recovery of regions decides. */
const RECOVERY = "recovery";

type Claims = Expectation["claims"];

/**
 * What must come of the loss of the region that serves: another one takes over, once, and what is lost with it is no
 * more than its copy was behind, and is there for people to reconcile.
 */
export function takenOver(topology: Topology): Claims {
  const withinLag = {
    claim: { kind: "within-lag" },
    proves: "no write is lost that was acknowledged earlier than the copy was behind",
  } as const;
  return [
    { claim: { kind: "decided", what: "finished", component: RECOVERY }, proves: "another region takes over" },
    {
      claim: { kind: "undecided", what: "began", component: RECOVERY, atMost: 1, during: "fault" },
      proves: "it takes over once, and nobody takes it back meanwhile",
    },
    ...ledThere(topology),
    ...(topology.recovery === "backup-restore" ? [] : [withinLag]), // what was backed up last is what is left
    { claim: { kind: "saved" }, proves: "what is lost is written to a file, for people to reconcile" },
  ];
}

/** What must come of a switchover: it is brought to its end, and nothing is lost by it. */
export function switchedOver(topology: Topology): Claims {
  return [
    { claim: { kind: "decided", what: "finished", component: RECOVERY }, proves: "the other region takes over" },
    ...ledThere(topology),
    { claim: { kind: "lossless" }, proves: "no acknowledged write is lost" },
  ];
}

/** Customers come to the region that takes over, where they come to one by its name at all. */
function ledThere(topology: Topology): Claims {
  const isServed = componentsOf(topology, "service").some(({ settings }) => settings.consumes === null);
  if (!isServed || topology.recovery === "active-active") return []; // there some are served in it already
  return [{ claim: { kind: "decided", what: "traffic-shifted", component: null }, proves: "customers are led to it" }];
}

/** What must come of a fault that is no reason to give a region up. */
export function staysWhereItIs(): Claims {
  return [
    {
      claim: { kind: "undecided", what: "began", component: RECOVERY, during: "fault" },
      proves: "no region is given up for it",
    },
  ];
}

/** What must come of a partition between regions: each is alive, and the one that serves goes on. */
export function outlivesPartition(topology: Topology): Expectation {
  return {
    unavailable: [],
    claims: [
      ...staysWhereItIs(),
      ...unharmedWhereOneServes(topology),
      { claim: { kind: "lossless" }, proves: "no acknowledged write is lost" },
    ],
    trace: "world",
  };
}

/** Customers notice nothing; where both regions serve them, those of the other one need the way to the writer. */
export function unharmedWhereOneServes({ recovery }: Topology): Claims {
  if (recovery === "active-active") return [];
  return [{ claim: { kind: "unharmed" }, proves: "customers do not notice" }];
}
