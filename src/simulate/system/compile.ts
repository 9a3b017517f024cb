import { LOAD } from "../../facts/load.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { CACHE, DATABASE, ROUTE_53, ALB, ZONE_WATCH } from "../../facts/timing.ts";
import { PACES } from "../../topology/timing.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { detectionSpec, healthSpec } from "../../topology/spec.ts";
import {
  type CacheComponent,
  type Component,
  type DatabaseComponent,
  type Region,
  type ServiceComponent,
  type Topology,
  componentsOf,
} from "../../topology/topology.ts";
import { failoverSpec, replacementSpec } from "./control-spec.ts";
import { loadPlan } from "./demand.ts";
import { hazardsOf } from "./hazard.ts";
import type { PartPlan, SystemModel } from "./model.ts";
import type { FrontPlan } from "./part/front.ts";
import type { HazardRates } from "./rates.ts";
import { settleReplica, settleTasks } from "./settle.ts";
import type { Spread } from "./spread.ts";
import { takeoverOf } from "./takeover.ts";

/** The model of a topology under these rates. It has what journeys need, or where there is none, all that is called. */
export function compileModel(topology: Topology, rates: HazardRates): SystemModel {
  const needed = neededComponents(topology);
  const parts = new Map<string, PartPlan>();
  const componentOf = new Map<string, string>();
  for (const component of needed) {
    for (const region of topology.regions) {
      const plan = planOf(topology, { component, region, rates });
      if (plan === null) continue;
      const key = partKey(component, region);
      parts.set(key, plan);
      componentOf.set(key, component.id);
    }
  }
  for (const region of topology.regions) {
    if (!needed.some(isBalanced)) continue;
    parts.set(frontKey(region), frontPlan(topology, region));
    componentOf.set(frontKey(region), "balancer");
  }
  const { intervalMs, timeoutMs, unhealthyThreshold } = settingsOfZoneWatch();
  return {
    regions: topology.regions.map((region) => ({
      name: region.name,
      zones: region.zones.map(({ name }) => name),
      zonal: [
        ...needed.filter(({ scope }) => scope === "zone").map((component) => partKey(component, region)),
        frontKey(region),
      ].filter((key) => parts.has(key)),
    })),
    parts,
    componentOf,
    journeys: journeysOf(topology, needed),
    hazards: hazardsOf(topology, { needed, parts, rates }),
    zoneWatch: { intervalMs, timeoutMs, unhealthyThreshold, healthyThreshold: 1 },
    takeover: takeoverOf(topology, needed, dnsOf(topology)),
  };
}

/** All that journeys need, or everything that is called where there is no journey. */
function neededComponents({ components, journeys }: Topology): readonly Component[] {
  const needs = new Set(journeys.flatMap((journey) => journey.needs));
  return components.filter(({ id, layer }) => (journeys.length === 0 ? layer !== "messaging" : needs.has(id)));
}

/** The key of a component's part in a region; of what is of no region, its name. */
export function partKey({ id, scope }: Component, { name }: Region): string {
  return scope === "global" ? id : `${id}@${name}`;
}

function frontKey({ name }: Region): string {
  return `balancer@${name}`;
}

function isBalanced({ kind, settings }: Component): boolean {
  return kind === "service" && settings.protocol !== null;
}

function journeysOf(topology: Topology, needed: readonly Component[]): SystemModel["journeys"] {
  const all = { id: "everything", needs: needed.map(({ id }) => id) };
  const journeys = topology.journeys.length === 0 ? [all] : topology.journeys;
  return journeys.map(({ id, needs }) => {
    const own = needed.filter((component) => needs.includes(component.id));
    return {
      id,
      needsWriter: own.some(({ kind }) => kind === "database"),
      needs: topology.regions.map((region) => {
        const keys = own.map((component) => partKey(component, region));
        return new Set(own.some(isBalanced) ? [...keys, frontKey(region)] : keys);
      }),
    };
  });
}

interface Placed {
  readonly component: Component;
  readonly region: Region;
  readonly rates: HazardRates;
}

