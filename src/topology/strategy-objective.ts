import { STRATEGY_LIMITS } from "../facts/strategy.ts";
import type { RecoveryStrategy, ScopeObjective, Topology } from "./topology.ts";

/**
 * What the loss of a region is held against under a strategy. Under the definition's own that is the system's
 * objective. Another one, tried beside it, has to do what it is there for: where the system asks for more than that, it
 * is not the drill that failed, and the comparison says that the strategy does not meet the system's objective.
 */
export function strategyObjective({ objectives, recovery: own }: Topology, recovery: RecoveryStrategy): ScopeObjective {
  const { region } = objectives;
  if (recovery === own) return region;
  const { rtoMs, rpoMs } = STRATEGY_LIMITS[recovery].value;
  return { rtoMs: Math.max(region.rtoMs ?? 0, rtoMs), rpoMs: Math.max(region.rpoMs ?? 0, rpoMs) };
}
