import { componentsOf, findComponent } from "../../../topology/topology.ts";
import type { DatabaseHandle, ServiceHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type Action, type Experiment, LASTS } from "./action.ts";
import {
  cut,
  darkenCaches,
  failWritersOver,
  refuseInstances,
  shiftAway,
  stopInstances,
  stopTasks,
  together,
} from "./strike.ts";
import { type StruckZone, documentArn, instancesIn, struckZones, tasksOf, volumesIn } from "./target.ts";

/** So much is added to each packet, and so much more or less. */
const SLOW_MS = "300";
const JITTER_MS = "50";

/** Of the space of a disk. */
const FULL_PERCENT = "95";

/**
 * The drills of the catalogue that FIS can carry out here. Those without an action of FIS are drilled locally alone: a
 * program that hangs, a bad deploy, throttled or slow queues, clock skew, traffic of customers and of strangers. Nor is
 * there one for half of a partition (FIS closes a subnet both ways), for what observes a database (AWS does), or for a
 * writer that is paused (Aurora has no disk of ours).
 */
export function experimentsOf(site: Site): readonly Experiment[] {
  const { handles } = site;
  const zones = struckZones(site);
  const [zone] = zones;
  if (zone === undefined) return [];
  return [
    ...ofServices(site, zone, zones),
    ...ofData(site, zone),
    ...zones.map((struck) => powerLoss(site, struck)),
    {
      fault: "zone-partition",
      aim: null,
      says: `zone ${zone.letter} and the other zones do not reach each other`,
      ...cut(site, zone, "other-zones", "all"),
    },
    {
      fault: "zone-black-hole",
      aim: null,
      says: `nothing enters or leaves the subnets of zone ${zone.letter}`,
      ...cut(site, zone, "everything", "all"),
    },
    ...(handles.all("service").some(({ balancers }) => balancers.length > 0)
      ? [
          {
            fault: "zonal-shift",
            aim: null,
            says: `traffic is shifted away from zone ${zone.letter}, as when AWS does so`,
            ...shiftAway(site, zone, "at-once"),
          },
        ]
      : []),
  ];
}

function ofServices(site: Site, zone: StruckZone, zones: readonly StruckZone[]): Experiment[] {
  const services = site.handles.all("service");
  const others = zones.filter((each) => each !== zone);
  return [
    ...services.flatMap((service) => {
      if (service.platform === "eks") return [];
      const database = databaseOf(site, service);
      return [
        taskCrash(service),
        zoneTasksCrash(service, zone),
        dependencySlow(service),
        ...(others.length === 0 ? [] : [zoneSlow(service, zone, others)]),
        ...(database ? [dependencyDown(service, database)] : []),
      ];
    }),
    ...(services.some(({ platform }) => platform === "ec2") ? [diskFull(site, zone)] : []),
  ];
}

function ofData(site: Site, zone: StruckZone): Experiment[] {
  const { handles, shipment } = site;
  const databases = handles.all("database").length > 0;
  const crash = {
    fault: "database-crash",
    aim: null,
    says: "the writers of all databases fail over",
    ...failWritersOver(site),
  };
  const isolated = {
    fault: "database-isolated",
    aim: null,
    says: `what keeps data in zone ${zone.letter} does not reach the other zones, nor they it`,
    ...cut(site, zone, "other-zones", "data"),
  };
  const cache = {
    fault: "cache-crash",
    aim: null,
    says: `the caches' nodes in zone ${zone.letter} lose power`,
    ...darkenCaches(site, zone),
  };
  return [
    ...(databases ? [crash, isolated] : []),
    ...(handles.all("cache").length > 0 ? [cache] : []),
    ...(componentsOf(shipment.topology, "volume").length > 0 ? [volumePaused(site, zone)] : []),
  ];
}

function taskCrash(service: ServiceHandle): Experiment {
  return {
    fault: service.balancers.length === 0 ? "worker-crash" : "task-crash",
    aim: service.id,
    says: `one task of ${service.id} is stopped`,
    actions: { stop: { actionId: "aws:ecs:stop-task", on: ["Tasks", "tasks"] } },
    targets: { tasks: { ...tasksOf(service), select: "COUNT(1)" } },
  };
}

function zoneTasksCrash(service: ServiceHandle, zone: StruckZone): Experiment {
  return {
    fault: "zone-tasks-crash",
    aim: service.id,
    says: `all tasks of ${service.id} in zone ${zone.letter} are stopped`,
    actions: { stop: { actionId: "aws:ecs:stop-task", on: ["Tasks", "tasks"] } },
    targets: { tasks: tasksOf(service, zone) },
  };
}

