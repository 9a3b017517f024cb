import type { StageName } from "../../control/recovery/language.ts";
import { stagesOf } from "../../control/recovery/stages.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import type { Component, DatabaseComponent, Topology } from "../../topology/topology.ts";
import { type Chain, byFact, detection, dnsOf, forgetting, slowest } from "./stage.ts";
import { neededComponents } from "./standing.ts";
import { startOf } from "./within-region.ts";

/**
 * What customers wait for when the region that serves is lost: the stages of the plan that the control plane would
 * make, with AWS's times. Where both regions serve and nothing has to be promoted, DNS alone takes them away.
 */
export function regionChain(topology: Topology): Chain {
  const needed = neededComponents(topology);
  if (needed.every(({ scope }) => scope === "global")) return []; // the edge has copies of what it serves by itself
  const { id, probe, ttlMs } = dnsOf(topology);
  const detect = detection(id, probe);
  if (topology.recovery === "active-active" && !needed.some(isDatabase)) return [detect, forgetting(id, ttlMs)];
  const stages = stagesOf("failover", topology.recovery).flatMap((name) => stageOf(name, topology, needed));
  return [detect, byFact("decide", "people", TAKEOVER.decide, "person"), ...stages];
}

function isDatabase(component: Component): component is DatabaseComponent {
  return component.kind === "database";
}

/** What a stage of the plan takes. To fence costs AWS no time of the customers', and to verify follows their return. */
function stageOf(name: StageName, topology: Topology, needed: readonly Component[]): Chain {
  switch (name) {
    case "restore":
      return [
        byFact("restore", "stacks", TAKEOVER.deployStacks),
        ...needed
          .filter(isDatabase)
          .slice(0, 1)
          .map(({ id }) => byFact("restore", id, TAKEOVER.restoreDatabase)),
      ];
    case "promote":
      return topology.recovery === "backup-restore" ? [] : promotion(needed);
    case "start":
      return topology.recovery === "backup-restore" ? tasks(needed) : [...caches(needed), ...tasks(needed)];
    case "scale":
      return tasks(needed).map((stage) => ({ ...stage, name: "scale" }));
    case "shift": {
      const { id, probe, ttlMs } = dnsOf(topology);
      const follow = { ...detection(id, probe), name: "shift" as const };
      return [byFact("shift", id, TAKEOVER.alarm, "timer"), follow, forgetting(id, ttlMs)];
    }
    default:
      return [];
  }
}

function promotion(needed: readonly Component[]): Chain {
  return slowest(
    needed.filter(isDatabase).map(({ id, settings }) => {
      const isAurora = settings.engine.startsWith("aurora");
      return [byFact("promote", id, isAurora ? TAKEOVER.promoteAurora : TAKEOVER.promoteReplica)];
    }),
  );
}

function tasks(needed: readonly Component[]): Chain {
  return slowest(needed.map((component) => (component.kind === "service" ? startOf(component) : [])));
}

/** A pilot light keeps none; they are made one beside the other. */
function caches(needed: readonly Component[]): Chain {
  return needed
    .filter(({ kind }) => kind === "cache")
    .slice(0, 1)
    .map(({ id }) => byFact("start", id, TAKEOVER.createCache));
}