/** Null where nothing of it runs in that region. */
function planOf(topology: Topology, { component, region, rates }: Placed): PartPlan | null {
  const instances = topology.instances
    .filter((each) => each.component === component.id && (each.region === region.name || each.region === null))
    .map(({ id, zone }) => ({ id, zone }));
  if (instances.length === 0) return null;
  if (component.kind === "database" || component.kind === "cache") return replicaPlan(component, region, instances);
  if (component.kind === "service") return tasksPlan(topology, { component, region, count: instances.length });
  const repairMs = component.scope === "zone" ? rates.instance.lastsMs : rates.service.lastsMs;
  return { kind: "plain", instances, needed: 1, repairMs };
}

function replicaPlan(
  component: DatabaseComponent | CacheComponent,
  region: Region,
  instances: readonly { readonly id: string; readonly zone: string | null }[],
): PartPlan {
  const members = instances.flatMap(({ id, zone }) => (zone === null ? [] : [{ id, zone }]));
  const { kind, settings } = component;
  return settleReplica({
    kind: "replica",
    spec: failoverSpec(component, { members, zones: region.zones.map(({ name }) => name) }),
    probe: detectionSpec(component, PACES.aws),
    promotionMs: promotionOf(component),
    replaceMs: TAKEOVER.replaceMember.value,
    endpointTtlMs: kind === "database" && settings.endpoint === "proxy" ? 0 : settings.endpointTtlMs,
    needed: kind === "cache" ? 1 + settings.minReplicasToWrite : 1,
  });
}

/** AWS tells the whole time from the failure to the end; it is counted as if none of it were the noticing. */
function promotionOf({ kind, settings }: DatabaseComponent | CacheComponent): Spread {
  if (kind === "cache") return [0, CACHE.failover.value];
  if (settings.engine.startsWith("aurora")) return [0, DATABASE.auroraFailover.value];
  const { intervalMs, timeoutMs, unhealthyThreshold } = settings.detection;
  const [low, high] = DATABASE.multiAzFailover.value;
  return [Math.max(0, low - unhealthyThreshold * intervalMs - timeoutMs), high];
}

function tasksPlan(
  topology: Topology,
  {
    component,
    region,
    count,
  }: { readonly component: ServiceComponent; readonly region: Region; readonly count: number },
): PartPlan {
  const { healthInterval, healthTimeout, healthyThreshold, unhealthyThreshold } = ALB;
  const unset: ProbeSpec = {
    intervalMs: healthInterval.value,
    timeoutMs: healthTimeout.value,
    healthyThreshold: healthyThreshold.value,
    unhealthyThreshold: unhealthyThreshold.value,
  };
  return settleTasks({
    kind: "tasks",
    spec: replacementSpec(component, { zones: region.zones.map(({ name }) => name), count }),
    probe: healthSpec(component, PACES.aws) ?? unset,
    startMs: TAKEOVER.startTask.value,
    load: loadPlan(topology, component, region),
    full: component.settings.scale.min,
  });
}

/** How names are found not to answer, and for how long they are remembered: the edge's settings, else AWS's own. */
function dnsOf(topology: Topology): { readonly probe: ProbeSpec; readonly ttlMs: number } {
  const [edge] = componentsOf(topology, "edge");
  const { intervalMs, threshold } = edge?.settings.dnsHealthCheck ?? {
    intervalMs: ROUTE_53.healthInterval.value,
    threshold: ROUTE_53.healthThreshold.value,
  };
  return {
    probe: { intervalMs, timeoutMs: 0, healthyThreshold: threshold, unhealthyThreshold: threshold },
    ttlMs: edge?.settings.dnsTtlMs ?? ALB.dnsTtl.value,
  };
}

function frontPlan(topology: Topology, region: Region): FrontPlan {
  return {
    kind: "front",
    zones: region.zones.map(({ name }) => name),
    ...dnsOf(topology),
    attempts: LOAD.attempts.value,
  };
}

function settingsOfZoneWatch(): Omit<ProbeSpec, "healthyThreshold"> {
  return {
    intervalMs: ZONE_WATCH.interval.value,
    timeoutMs: ZONE_WATCH.timeout.value,
    unhealthyThreshold: ZONE_WATCH.threshold.value,
  };
}
