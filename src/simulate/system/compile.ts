import type { Ms } from "../../base/units.ts";
import { LOAD } from "../../facts/load.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { PACES } from "../../topology/timing.ts";
import { observersOf } from "../../topology/observer.ts";
import { detectionSpec, endpointTtlMs, healthSpec, zoneWatchSpec } from "../../topology/spec.ts";
import {
  type CacheComponent,
  type Component,
  type DatabaseComponent,
  type Region,
  type ServiceComponent,
  type Topology,
  componentsOf,
} from "../../topology/topology.ts";
import { TARGET_PROBE, nameService, promotionTime } from "./aws-timing.ts";
import { failoverAtAws, replacementAtAws } from "./control-spec.ts";
import { loadPlan } from "./demand.ts";
import { behindQueues, fluidParts, followersOf, warmthKeys } from "./fluid.ts";
import { hazardsOf } from "./hazard.ts";
import type { PartPlan, SystemModel } from "./model.ts";
import type { FrontPlan } from "./part/front.ts";
import type { Restoring } from "./part/plain.ts";
import type { HazardRates } from "./rates.ts";
import { settleReplica, settleTasks } from "./settle.ts";
import { takeoverOf } from "./takeover.ts";

/** The model of a topology under these rates. It has what journeys need, or where there is none, all that is called. */
export function compileModel(topology: Topology, rates: HazardRates): SystemModel {
  const needed = neededComponents(topology);
  const modelled = [...needed, ...behindQueues(topology, needed)];
  const parts = new Map<string, PartPlan>();
  const componentOf = new Map<string, string>();
  for (const component of modelled) {
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
  for (const { key, component, plan } of fluidParts(topology, needed, partKey)) {
    parts.set(key, plan);
    componentOf.set(key, component);
  }
  return {
    regions: topology.regions.map((region) => ({
      name: region.name,
      zones: region.zones.map(({ name }) => name),
      zonal: [
        ...modelled.filter(({ scope }) => scope === "zone").map((component) => partKey(component, region)),
        frontKey(region),
      ].filter((key) => parts.has(key)),
    })),
    parts,
    componentOf,
    journeys: journeysOf(topology, needed),
    hazards: hazardsOf(topology, { needed: modelled, parts, rates }),
    zoneWatch: zoneWatchSpec(PACES.aws),
    takeover: takeoverOf(topology, needed, { dns: dnsOf(topology), mishap: rates.mishaps.takeover }),
    followers: followersOf(parts),
  };
}

/** All that journeys need, or everything that is called where there is no journey. */
function neededComponents({ components, journeys }: Topology): readonly Component[] {
  const needs = new Set(journeys.flatMap((journey) => journey.needs));
  return components.filter(({ id, layer }) => (journeys.length === 0 ? layer !== "messaging" : needs.has(id)));
}

/** The key of a component's part in a region; of what is of no region, its name. */
export function partKey({ id, scope }: Pick<Component, "id" | "scope">, { name }: Pick<Region, "name">): string {
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
        const keys = [...own.map((component) => partKey(component, region)), ...warmthKeys(topology, own, region)];
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
  if (component.kind === "database" || component.kind === "cache") {
    return replicaPlan({ component, region, rates }, instances);
  }
  if (component.kind === "service") return tasksPlan(topology, { component, region, count: instances.length });
  const repairMs = component.scope === "zone" ? rates.instance.lastsMs : rates.service.lastsMs;
  const restoring = restoringOf(component, topology.shipping.backups.everyMs);
  return { kind: "plain", instances, needed: 1, repairMs, ...(restoring && { restoring }) };
}

/** What stands in one zone is made again from its last copy, if that zone stays lost for so long. */
function restoringOf({ kind, scope, settings }: Component, everyMs: Ms): Restoring | null {
  const takesMs = [TAKEOVER.decide.value, TAKEOVER.restoreDatabase.value];
  if (kind === "volume") return { takesMs, lacksMs: [[0, settings.snapshotEveryMs]] };
  return kind === "file-system" && scope === "zone" ? { takesMs, lacksMs: [[0, everyMs]] } : null;
}

function replicaPlan(
  { component, region, rates }: Placed & { readonly component: DatabaseComponent | CacheComponent },
  instances: readonly { readonly id: string; readonly zone: string | null }[],
): PartPlan {
  const members = instances.flatMap(({ id, zone }) => (zone === null ? [] : [{ id, zone }]));
  const { kind, settings } = component;
  return settleReplica({
    kind: "replica",
    spec: failoverAtAws(component, { members, observers: observersOf(region) }),
    probe: detectionSpec(component, PACES.aws),
    promotionMs: promotionTime(engineOf(component), settings.detection),
    mishap: rates.mishaps.promotion,
    replaceMs: TAKEOVER.replaceMember.value,
    endpointTtlMs: endpointTtlMs(component, PACES.aws),
    needed: kind === "cache" ? 1 + settings.minReplicasToWrite : 1,
  });
}

function engineOf({ kind, settings }: DatabaseComponent | CacheComponent): "aurora" | "rds" | "cache" {
  if (kind === "cache") return "cache";
  return settings.engine.startsWith("aurora") ? "aurora" : "rds";
}

function tasksPlan(
  topology: Topology,
  {
    component,
    region,
    count,
  }: { readonly component: ServiceComponent; readonly region: Region; readonly count: number },
): PartPlan {
  return settleTasks({
    kind: "tasks",
    spec: replacementAtAws(component, { zones: region.zones.map(({ name }) => name), count }),
    probe: healthSpec(component, PACES.aws) ?? TARGET_PROBE,
    startMs: TAKEOVER.startTask.value,
    load: loadPlan(topology, component, region),
    full: component.settings.scale.min,
  });
}

function dnsOf(topology: Topology): ReturnType<typeof nameService> {
  return nameService(componentsOf(topology, "edge")[0]?.settings);
}

function frontPlan(topology: Topology, region: Region): FrontPlan {
  return {
    kind: "front",
    zones: region.zones.map(({ name }) => name),
    ...dnsOf(topology),
    attempts: LOAD.attempts.value,
  };
}
