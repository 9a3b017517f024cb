import type { JournalEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { Crowd } from "../fault/fault.ts";
import type { Journey } from "../topology/topology.ts";
import type { Entry } from "./exchange.ts";
import type { Home } from "./resolve.ts";

/** What the load is to be. It travels to the load's process as JSON. */
export interface LoadPlan {
  /** First part of every key, so that no two drills write the same ones. */
  readonly prefix: string;
  readonly seed: number;
  /** Arrivals a second, on average. */
  readonly rate: number;
  /** `exponential`: independent arrivals, as a public service sees them; `uniform`: evenly spaced. */
  readonly gaps: "exponential" | "uniform";
  /** How many people use the system, each with a cookie jar. */
  readonly customers: number;
  readonly journeys: readonly Journey[];
  readonly entry: Entry;
  /** At least one; the customers' numbers tell who lives where, in turn. */
  readonly homes: readonly Home[];
  /** How long an acknowledged write may stay invisible before a read that misses it has failed. */
  readonly visibleWithinMs: Ms;
  /** The arrivals end by themselves after this, whatever becomes of the one who started them. */
  readonly atMostMs: Ms;
}

/** What a journey can do, known once its module is loaded. */
export interface JourneyAbility {
  readonly id: string;
  readonly writes: boolean;
  readonly reads: boolean;
  readonly effects: boolean;
}

/** One look at a key. */
export interface Look {
  readonly key: string;
  readonly outcome: "present" | "absent" | "unknown";
  readonly applied: number | null;
}

/** What the load's process can be asked, with what it answers. */
export interface LoadRequests {
  open: { ask: LoadPlan; answer: readonly JourneyAbility[] };
  /** Begins the arrivals. */
  start: { ask: null; answer: null };
  /** Ends the arrivals; answered once no operation is in flight. */
  stop: { ask: null; answer: null };
  /** What else is asked of the system from now on, beside the journeys; null: nothing more. */
  crowd: { ask: Crowd | null; answer: null };
  /** Customers ask no more for what was acknowledged in this time: it was given up. */
  forget: { ask: { readonly from: Ms; readonly to: Ms }; answer: null };
  /** Reads these keys once each, as the customers who wrote them. */
  look: { ask: readonly string[]; answer: readonly Look[] };
  /** What each journey's books show; null where they could not be read. Journeys without `effects` are left out. */
  effects: { ask: null; answer: Readonly<Record<string, number | null>> };
}

/** The name of a request. */
export type LoadRequestName = keyof LoadRequests;

/** From the runner to the load's process. */
export type ToLoad = {
  [N in LoadRequestName]: { readonly id: number; readonly name: N; readonly ask: LoadRequests[N]["ask"] };
}[LoadRequestName];

/** From the load's process to the runner. */
export type FromLoad =
  | { readonly kind: "events"; readonly events: readonly JournalEvent[] }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | {
      readonly kind: "problem";
      readonly id: number;
      readonly message: string;
      readonly code?: string;
      readonly fix?: string;
    };
