import { FIS } from "../../../facts/watch.ts";
import type { Site } from "../../ship.ts";
import { type Action, type Experiment, LASTS, type Target } from "./action.ts";
import {
  type StruckZone,
  balancersOf,
  cachesIn,
  clustersOf,
  databasesOf,
  groupsOf,
  instancesIn,
  subnetsIn,
  tasksIn,
} from "./target.ts";

/** A part of an experiment: actions, and what they act on. */
export type Strike = Pick<Experiment, "actions" | "targets">;

/** When a zone loses power, traffic is shifted away so much later, for the rest of it. */
const SHIFT_AFTER = `PT${FIS.autoshiftAfter.value / 60_000}M`;
const SHIFT_LASTS = "PT5M";

/** Tasks of the system in a zone are stopped. */
export function stopTasks(site: Site, zone: StruckZone): Strike {
  return {
    actions: { "stop-tasks": { actionId: "aws:ecs:stop-task", on: ["Tasks", "tasks"] } },
    targets: { tasks: tasksIn(site, zone) },
  };
}

/** Instances of the system in a zone are stopped, and started again when it is over. */
export function stopInstances(site: Site, zone: StruckZone): Strike {
  const parameters = { startInstancesAfterDuration: LASTS, completeIfInstancesTerminated: "true" };
  return {
    actions: { "stop-instances": { actionId: "aws:ec2:stop-instances", parameters, on: ["Instances", "instances"] } },
    targets: { instances: instancesIn(site, zone) },
  };
}

/** Auto Scaling gets no instance in a zone. */
export function refuseInstances(site: Site, zone: StruckZone): Strike {
  const refuse: Action = {
    actionId: "aws:ec2:asg-insufficient-instance-capacity-error",
    parameters: { duration: LASTS, availabilityZoneIdentifiers: zone.name, percentage: "100" },
    on: ["AutoScalingGroups", "groups"],
  };
  return { actions: { "refuse-instances": refuse }, targets: { groups: groupsOf(site) } };
}

/** Subnets of a zone are cut off from the other zones, or from everything. */
export function cut(site: Site, zone: StruckZone, from: "everything" | "other-zones", which: "all" | "data"): Strike {
  const scope = from === "everything" ? "all" : "availability-zone";
  const parameters = { duration: LASTS, scope };
  return {
    actions: { cut: { actionId: "aws:network:disrupt-connectivity", parameters, on: ["Subnets", "subnets"] } },
    targets: { subnets: subnetsIn(site, zone, which) },
  };
}

/** Writers fail over: all, or those that are in a zone. */
export function failWritersOver(site: Site, zone?: StruckZone): Strike {
  const databases = site.handles.all("database");
  const reboot: Action = {
    actionId: "aws:rds:reboot-db-instances",
    parameters: { forceFailover: "true" },
    on: ["DBInstances", "databases"],
  };
  const aurora: Strike = {
    actions: { failover: { actionId: "aws:rds:failover-db-cluster", on: ["Clusters", "clusters"] } },
    targets: { clusters: clustersOf(site, zone) },
  };
  const plain: Strike = { actions: { reboot }, targets: { databases: databasesOf(site, zone) } };
  return together([
    databases.some(({ clusterIdentifier }) => clusterIdentifier !== null) && aurora,
    databases.some(({ clusterIdentifier }) => clusterIdentifier === null) && plain,
  ]);
}

/** The caches' nodes in a zone lose power. */
export function darkenCaches(site: Site, zone: StruckZone): Strike {
  const power: Action = {
    actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
    parameters: { duration: LASTS },
    on: ["ReplicationGroups", "caches"],
  };
  return { actions: { "cache-power": power }, targets: { caches: cachesIn(site, zone) } };
}

/** ARC shifts traffic away from a zone, at once or a while after it was struck. */
export function shiftAway(site: Site, zone: StruckZone, when: "at-once" | "later"): Strike {
  const later = when === "later";
  const named = balancersOf(site).map((target, index) => [index === 0 ? "" : `-${index + 1}`, target] as const);
  const shift = (of: string): Action => ({
    actionId: "aws:arc:start-zonal-autoshift",
    parameters: { availabilityZoneIdentifier: zone.name, duration: later ? SHIFT_LASTS : LASTS },
    on: ["ManagedResources", `balancers${of}`],
    ...(later ? { after: "wait" } : {}),
  });
  const wait: Action = { actionId: "aws:fis:wait", parameters: { duration: SHIFT_AFTER } };
  const shifts = Object.fromEntries(named.map(([of]) => [`shift${of}`, shift(of)]));
  return {
    actions: { ...(later ? { wait } : {}), ...shifts },
    targets: Object.fromEntries(named.map(([of, target]) => [`balancers${of}`, target])),
  };
}

/** Several strikes as one; `false` stands for one that has nothing to strike here. */
export function together(strikes: readonly (Strike | false)[]): Strike {
  const there = strikes.filter((strike) => strike !== false);
  return {
    actions: Object.assign({}, ...there.map(({ actions }) => actions)) as Record<string, Action>,
    targets: Object.assign({}, ...there.map(({ targets }) => targets)) as Record<string, Target>,
  };
}
