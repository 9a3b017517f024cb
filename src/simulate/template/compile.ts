import { failoverSpec } from "../../control/failover/spec.ts";
import { replacementSpec } from "../../control/replacement/spec.ts";
import { LOAD } from "../../facts/load.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { CACHE, DATABASE, ECS } from "../../facts/timing.ts";
import { PACES } from "../../topology/timing.ts";
import { observersOf } from "../../topology/observer.ts";
import { zoneWatchSpec } from "../../topology/spec.ts";
import type {
  TemplateAssumptions,
  TemplateComponent,
  TemplateSystem,
  Working,
} from "../../topology/template-system.ts";
import type { Instance } from "../../topology/topology.ts";
import { DETECTION, TARGET_PROBE, nameService, promotionTime } from "../system/aws-timing.ts";
import { partKey } from "../system/compile.ts";
import { hazardsOf } from "../system/hazard.ts";
import type { PartPlan, SystemModel } from "../system/model.ts";
import type { HazardRates } from "../system/rates.ts";
import { settleReplica, settleTasks } from "../system/settle.ts";
import type { Mishap } from "../system/spread.ts";
import { templateLoad } from "./load.ts";

/** What a model of templates is made under. */
export interface TemplateConditions {
  readonly rates: HazardRates;
  readonly told: TemplateAssumptions;
}

/** AWS gives a task this long until it serves. */
const START_TIMEOUT_MS = 300_000;

const atAws = (ms: number): number => ms;

/** The model of a system that templates tell of: one region, which nothing takes over from. */
export function compileTemplate(system: TemplateSystem, conditions: TemplateConditions): SystemModel {
  const { region, components, waits, journeys } = system;
  const zones = region.zones.map(({ name }) => name);
  const keyOf = (component: Pick<TemplateComponent, "id" | "scope">): string => partKey(component, region);
  const keys = new Map(components.map((component) => [component.id, keyOf(component)]));
  const parts = new Map(components.map((each) => [keyOf(each), planOf(each, { region: region.name, ...conditions })]));
  const instances = components.flatMap((each) => instancesOf(each, region.name));
  const links = waits.map(({ from, to }) => ({ from, to, mode: "synchronous" as const }));
  const needed = components.filter(({ works }) => works.kind !== "balancer" && works.kind !== "way-out");
  return {
    regions: [{ name: region.name, zones, zonal: components.filter(isZonal).map(keyOf) }],
    parts,
    componentOf: new Map(components.map((component) => [keyOf(component), component.name])),
    journeys: journeys.map(({ id, needs }) => ({
      id,
      needsWriter: false,
      needs: [new Set(needs.flatMap((each) => keys.get(each) ?? []))],
    })),
    hazards: hazardsOf({ regions: [region], instances, links }, { needed, parts, rates: conditions.rates }),
    zoneWatch: zoneWatchSpec(PACES.aws),
    takeover: null,
  };
}

/** Whether the loss of a zone can take any of it. */
function isZonal({ works }: TemplateComponent): boolean {
  return works.zones.length > 0;
}

/** The zone of each instance: tasks are spread over theirs, the other ones stand where they are said to stand. */
function zonesOf(works: Working): readonly string[] {
  if (works.kind !== "tasks") return works.zones;
  return Array.from({ length: works.count }, (_, at) => works.zones[at % works.zones.length]!); // it has a zone
}

/** The second instance of a zone, and each after it, has its number behind it. */
function instancesOf({ id, works, scope }: TemplateComponent, region: string): readonly Instance[] {
  const seen = new Map<string, number>();
  const zonal = zonesOf(works).map((zone): Instance => {
    const round = (seen.get(zone) ?? 0) + 1;
    seen.set(zone, round);
    return { id: round === 1 ? `${id}-${zone}` : `${id}-${zone}-${round}`, component: id, region, zone };
  });
  if (zonal.length > 0) return zonal;
  return [{ id, component: id, region: scope === "global" ? null : region, zone: null }];
}

function planOf(
  component: TemplateComponent,
  { region, rates, told }: TemplateConditions & { readonly region: string },
): PartPlan {
  const { id, works } = component;
  const instances = instancesOf(component, region);
  const attempts = LOAD.attempts.value;
  switch (works.kind) {
    case "balancer":
      return { kind: "front", zones: works.zones, ...nameService(), attempts };
    case "way-out":
      return { ...works, attempts };
    case "whole":
      return { kind: "plain", instances, needed: 1, repairMs: rates.service.lastsMs };
    case "nodes": {
      const repairMs = works.mends === "instance" ? rates.instance.lastsMs : TAKEOVER.replaceMember.value;
      return { kind: "plain", instances, needed: 1, repairMs };
    }
    case "members":
      return replicaPlan(component, works, { instances, region, mishap: rates.mishaps.promotion });
    case "tasks":
      return settleTasks({
        kind: "tasks",
        spec: replacementSpec({
          service: id,
          zones: works.zones,
          count: works.count,
          revision: "",
          drainMs: ECS.stopTimeout.value,
          checked: works.probe !== null,
          backoffMaxMs: ECS.restartBackoffMax.value,
          startTimeoutMs: START_TIMEOUT_MS,
          healthGraceMs: START_TIMEOUT_MS,
          timer: atAws,
        }),
        probe: works.probe ?? TARGET_PROBE,
        startMs: works.on === "machines" ? rates.instance.lastsMs : TAKEOVER.startTask.value,
        load: templateLoad(works, { region, told }),
        full: works.count,
      });
  }
}

function replicaPlan(
  { id }: TemplateComponent,
  { engine, isProxied }: Working & { kind: "members" },
  { instances, region, mishap }: { readonly instances: readonly Instance[]; region: string; mishap: Mishap },
): PartPlan {
  const members = instances.flatMap(({ id: member, zone }) => (zone === null ? [] : [{ id: member, zone }]));
  const zones = [...new Set(members.map(({ zone }) => zone))].map((name) => ({ name }));
  // As a definition's regions: AWS's own control planes stand in more zones than a customer names.
  const observers = observersOf({ name: region, zones });
  const ttl = engine === "cache" ? CACHE.endpointTtl.value : DATABASE.endpointTtl.value;
  return settleReplica({
    kind: "replica",
    spec: failoverSpec({ component: id, members, observers, acknowledging: 0, detection: DETECTION, timer: atAws }),
    probe: { ...DETECTION, healthyThreshold: 1 },
    promotionMs: promotionTime(engine, DETECTION),
    mishap,
    replaceMs: TAKEOVER.replaceMember.value,
    endpointTtlMs: isProxied ? 0 : ttl,
    needed: 1,
  });
}
