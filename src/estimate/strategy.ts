import type { LossScope } from "../base/estimate-document.ts";
import type { Topology } from "../topology/topology.ts";
import { type Cause, systemAvailability } from "./downtime.ts";
import { type Figures, type Judgement, judge } from "./objectives.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { dataLoss } from "./recovery/data-loss.ts";
import { regionChain } from "./recovery/region-loss.ts";
import { type Chain, slowest, timeOf } from "./recovery/stage.ts";
import { chainsWithinRegion } from "./recovery/within-region.ts";

/** All that is estimated of a system under its strategy, but for what it costs. */
export interface Assessment {
  readonly topology: Topology;
  readonly figures: Figures;
  readonly causes: readonly Cause[];
  readonly stages: Readonly<Record<LossScope, Chain>>;
  readonly judgement: Judgement;
}

/** Estimates a system under the strategy of its topology. */
export function assess(topology: Topology, rates: Rates = ratesOf(topology)): Assessment {
  const stages = {
    instance: slowest(chainsWithinRegion(topology, "instance")),
    zone: slowest(chainsWithinRegion(topology, "zone")),
    region: regionChain(topology),
  };
  const { availability, causes } = systemAvailability(topology, rates);
  const losses = byScope((scope) => dataLoss(topology, scope));
  const figures: Figures = {
    availability,
    rtoMs: byScope((scope) => timeOf(stages[scope])),
    rpoMs: byScope((scope) => losses[scope].age),
    slowest: byScope((scope) => ({ rto: longestStage(stages[scope]), rpo: losses[scope].component })),
  };
  return { topology, figures, causes, stages, judgement: judge(figures, topology.objectives) };
}

/** What most of a chain is, at worst. */
function longestStage(chain: Chain): string {
  const [first] = chain.toSorted((a, b) => b.rangeMs[1] - a.rangeMs[1]);
  return first === undefined ? "" : `${first.component}: ${first.name}`;
}

/** One of a kind for each size of loss. */
export function byScope<T>(of: (scope: LossScope) => T): Readonly<Record<LossScope, T>> {
  return { instance: of("instance"), zone: of("zone"), region: of("region") };
}
