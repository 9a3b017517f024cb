import type { Ms } from "../base/units.ts";
import { documentedStage } from "../drill/check/region-stages.ts";
import { documentedRestore } from "../drill/check/restore-stages.ts";
import type { Range } from "../facts/failure.ts";
import type { Fact } from "../facts/fact.ts";
import { TAKEOVER } from "../facts/takeover.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";

/**
 * What AWS, and the person who decides there, take for the stages of a region's recovery, by the name that a drill
 * knows each by: the middle of each range, because the longest of all of them together is nobody's usual day. Stages
 * that wait for each other are added up. Customers are led away when an alarm and the health checks that follow it have
 * seen why, at the latest, and names are forgotten after the definition's own TTL.
 */
export function regionTimes(topology: Topology): Readonly<Record<string, Ms>> {
  const starts = topology.recovery === "pilot-light" && componentsOf(topology, "cache").length > 0;
  const stages = {
    decide: [TAKEOVER.decide],
    restore: [TAKEOVER.deployStacks, TAKEOVER.restoreDatabase], // the caches come with the stacks
    promote: topology.recovery === "backup-restore" ? [] : [promotionOf(topology)],
    start: [...(starts ? [TAKEOVER.createCache] : []), TAKEOVER.startTask],
    scale: [TAKEOVER.startTask],
  };
  const times = Object.entries(stages).map(([name, facts]) => {
    return [documentedStage(name), facts.reduce((sum, fact) => sum + middleOf(fact), 0)] as const;
  });
  const edges = componentsOf(topology, "edge").map(({ settings }) => settings);
  const probes = edges.map(({ dnsHealthCheck: { intervalMs, threshold } }) => intervalMs * threshold);
  const [, alarm] = TAKEOVER.alarm.value;
  return Object.fromEntries([
    ...times,
    [documentedStage("shift"), alarm + Math.max(0, ...probes)],
    [documentedStage("forget"), Math.max(0, ...edges.map(({ dnsTtlMs }) => dnsTtlMs))],
  ]);
}

/** What a person who finds data destroyed, and then AWS, take for a restore: likewise. */
export function restoreTimes(): Readonly<Record<string, Ms>> {
  return {
    [documentedRestore("decide")]: middleOf(TAKEOVER.decide),
    [documentedRestore("restore")]: middleOf(TAKEOVER.restoreDatabase),
  };
}

function promotionOf(topology: Topology): Fact<Range> {
  const isAurora = componentsOf(topology, "database").every(({ settings }) => settings.engine.startsWith("aurora-"));
  return isAurora ? TAKEOVER.promoteAurora : TAKEOVER.promoteReplica;
}

function middleOf({ value: [shortest, longest] }: Fact<Range>): Ms {
  return (shortest + longest) / 2;
}
