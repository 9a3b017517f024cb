import { REPLICATION_POLL_MS, failoverSpec } from "../../control/failover/spec.ts";
import { PROGRAM_START, replacementSpec } from "../../control/replacement/spec.ts";
import { BACKUP_ENGINE, MACHINE, MEMBER_ENGINE } from "../../facts/machine.ts";
import { ECS } from "../../facts/timing.ts";
import {
  detectionSpec,
  documentedFailoverMs,
  endpointTtlMs,
  healthSpec,
  healthyAfterMs,
  zoneWatchSpec,
  taskTerms,
} from "../../topology/spec.ts";
import { observersOf } from "../../topology/observer.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { dnsOf, dnsProbe, ttlSeconds } from "../../topology/region-spec.ts";
import { type Pace, providerTime, timer } from "../../topology/timing.ts";
import {
  type CacheComponent,
  type DatabaseComponent,
  type Region,
  type ServiceComponent,
  type Topology,
  componentsOf,
} from "../../topology/topology.ts";
import type { Spread } from "../system/spread.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import type { FrontDoorPlan } from "./front-door.ts";
import type { MemberSetPlan } from "./member-set.ts";
import { processorsTaken } from "./machine-load.ts";
import { type ServiceScalingPlan, scalingPlans } from "./service-scaling.ts";
import type { TaskPoolPlan } from "./task-pool.ts";

/** A region at the pace of a drill, before anything happens to it. */
export interface ScenePlan {
  readonly region: Region;
  readonly sets: readonly MemberSetPlan[];
  readonly pools: readonly TaskPoolPlan[];
  readonly doors: readonly FrontDoorPlan[];
  readonly scalings: readonly ServiceScalingPlan[];
  /** How many processors are taken where so many times as many customers as ever come. */
  readonly processorsTaken: (factor: number) => number;
  readonly zoneWatch: ProbeSpec;
  /** From when a zone has power again until it carries traffic. */
  readonly zoneStartMs: Spread;
  /** Until every database is restored beside those that run. */
  readonly restoreMs: Spread;
}

/** How long the engines are told to wait for each other. */
const SILENCE_MS = { database: 3_000, cache: 5_000 } as const;

/**
 * The first region of a drill as it runs on this machine. `primaries`: which member of a database or cache takes
 * writes; the first one where it is left out.
 */
export function scenePlan(
  drill: Pick<DrillToPredict, "topology" | "pace" | "customers" | "primaries">,
): ScenePlan | null {
  const { topology, pace, primaries = {} } = drill;
  const region = topology.regions.find(({ role }) => role === "primary");
  if (!region) return null;
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  const services = componentsOf(topology, "service");
  const at = { topology, region, pace };
  return {
    region,
    sets: replicated.map((component) => setPlan(at, component, primaries[component.id])),
    pools: services.map((component) => poolPlan(at, component)),
    doors: services.flatMap(({ id, settings }) => (settings.protocol === null ? [] : [doorPlan(at, id)])),
    scalings: scalingPlans(drill),
    processorsTaken: (factor) => processorsTaken(factor * drill.customers.rate),
    zoneWatch: zoneWatchSpec(pace),
    zoneStartMs: MACHINE.zone.value,
    restoreMs: BACKUP_ENGINE.restore.value,
  };
}

interface At {
  readonly topology: Topology;
  readonly region: Region;
  readonly pace: Pace;
}

function setPlan(
  { topology, region, pace }: At,
  component: DatabaseComponent | CacheComponent,
  primary: string | undefined,
): MemberSetPlan {
  const { id, kind, settings } = component;
  const members = topology.instances.flatMap((each) =>
    each.component === id && each.region === region.name && each.zone !== null
      ? [{ id: each.id, zone: each.zone }]
      : [],
  );
  return {
    component: id,
    isDatabase: kind === "database",
    zones: region.zones,
    spec: failoverSpec({
      component: id,
      members: members.toSorted((a, b) => Number(b.id === primary) - Number(a.id === primary)),
      observers: observersOf(region),
      acknowledging: kind === "database" ? settings.synchronousStandbys : 0,
      detection: settings.detection,
      timer: (ms) => timer(ms, pace),
    }),
    probe: detectionSpec(component, pace),
    checkDelay: timer(1, pace),
    endpointTtlMs: endpointTtlMs(component, pace),
    times: timesOf(kind),
    replaceMs: BACKUP_ENGINE.replace.value,
    promotionMs: providerTime(documentedFailoverMs(component), pace),
    heardMs: MACHINE.heard.value,
    pollMs: timer(REPLICATION_POLL_MS, pace),
    silenceMs: SILENCE_MS[kind],
    settled: null,
  };
}

function timesOf(kind: "database" | "cache"): MemberSetPlan["times"] {
  const { hold, promote, follow, start, reseed } = MEMBER_ENGINE[kind];
  return {
    hold: hold.value,
    promote: promote.value,
    follow: follow.value,
    start: start.value,
    reseed: reseed.value,
  };
}

function poolPlan({ region, pace }: At, component: ServiceComponent): TaskPoolPlan {
  const { id, settings } = component;
  const zones = region.zones.map(({ name }) => name);
  return {
    service: id,
    nodes: settings.protocol === null ? [] : zones,
    spec: replacementSpec({
      ...taskTerms(component),
      zones,
      count: settings.scale.min,
      startTimeoutMs: PROGRAM_START.withinMs + healthyAfterMs(settings.health, pace),
      healthGraceMs: PROGRAM_START.graceMs,
      timer: (ms) => timer(ms, pace),
    }),
    probe: healthSpec(component, pace),
    checkDelay: timer(1, pace),
    startMs: providerTime(ECS.taskStart.value, pace),
    execMs: MACHINE.exec.value,
    programMs: MACHINE.program.value,
    heardMs: MACHINE.heard.value,
    drainsMs: MACHINE.request.value,
    settled: null,
  };
}

function doorPlan({ topology, region, pace }: At, service: string): FrontDoorPlan {
  const { ttlMs, healthCheck } = dnsOf(topology);
  return {
    service,
    zones: region.zones.map(({ name }) => name),
    probe: dnsProbe(healthCheck, pace),
    ttlMs: 1_000 * ttlSeconds(ttlMs, pace),
  };
}
