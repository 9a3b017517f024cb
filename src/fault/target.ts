import { UserError } from "../base/error.ts";
import type { Component, Instance, Kind, Topology } from "../topology/topology.ts";
import { componentsOf } from "../topology/topology.ts";
import type { Primitive } from "../world/primitive.ts";
import type { Status } from "../world/world.ts";
import type { FaultCode } from "./codes.ts";
import type { Fault } from "./fault.ts";

const ROLE = /^(?<zone>zone of the )?primary of (?<component>.+)$/;

/** The region that takes writes, and one that is kept ready: roles that move with each failover. */
export const REGION_ROLES = { active: "active region", standby: "standby region" } as const;

type RegionRole = (typeof REGION_ROLES)[keyof typeof REGION_ROLES];

/** A fault with its target found: what to hand to {@link World.inject}. */
export interface AimedFault {
  readonly fault: Fault;
  /** The instance, zone or region that it strikes. */
  readonly subject: string;
  readonly primitives: readonly Primitive[];
}

/**
 * Finds what `target` means now (roles move with each failover) and what to do to it.
 * Throws FLT-002 where the fault has no such target (an instance that holds a role may be named too), FLT-003 where no
 * one holds the role.
 */
export function aim(fault: Fault, target: string, world: { topology: Topology; status: Status }): AimedFault {
  const { topology, status } = world;
  const targets = fault.targets(topology);
  const subjects = targets.flatMap((each) => subjectsOf(topology, each));
  if (!targets.includes(target) && !subjects.includes(target)) {
    const known = [...new Set([...targets, ...subjects])].join(", ") || "no target in this system";
    throw new UserError({
      code: "FLT-002" satisfies FaultCode,
      message: `"${fault.name}" cannot be aimed at "${target}" (it has ${known})`,
      fix: targets.length === 0 ? howToHaveTargets(fault) : "use one of these targets, or name none",
    });
  }
  const subject = isRole(target) ? holder(status, target) : runningOne(target, world);
  const running = status.instances.filter(({ pid }) => pid !== null);
  return { fault, subject, primitives: fault.primitives(topology, subject, running) };
}

/** What to do about a fault that has nothing to strike. */
export function howToHaveTargets({ blastClass }: Pick<Fault, "blastClass">): string {
  return blastClass === "region"
    ? "start the system with `--regions all`; its definition has a second region then"
    : "name another one, or see `holdfast drill --list`";
}

/** Tasks come and go: where the one named is gone, the task that serves in its place in the same zone is meant. */
function runningOne(target: string, { topology, status }: { topology: Topology; status: Status }): string {
  const named = topology.instances.find(({ id }) => id === target);
  const isTask = componentsOf(topology, "service").some(({ id }) => id === named?.component);
  if (!named || !isTask || status.instances.some(({ id }) => id === target)) return target;
  const { component, zone } = named;
  const serves = status.instances.find(
    (each) => each.component === component && each.zone === zone && each.state === "healthy",
  );
  return serves?.id ?? target;
}

/** What a target may turn out to be when the fault strikes: those that could hold the role, or the target itself. */
export function subjectsOf(topology: Topology, target: string): readonly string[] {
  return isRole(target) ? candidates(topology, target) : [target];
}

/** Whether a target is a role, looked up when the fault strikes. */
export function isRole(target: string): boolean {
  return ROLE.test(target) || isRegionRole(target);
}

function isRegionRole(target: string): target is RegionRole {
  return Object.values<string>(REGION_ROLES).includes(target);
}

/** The targets of a fault that strikes whole regions: the one that holds the role; none where there is one region. */
export function regionTargets(topology: Topology, role: keyof typeof REGION_ROLES): readonly string[] {
  return topology.regions.length < 2 ? [] : [REGION_ROLES[role]];
}

function regionIn({ recovery }: Status, role: RegionRole): string {
  const wanted = role === REGION_ROLES.active ? "active" : "standby";
  const found = recovery?.regions.find((region) => region.role === wanted)?.name;
  if (found !== undefined) return found;
  throw new UserError({
    code: "FLT-003" satisfies FaultCode,
    message: `there is no ${role} now`,
    fix: "wait until `holdfast status` shows one: a region that was given up rejoins by itself",
  });
}

function holder(status: Status, role: string): string {
  if (isRegionRole(role)) return regionIn(status, role);
  const { zone, component } = ROLE.exec(role)!.groups!; // only called with roles
  // Each region has a first member of its own; the one that leads is in the region that takes writes.
  const active = status.recovery?.active;
  const primaries = status.instances.filter(
    (instance) =>
      instance.component === component &&
      instance.role === "primary" &&
      (active === undefined || instance.region === active),
  );
  const found = primaries.find(({ state }) => state === "healthy") ?? primaries[0];
  const subject = zone === undefined ? found?.id : found?.zone;
  if (subject !== undefined && subject !== null) return subject;
  throw new UserError({
    code: "FLT-003" satisfies FaultCode,
    message: `"${component}" has no primary now`,
    fix: "wait until `holdfast status` shows one, or name an instance",
  });
}

/** The instances, their zones, or the regions that could come to hold a role. */
function candidates(topology: Topology, role: string): readonly string[] {
  if (isRegionRole(role)) return topology.regions.map(({ name }) => name);
  const { zone, component } = ROLE.exec(role)!.groups!; // only called with roles
  const members = primaryInstances(topology).filter((instance) => instance.component === component);
  return zone === undefined ? members.map(({ id }) => id) : members.flatMap((instance) => instance.zone ?? []);
}

/** A topology as it would be were this region its primary one: what faults find in a region is found in that one. */
export function seenFrom(topology: Topology, region: string): Topology {
  const regions = topology.regions.map((each) => {
    return { ...each, role: each.name === region ? "primary" : "secondary" } as const;
  });
  return { ...topology, regions };
}

/** The region that a zone or an instance is in; undefined of all else. */
export function regionOf({ regions, instances }: Topology, target: string): string | undefined {
  const ofZone = regions.find(({ zones }) => zones.some(({ name }) => name === target))?.name;
  return ofZone ?? instances.find(({ id }) => id === target)?.region ?? undefined;
}

/** The instances of the primary region. */
export function primaryInstances(topology: Topology): readonly Instance[] {
  const primary = topology.regions.find(({ role }) => role === "primary");
  return topology.instances.filter(({ region }) => region === primary?.name);
}

/** Ids of the primary region's instances whose component is of this kind and passes `which`. */
export function instancesOf<K extends Kind>(
  topology: Topology,
  kind: K,
  which: (component: Extract<Component, { kind: K }>) => boolean = () => true,
): readonly string[] {
  const ids = new Set(
    componentsOf(topology, kind)
      .filter(which)
      .map(({ id }) => id),
  );
  return primaryInstances(topology)
    .filter(({ component }) => ids.has(component))
    .map(({ id }) => id);
}

/** The instance named `id`; throws FLT-002 where the topology has none. */
export function instanceNamed(topology: Topology, id: string): Instance & { readonly zone: string } {
  const found = topology.instances.find((instance) => instance.id === id);
  if (found?.zone) return { ...found, zone: found.zone };
  throw new UserError({
    code: "FLT-002" satisfies FaultCode,
    message: `there is no instance "${id}" in a zone`,
    fix: "name one that `holdfast status` shows",
  });
}
