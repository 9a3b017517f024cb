import type { UsedByRegion } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { RecoveryStrategy } from "../topology/topology.ts";
import type { StageClass } from "../topology/timing.ts";
import type { Verdict } from "./check/objectives.ts";

/** How a journey fared under a strategy; see {@link StrategyDocument}. */
export interface StrategyJourney {
  readonly durability: "acknowledged" | "best-effort";
  readonly recoveryTimeMs: Ms | null;
  readonly recoveryTimeAtAwsMs: Ms | null;
  readonly failed: number;
  readonly lost: number;
  readonly oldestLostAgeMs: Ms;
}

/** A stage of the recovery under a strategy. */
export interface StrategyStage {
  readonly name: string;
  readonly class: StageClass;
  readonly ms: Ms;
  readonly atAwsMs: Ms;
}

/**
 * What the loss of the region that serves came to under a strategy, as `drill --strategies --json` prints it. Of
 * several runs a figure is the median, by journey and by stage; what is lost is the worst of them, because a limit has
 * to hold each time. Times are null where the thing never happened.
 */
export interface StrategyDocument {
  readonly recovery: RecoveryStrategy;
  /** Whether it is the definition's. */
  readonly chosen: boolean;
  /** The worst of its runs. */
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** What it was held against: the system's objective under its own strategy, else what a strategy is there for. */
  readonly objective: { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null };
  /** Whether the system's objective for the loss of a region is met; null where that was not measured. */
  readonly meetsSystem: boolean | null;
  /** Of the slowest journey. */
  readonly recoveryTimeMs: Ms | null;
  readonly recoveryTimeAtAwsMs: Ms | null;
  /** Acknowledged writes that are lost, best effort aside, and how old the oldest was when the region was lost. */
  readonly lost: number;
  readonly lostAtMost: number;
  readonly oldestLostAgeMs: Ms;
  readonly acknowledged: number;
  readonly operations: number;
  readonly failed: number;
  readonly unknown: number;
  readonly journeys: Readonly<Record<string, StrategyJourney>>;
  readonly stages: readonly StrategyStage[];
  /** How long the way home took, under load. */
  readonly failbackMs: Ms | null;
  /** What the other regions used of this machine before the fault, together; null where nobody looked. */
  readonly ranBefore: Omit<UsedByRegion, "region"> | null;
  /** Its runs, by their places in `drills`. */
  readonly drills: readonly number[];
}
