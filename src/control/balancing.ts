import type { Random } from "../base/random.ts";
import type { Ms } from "../base/units.ts";

/**
 * The counters of one target in one balancer node. Changed in place by the balancer: this is the path of every
 * request.
 */
export interface BalancingTarget {
  readonly id: string;
  healthy: boolean;
  /** Its health checks have come to a verdict. Until they do, it is in the state that ALB calls `initial`. */
  judged: boolean;
  /** A zonal shift keeps requests from its zone. */
  shiftedAway: boolean;
  /** Deregistered: finishes what it has, gets nothing new. */
  draining: boolean;
  /** Requests sent and not yet ended. */
  outstanding: number;
  /** When it became healthy; its share grows from there over `slowStartMs`. */
  healthySince: Ms;
}

/** A target that just came up is given at least this share of the others' load. */
const FIRST_SHARE = 0.1;

/** What the choice of a target rests on. */
export interface BalancingOptions {
  readonly now: Ms;
  /** How long the share of a target that became healthy grows; 0: it has its full share at once. */
  readonly slowStartMs: Ms;
  readonly random: Random;
}

/**
 * The target for the next request: the one with the fewest outstanding requests, one that is slowly starting counting
 * for less than a whole. Equals are drawn by lot, so that at low load a target that fails fast gets its share and no
 * more; under load it draws more, as it does at ALB. A zonal shift yields to health. When all are unhealthy all are
 * used (it fails open), but for those that nothing is known of yet; null where all are draining. Allocates nothing: it
 * is called for each request.
 */
export function pickTarget<T extends BalancingTarget>(targets: readonly T[], options: BalancingOptions): T | null {
  let best: T | null = null;
  let bestRank = Infinity;
  let bestLoad = Infinity;
  let equals = 0;
  for (let index = 0; index < targets.length; index += 1) {
    const target = targets[index]!; // within its length
    if (target.draining) continue;
    const rank = rankOf(target);
    if (rank > bestRank) continue;
    const load = (target.outstanding + 1) / shareOf(target, options);
    if (rank === bestRank && load > bestLoad) continue;
    equals = rank === bestRank && load === bestLoad ? equals + 1 : 1;
    // The n-th equal one takes the place with a chance of 1 in n: all have the same chance in the end.
    if (equals > 1 && options.random.int(equals) > 0) continue;
    best = target;
    bestRank = rank;
    bestLoad = load;
  }
  return best;
}

/** The lowest that there is gets the request. */
function rankOf({ healthy, judged, shiftedAway }: BalancingTarget): number {
  if (healthy) return shiftedAway ? 1 : 0;
  return judged ? 2 : 3;
}

/** From 0 to 1: how much of a whole target it is, while it starts slowly. */
function shareOf(target: BalancingTarget, { now, slowStartMs }: BalancingOptions): number {
  if (slowStartMs === 0) return 1;
  return Math.min(1, Math.max(FIRST_SHARE, (now - target.healthySince) / slowStartMs));
}
