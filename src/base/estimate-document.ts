import type { Ms } from "./units.ts";

/** The least and the most that a figure may be. */
export type EstimateRange = readonly [low: number, high: number];

/** The sizes of loss that objectives are about. */
export type LossScope = "instance" | "zone" | "region";

/** One stretch of a recovery. `person`: somebody has to decide. The other classes are those of a drill's stages. */
export interface EstimateStage {
  readonly name: "detect" | "decide" | "restore" | "promote" | "start" | "scale" | "shift" | "repair";
  readonly class: "timer" | "provider" | "program" | "person";
  readonly component: string;
  readonly rangeMs: EstimateRange;
  /** What it rests on: a setting of the definition, or what AWS says, or does not. */
  readonly because: string;
}

/** One line of what a strategy costs a month. */
export interface CostLine {
  /** A component, or the part of the system that all of them share. */
  readonly component: string;
  readonly what: string;
  /** Null where the price is not known. */
  readonly usdPerMonth: number | null;
  readonly assumes: string;
}

/** A change that would make a strategy meet the objectives. */
export interface CheapestChange {
  readonly what: string;
  /** What it adds to the cost; null where a price is not known. */
  readonly usdPerMonth: number | null;
}

/** Whether a promise is kept; `unknown` where the range of the figure straddles it. */
export type Meets = boolean | "unknown";

/** What one journey's customers have. */
export interface JourneyEstimate {
  readonly id: string;
  readonly availabilityRange: EstimateRange;
  readonly rtoRangeMs: Readonly<Record<LossScope, EstimateRange>>;
}

/** One strategy. Single numbers are the worse end of the range beside them: the one to plan with. */
export interface StrategyEstimate {
  readonly recovery: string;
  /** Whether it is the definition's. */
  readonly chosen: boolean;
  readonly availability: number;
  readonly availabilityRange: EstimateRange;
  readonly downtimeMinutesPerYear: EstimateRange;
  /** Minutes a year more than the definition's strategy by the same rates; null where that one was not looked at. */
  readonly moreDowntimeThanChosen: EstimateRange | null;
  /** What the downtime is made of, the worst first. */
  readonly causes: readonly { readonly cause: string; readonly minutesPerYear: EstimateRange }[];
  readonly rtoMs: Readonly<Record<LossScope, Ms>>;
  readonly rtoRangeMs: Readonly<Record<LossScope, EstimateRange>>;
  /** Each by itself; what is above is all of them together. */
  readonly journeys: readonly JourneyEstimate[];
  /** What the recovery is made of, for the component that takes longest. */
  readonly stages: Readonly<Record<LossScope, readonly EstimateStage[]>>;
  /** Of what keeps data for good; caches and messages are in `losses`. */
  readonly rpoMs: Readonly<Record<LossScope, Ms>>;
  readonly rpoRangeMs: Readonly<Record<LossScope, EstimateRange>>;
  /** What is lost, or has to wait, that the RPO does not count. */
  readonly losses: readonly string[];
  /** Null where a price is not known. */
  readonly costUsdPerMonth: number | null;
  readonly costLines: readonly CostLine[];
  readonly meetsObjectives: Meets;
  readonly reasons: readonly string[];
  /** Null where it meets the objectives, or where no single change that is known here makes it. */
  readonly cheapestChange: CheapestChange | null;
}

/** What `estimate --json` writes. */
export interface EstimateDocument {
  readonly holdfast: 1;
  readonly system: string;
  /** What is held against the figures; null where the definition asks for nothing. */
  readonly objectives: Readonly<Record<LossScope, { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null }>>;
  readonly strategies: readonly StrategyEstimate[];
  /** Objectives that exclude each other, or that a strategy cannot meet whatever is spent. */
  readonly contradictions: readonly string[];
  /** The product of AWS's service levels of one region: what AWS pays back below, and no availability. */
  readonly compositeSla: { readonly value: number; readonly of: readonly string[] };
  readonly assumes: readonly string[];
}
