import type { Fault } from "../../fault/fault.ts";
import { findFault } from "../../fault/catalogue.ts";
import { primaryInstances } from "../../fault/target.ts";
import { type Instance, type Topology, componentsOf } from "../../topology/topology.ts";
import type { Status } from "../../world/world.ts";

/**
 * Who plays whose part. In a simulation a system that is well has its first members as primaries; here others may lead
 * since the last failover. So each primary changes places with the first member of its component; and where that of the
 * first database or cache stands, with the zone in which it stood, and with the tasks there. Returns who is meant now.
 */
export function castOf(topology: Topology, { instances }: Pick<Status, "instances">): (name: string) => string {
  const places = new Map<string, string>();
  const change = (one: string, other: string): void => {
    places.set(one, other).set(other, one);
  };
  const all = primaryInstances(topology);
  const primaries = new Set(instances.filter(({ role }) => role === "primary").map(({ id }) => id));
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  for (const [index, { id }] of replicated.entries()) {
    const members = all.filter(({ component }) => component === id);
    const [first] = members;
    const primary = members.find((member) => primaries.has(member.id));
    if (!first || !primary || primary === first) continue;
    change(first.id, primary.id);
    if (index > 0 || first.zone === null || primary.zone === null) continue;
    change(first.zone, primary.zone);
    for (const [task, other] of pairsOf(topology, all, [first.zone, primary.zone])) change(task, other);
  }
  return (name) => places.get(name) ?? name;
}

/** The fault of a region as things stand: the loss of one that stands ready is another than that of one that serves. */
export function faultNow(fault: Fault, region: string, { recovery }: Pick<Status, "recovery">): Fault {
  const role = recovery?.regions.find(({ name }) => name === region)?.role;
  if (fault.name === "standby-region-loss" && role === "active") return findFault("region-loss");
  return fault.blastClass === "region" && role === "standby" ? findFault("standby-region-loss") : fault;
}

/** The tasks of two zones, each with its like in the other. */
function pairsOf(
  topology: Topology,
  all: readonly Instance[],
  [zone, otherZone]: readonly [string, string],
): readonly (readonly [string, string])[] {
  return componentsOf(topology, "service").flatMap(({ id }) => {
    const tasksIn = (where: string): readonly Instance[] =>
      all.filter((each) => each.component === id && each.zone === where);
    const others = tasksIn(otherZone);
    return tasksIn(zone).flatMap((task, index) => {
      const other = others[index];
      return other ? [[task.id, other.id] as const] : [];
    });
  });
}
