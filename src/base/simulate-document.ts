import type { FaultSchedule } from "./fault-schedule.ts";
import type { Ms } from "./units.ts";

/** A figure with the interval in which it lies with 95% confidence, as far as chance goes. */
export interface Sampled {
  readonly mean: number;
  readonly low95: number;
  readonly high95: number;
}

/** What one cause did. */
export interface SimulatedCause {
  readonly cause: string;
  readonly perYear: number;
  /** How many of them customers noticed. */
  readonly feltPerYear: number;
  readonly downtimeMinutesPerYear: number;
  /** How long customers were not served, over all of them; 0 where nobody noticed. */
  readonly recoveryTimeMs: { readonly p50: Ms; readonly p95: Ms; readonly p99: Ms };
  /** Age of the oldest acknowledged write that was gone, in seconds. */
  readonly lostSeconds: { readonly p50: number; readonly p99: number };
  /** How long accepted work waited behind queues, at most, in seconds. */
  readonly lateSeconds: { readonly p50: number; readonly p99: number };
}

/** How late the work behind a queue was. Shares are of all messages, from 0 to 1. */
export interface SimulatedQueue {
  readonly queue: string;
  /** The longest that any message waited. */
  readonly longestSeconds: number;
  /** Older than the queue keeps them. */
  readonly lostShare: number;
  /** The longest recovery that the objectives allow; null where they have none. */
  readonly objectiveSeconds: number | null;
  /** What waited for longer than that. */
  readonly beyondObjectiveShare: number | null;
}

/** How many incidents took about so long: bounds of a bar, of which each is twice as far as the one before. */
export interface RecoveryBar {
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly count: number;
}

/** Another design on the same seeds: both meet the same fate where they are the same. */
export interface SimulatedChange {
  readonly change: string;
  /** Downtime that it adds, in minutes a year; below 0: that it saves. */
  readonly addsMinutesPerYear: Sampled;
}

/** What `simulate --json` writes. */
export interface SimulateDocument {
  readonly holdfast: 1;
  readonly system: string;
  readonly recovery: string;
  readonly years: number;
  readonly seed: number;
  /** Events of the simulation, and how long it took. */
  readonly events: number;
  readonly wallMs: Ms;
  /** Share of the time in which every journey is served, by the middle of the range of each rate. */
  readonly availability: Sampled;
  /** What it would be were all rates at the low, or at the high end of their ranges. */
  readonly availabilityRange: readonly [low: number, high: number];
  readonly downtimeMinutesPerYear: number;
  readonly incidents: readonly SimulatedCause[];
  /** Recovery times of all incidents that customers noticed. */
  readonly recoveryTimes: readonly RecoveryBar[];
  /** Downtime of each simulated year, in minutes, at these shares of all years. */
  readonly yearMinutes: { readonly p5: number; readonly p50: number; readonly p95: number; readonly p99: number };
  /** Components by their share of the downtime, the worst first. */
  readonly weakest: readonly { readonly component: string; readonly share: number }[];
  /** The queues that journeys put something into, and that something works off. */
  readonly queues: readonly SimulatedQueue[];
  /**
   * Minutes a year of outages that began while something else was broken, by importance sampling: what a thousand years
   * may not contain. Null where it was not asked for.
   */
  readonly coincidences: Sampled | null;
  /** The worst schedules that a search found, those first whose strikes make each other worse; null as above. */
  readonly worst: readonly FaultSchedule[] | null;
  /** Another definition beside this one; null where none was given. */
  readonly whatIf: SimulatedChange | null;
  /** What one cause being half as frequent, or lasting half as long, would change; null where it was not asked for. */
  readonly sensitivity: readonly SimulatedChange[] | null;
  readonly assumes: readonly string[];
}
