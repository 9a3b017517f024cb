import type { Ms } from "./units.ts";

/** From where to where: nine of ten runs are to lie in it. */
export type Interval<T extends number = number> = readonly [low: T, high: T];

/** A stage of a recovery, as the simulator expects it. */
export interface PredictedStage {
  /** As in a drill's own stages: `detect`, `promote`, `shift`, `fence` and so on. */
  readonly name: string;
  readonly component: string;
  /** How long it lasts, in milliseconds at the pace of the drill. */
  readonly ms: Interval<Ms>;
}

/**
 * What the simulator says of a drill before the drill is made: times in whole milliseconds, at the pace of the drill.
 * It travels in the drill's journal, so that nobody can change it afterwards.
 */
export interface DrillPrediction {
  /** Of the slowest journey; the middle is the median of what was simulated. */
  readonly recoveryTimeMs: Interval<Ms>;
  readonly medianMs: Ms;
  /** Acknowledged writes that are lost, best effort aside. */
  readonly lost: Interval;
  /** By journey: median and interval. */
  readonly journeys: Readonly<Record<string, { readonly recoveryTimeMs: Interval<Ms>; readonly medianMs: Ms }>>;
  readonly stages: readonly PredictedStage[];
}
