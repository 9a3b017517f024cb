import { type Topology, componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { primaryInstances } from "./target.ts";

/**
 * The zone of a writer is lost, and while the failover is under way a second zone with a standby of it. Of three copies
 * one is left, and nobody knows whether it holds every write that was acknowledged: it must not be promoted. To be
 * unable to write until a copy comes back is right; to lose a write is not.
 */
export const doubleFault: Fault = {
  name: "double-fault",
  summary: "cuts the power of the primary's zone, and during the failover that of a second zone with a standby",
  scope: "zone",
  blastClass: "zone",
  standsFor: "two zones lost at once, or the second one to an operator's hand during an incident",
  notModelled: ["zones that come back without their disks", "AWS's own control planes being impaired"],
  fisAction: "AZ Availability: Power Interruption",
  /** Where a third zone is left to go on in. */
  targets(topology) {
    const zones = topology.regions.find(({ role }) => role === "primary")?.zones ?? [];
    return componentsOf(topology, "database")
      .filter(({ id }) => zones.length > 2 && zonesOf(topology, id).length > 1)
      .map(({ id }) => `zone of the primary of ${id}`);
  },
  primitives: (_topology, subject) => [{ kind: "power-off", zone: subject }],
  // oxlint-disable-next-line unicorn/no-thenable -- a fault is data, and is never awaited
  then: {
    when: "detected",
    primitives: (topology, subject) => [{ kind: "power-off", zone: secondZone(topology, subject) }],
  },
  /**
   * Without a majority of zones nothing that has a primary can be failed over, and no quorum of a database's standbys
   * can be held, which is what `fenced` tells of.
   */
  expects: (topology) => ({
    unavailable: [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")].map(({ id }) => id),
    claims: componentsOf(topology, "database").map(({ id }) => ({
      claim: { kind: "undecided", what: "fenced", component: id, during: "second-blow" },
      proves: `no copy of ${id} is promoted that may lack a write`,
    })),
    trace: "world",
  }),
};

/** Another zone that holds a member of a database which has one in `first`. */
function secondZone(topology: Topology, first: string): string {
  const database = componentsOf(topology, "database").find(({ id }) => zonesOf(topology, id).includes(first));
  return zonesOf(topology, database?.id ?? "").find((zone) => zone !== first) ?? first;
}

function zonesOf(topology: Topology, component: string): readonly string[] {
  return primaryInstances(topology).flatMap((instance) =>
    instance.component === component && instance.zone !== null ? [instance.zone] : [],
  );
}