function dependencySlow(service: ServiceHandle): Experiment {
  return {
    fault: "dependency-slow",
    aim: service.id,
    says: `half of the tasks of ${service.id} reach everything ${SLOW_MS} ms later`,
    actions: { slow: latency("ALL") },
    targets: { tasks: { ...tasksOf(service), select: "PERCENT(50)" } },
  };
}

/** The zones' own names are what the tasks of the struck one are slow towards. */
function zoneSlow(service: ServiceHandle, zone: StruckZone, others: readonly StruckZone[]): Experiment {
  return {
    fault: "zone-slow",
    aim: service.id,
    says: `tasks of ${service.id} in zone ${zone.letter} reach the other zones ${SLOW_MS} ms later`,
    actions: { slow: latency(others.map(({ name }) => name).join(",")) },
    targets: { tasks: tasksOf(service, zone) },
  };
}

/** By ECS's own endpoint for faults, which `enableFaultInjection` of a task definition opens. */
function latency(sources: string): Action {
  return {
    actionId: "aws:ecs:task-network-latency",
    parameters: {
      duration: LASTS,
      delayMilliseconds: SLOW_MS,
      jitterMilliseconds: JITTER_MS,
      sources,
      useEcsFaultInjectionEndpoints: "true",
    },
    on: ["Tasks", "tasks"],
  };
}

function databaseOf({ handles, shipment }: Site, { id }: ServiceHandle): DatabaseHandle | undefined {
  const uses = findComponent(shipment.topology, "service", id)?.settings.uses ?? [];
  return handles.all("database").find((database) => uses.includes(database.id));
}

function dependencyDown(service: ServiceHandle, database: DatabaseHandle): Experiment {
  return {
    fault: "dependency-down-deep-check",
    aim: service.id,
    says: `tasks of ${service.id} no longer reach ${database.id}`,
    actions: {
      cut: {
        actionId: "aws:ecs:task-network-blackhole-port",
        parameters: {
          duration: LASTS,
          port: String(database.writer.port),
          protocol: "tcp",
          trafficType: "egress",
          useEcsFaultInjectionEndpoints: "true",
        },
        on: ["Tasks", "tasks"],
      },
    },
    targets: { tasks: tasksOf(service) },
  };
}

/** By a document of AWS's own. https://docs.aws.amazon.com/fis/latest/userguide/actions-ssm-agent.html */
function diskFull(site: Site, zone: StruckZone): Experiment {
  return {
    fault: "disk-full",
    aim: null,
    says: `the disks of the instances in zone ${zone.letter} are filled`,
    actions: {
      fill: {
        actionId: "aws:ssm:send-command",
        parameters: {
          documentArn: documentArn(site.region.name, "AWSFIS-Run-Disk-Fill"),
          documentParameters: JSON.stringify({ DurationSeconds: "600", Percent: FULL_PERCENT }),
          duration: LASTS,
        },
        on: ["Instances", "instances"],
      },
    },
    targets: { instances: instancesIn(site, zone) },
  };
}

function volumePaused(site: Site, zone: StruckZone): Experiment {
  return {
    fault: "database-zombie",
    aim: "volumes",
    says: `volumes in zone ${zone.letter} answer nothing for a while, and then go on`,
    actions: {
      pause: { actionId: "aws:ebs:pause-volume-io", parameters: { duration: LASTS }, on: ["Volumes", "volumes"] },
    },
    targets: { volumes: volumesIn(site, zone) },
  };
}

/**
 * A zone loses power, as AWS's scenario has it: what runs there stops, nothing new starts there, nothing gets in or
 * out, writers and primaries fail over, and after a while ARC shifts traffic away. Tasks on Fargate are stopped
 * besides, which AWS's own does not.
 *
 * https://docs.aws.amazon.com/fis/latest/userguide/az-availability-scenario.html
 */
function powerLoss(site: Site, zone: StruckZone): Experiment {
  const { handles } = site;
  const services = handles.all("service");
  return {
    fault: "zone-loss",
    aim: `zone-${zone.letter}`,
    says: `zone ${zone.letter} loses power`,
    ...together([
      services.some(({ platform }) => platform !== "eks") && stopTasks(site, zone),
      services.some(({ platform }) => platform !== "fargate") && stopInstances(site, zone),
      services.some(({ platform }) => platform === "ec2") && refuseInstances(site, zone),
      cut(site, zone, "everything", "all"),
      handles.all("database").length > 0 && failWritersOver(site, zone),
      handles.all("cache").length > 0 && darkenCaches(site, zone),
      services.some(({ balancers }) => balancers.length > 0) && shiftAway(site, zone, "later"),
    ]),
  };
}
