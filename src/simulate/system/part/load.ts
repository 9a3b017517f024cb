import type { Ms } from "../../../base/units.ts";
import type { ScalingSpec } from "../../../control/scaling.ts";
import type { Surroundings } from "./part.ts";
import { Tracking } from "./tracking.ts";

/** What customers of a region ask for over a day. Rates are operations a second. */
export interface Demand {
  readonly region: string;
  /** At the busiest time of the day, and at the quietest as a share of that. */
  readonly peak: number;
  readonly trough: number;
}

/** How customers load a service in one region, and what its tasks bear. */
export interface LoadPlan extends Demand {
  /** What one task bears at most, and what it has where scaling keeps it at its target. */
  readonly perTask: number;
  readonly atTarget: number;
  readonly requestMs: Ms;
  /** After which a customer gives an attempt up. */
  readonly patienceMs: Ms;
  readonly attempts: number;
  /** What may wait at a task, in terms of the time that it takes. */
  readonly queueMs: Ms;
  /** Whether scaling follows what customers ask for a minute, and not what is under way. */
  readonly countsRequests: boolean;
  /** Null where nothing follows the load. */
  readonly scaling: ScalingSpec | null;
}

/** What a service has of tasks, and how it gets others. */
export interface Tasks {
  /** How many work on requests now. */
  readonly working: () => number;
  readonly scaleTo: (count: number) => void;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const TICK_MS = 1_000;

type Time = Pick<Surroundings, "clockMs" | "ledTo">;

/** What customers ask for at this time of the day: least at midnight, most at noon. */
export function demandAt({ peak, trough, region }: Demand, { clockMs, ledTo }: Time): number {
  const rise = (1 - Math.cos((2 * Math.PI * (clockMs() % DAY_MS)) / DAY_MS)) / 2;
  return ledTo(region) * peak * (trough + (1 - trough) * rise);
}

/** At whatever time of the day. */
export function mostOf({ peak, region }: Demand, { ledTo }: Pick<Time, "ledTo">): number {
  return ledTo(region) * peak * (1 + Number.EPSILON * 8); // what is asked for at noon is not exact
}

/** How many tasks run at this time of the day while all is well, of which there always are `least`. */
export function tasksAt(plan: LoadPlan, time: Time, least: number): number {
  if (plan.scaling === null) return least;
  const wanted = Math.ceil(demandAt(plan, time) / plan.atTarget);
  return Math.max(least, Math.min(wanted, plan.scaling.max));
}

/**
 * Requests as a fluid. While the tasks bear what customers ask for, nothing is computed. Where they do not, work piles
 * up; what waits for longer than customers do is done in vain; and who was not served tries again, so that a load can
 * outlive its cause (a metastable failure) until there are more tasks, or fewer customers.
 */
export class Load {
  readonly #plan: LoadPlan;
  readonly #around: Surroundings;
  readonly #tasks: Tasks;
  /** Null where nothing follows the load. */
  readonly #tracking: Tracking | null;
  /** Requests that wait. */
  #backlog = 0;
  /** The share of the attempts that fail. */
  #failing = 0;
  #slowness = 1;
  #weight = 1;
  #isTicking = false;

  constructor(plan: LoadPlan, around: Surroundings, tasks: Tasks) {
    this.#plan = plan;
    this.#around = around;
    this.#tasks = tasks;
    const { scaling: spec } = plan;
    this.#tracking =
      spec &&
      new Tracking(
        {
          spec,
          usual: Math.max(spec.initial, spec.min),
          metric: () => this.#metric(),
          isBusy: () => this.#isTicking,
          scaleTo: tasks.scaleTo,
        },
        around.time,
      );
  }

  /** The share of the operations that are served in time. */
  get served(): number {
    return 1 - this.#failing ** this.#plan.attempts;
  }

  /** Each request takes so many times as long, for a while. */
  slow(factor: number, forMs: Ms): void {
    this.#slowness *= factor;
    this.#around.time.after(forMs, () => (this.#slowness /= factor));
  }

  /** From now on each request is so many times the work that it is while all is well. */
  weigh(weight: number): void {
    this.#weight = weight;
  }

  /** The share of what is asked for that is worked on, in time or in vain. */
  get worked(): number {
    return Math.min(1, this.capacity / Math.max(this.#demand(), Number.MIN_VALUE));
  }

  /** Operations a second that are borne now. */
  get capacity(): number {
    return (this.#tasks.working() * this.#plan.perTask) / (this.#slowness * this.#weight);
  }

  /** Something has changed: it may be too much now. Tells whether it may be so later without any change. */
  look(): boolean {
    if (this.#isTicking) return false;
    const { capacity } = this;
    if (mostOf(this.#plan, this.#around) <= capacity) return false;
    if (this.#demand() <= capacity) return true;
    this.#isTicking = true;
    this.#later();
    this.#tracking?.watch();
    return false;
  }

  #demand(): number {
    return demandAt(this.#plan, this.#around);
  }

  #offered(): number {
    let attempts = 0;
    for (let each = 0; each < this.#plan.attempts; each += 1) attempts += this.#failing ** each;
    return this.#demand() * attempts;
  }

  #later(): void {
    this.#around.time.after(TICK_MS, () => this.#tick());
  }

  /** A second passes. */
  #tick(): void {
    const { capacity } = this;
    const offered = this.#offered();
    const room = (capacity * this.#plan.queueMs) / 1_000;
    const surplus = ((offered - capacity) * TICK_MS) / 1_000;
    this.#backlog = Math.min(Math.max(0, this.#backlog + surplus), room);
    const isLate = capacity === 0 || (this.#backlog / capacity) * 1_000 > this.#plan.patienceMs;
    const refused = this.#backlog >= room && offered > 0 ? Math.max(0, 1 - capacity / offered) : 0;
    this.#failing = isLate ? 1 : refused;
    this.#isTicking = this.#backlog > 0 || this.#failing > 0 || this.#demand() > capacity;
    if (this.#isTicking) this.#later();
  }

  /** What scaling follows. */
  #metric(): number {
    if (this.#plan.countsRequests) return (this.#offered() * MINUTE_MS) / 1_000;
    const worked = Math.min(this.#offered(), this.capacity) * (this.#plan.requestMs / 1_000) * this.#slowness;
    return this.#backlog + worked;
  }
}
