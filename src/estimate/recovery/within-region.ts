import type { EstimateStage } from "../../base/estimate-document.ts";
import { FAILURE } from "../../facts/failure.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { ALB, CACHE, DATABASE } from "../../facts/timing.ts";
import type { CacheComponent, DatabaseComponent, ServiceComponent, Topology } from "../../topology/topology.ts";
import { type Chain, byFact, detection, dnsOf, forgetting } from "./stage.ts";
import { type Standing, neededComponents, standingOf } from "./standing.ts";

/**
 * What customers wait for when one instance, or the zone that holds most, is lost: a chain for each component that they
 * need. Others of it are left, and take over once it is noticed; where too few are left, they wait for new ones.
 */
export function chainsWithinRegion(topology: Topology, scope: "instance" | "zone"): readonly Chain[] {
  const needed = neededComponents(topology);
  const chains = standingOf(topology, needed).map((standing) => chainOf(standing, scope));
  const isBalanced = needed.some(({ kind, settings }) => kind === "service" && settings.protocol !== null);
  return scope === "zone" && isBalanced ? [...chains, balancerChain(topology)] : chains;
}

/** The chain of one component. */
export function chainOf(standing: Standing, scope: "instance" | "zone"): Chain {
  const { component, count, needed, perZone } = standing;
  const lost = scope === "instance" ? Math.min(1, count) : Math.max(0, ...perZone);
  const isEnough = count - lost >= needed;
  switch (component.kind) {
    case "service":
      return isEnough ? [noticing(component)] : [noticing(component), ...startOf(component)];
    case "database":
    case "cache":
      return isEnough ? failover(component) : [seeing(component), replacing(component.id)];
    default: // a volume, or a file system of one zone
      if (isEnough || scope === "instance") return [];
      return [byFact("repair", component.id, FAILURE.zone.repairMs)];
  }
}

function noticing({ id, settings: { health } }: ServiceComponent): EstimateStage {
  const unset = {
    intervalMs: ALB.healthInterval.value,
    timeoutMs: ALB.healthTimeout.value,
    unhealthyThreshold: ALB.unhealthyThreshold.value,
  };
  return detection(id, health ?? unset);
}

/** A new task, until the balancer sends it customers. */
export function startOf({ id, settings: { health } }: ServiceComponent): Chain {
  const wait =
    (health?.healthyThreshold ?? ALB.healthyThreshold.value) * (health?.intervalMs ?? ALB.healthInterval.value);
  const because = "healthy probes in a row, until it is sent customers";
  return [
    byFact("start", id, TAKEOVER.startTask),
    { name: "start", class: "timer", component: id, rangeMs: [0, wait], because },
  ];
}

function seeing({ id, settings }: DatabaseComponent | CacheComponent): EstimateStage {
  return detection(id, settings.detection);
}

function replacing(component: string): EstimateStage {
  return byFact("repair", component, TAKEOVER.replaceMember);
}

/**
 * AWS tells the whole time from the failure to the end. It is counted here as if none of it were the noticing, so the
 * high end is a little too high; the low end, where AWS tells one, is less what noticing takes.
 */
function failover(component: DatabaseComponent | CacheComponent): Chain {
  const { id, settings } = component;
  const detect = seeing(component);
  const [low, high] = promotionOf(component);
  const promote: EstimateStage = {
    name: "promote",
    class: "provider",
    component: id,
    rangeMs: [Math.max(0, low - detect.rangeMs[1]), high],
    because: `${high / 1_000} s at most is usual at AWS`,
  };
  const follows = component.kind === "database" && component.settings.endpoint === "proxy";
  return follows ? [detect, promote] : [detect, promote, forgetting(id, settings.endpointTtlMs)];
}

function promotionOf({ kind, settings }: DatabaseComponent | CacheComponent): readonly [number, number] {
  if (kind === "cache") return [0, CACHE.failover.value];
  return settings.engine.startsWith("aurora") ? [0, DATABASE.auroraFailover.value] : DATABASE.multiAzFailover.value;
}

/** The balancer's own node of the zone leaves the answers of DNS. */
function balancerChain(topology: Topology): Chain {
  const { id, probe, ttlMs } = dnsOf(topology);
  return [detection(id, probe), forgetting(id, ttlMs)];
}
