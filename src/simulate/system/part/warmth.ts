import type { Ms } from "../../../base/units.ts";
import { Load, type LoadPlan } from "./load.ts";
import type { Part, Surroundings } from "./part.ts";
import { ReplicaPart } from "./replica.ts";

/** What a cache keeps from a database in one region: where it is cold, the database is asked instead. */
export interface WarmthPlan {
  readonly kind: "warmth";
  /** Key of the cache. */
  readonly cache: string;
  /** What the database is asked for while the cache is warm, and what it bears. */
  readonly load: LoadPlan;
  /** How many times the work an operation is for the database while the cache is empty. */
  readonly coldFactor: number;
  /** How fast an empty cache fills: after so long, all but a third of what is asked for is in it. */
  readonly warmMs: Ms;
  /** For how long an entry is kept. What is not renewed meanwhile is gone. */
  readonly entryMs: Ms;
}

/** From here on it is as good as warm. */
const WARM = 0.97;
/** So much of the time that it takes to fill passes between two looks at it. */
const TICK = 0.1;

/**
 * See {@link WarmthPlan}: the share of what is asked for that a cache has, as a fluid. What the database is asked for
 * instead fills it, whether the customer still waits for the answer or not.
 */
export class WarmthPart implements Part {
  readonly #plan: WarmthPlan;
  readonly #around: Surroundings;
  readonly #load: Load;
  #warm = 1;
  #since: Ms;
  /** Whether customers were led here. */
  #isLed: boolean;
  /** Whether the cache has answered since the last time. */
  #isServing = true;
  #isTicking = false;

  constructor(plan: WarmthPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
    this.#since = around.time.now();
    this.#isLed = around.ledTo(plan.load.region) > 0;
    this.#load = new Load(plan.load, around, { working: () => 1, scaleTo: () => undefined });
  }

  /** The share of the operations that the database bears. */
  share(): number {
    return this.#load.served;
  }

  /** The share of what is asked for that the cache has. */
  get warm(): number {
    return this.#warm;
  }

  strike(): void {
    // what strikes it strikes the cache
  }

  zoneChanged(): void {
    // the cache has members in zones
  }

  zoneNoticed(): void {
    // the cache has members in zones
  }

  look(): boolean {
    this.#pass();
    this.#isServing = (this.#cache()?.share() ?? 1) > 0;
    if (this.#isEmptied()) this.#warm = 0;
    if (this.#isServing && this.#warm >= WARM) this.#warm = 1;
    const { coldFactor, warmMs, load } = this.#plan;
    const weight = 1 + (coldFactor - 1) * (1 - this.#warm);
    this.#load.weigh(weight);
    const mayBeTooMuch = this.#load.look();
    const isBorne = load.peak * weight <= load.perTask; // at whatever time of the day
    if (!this.#isTicking && this.#isServing && !isBorne) {
      this.#isTicking = true;
      this.#around.time.after(TICK * warmMs, () => (this.#isTicking = false));
    }
    return mayBeTooMuch || !this.#isServing || this.#warm < 1;
  }

  #cache(): ReplicaPart | undefined {
    const part = this.#around.part(this.#plan.cache);
    return part instanceof ReplicaPart ? part : undefined;
  }

  /** No member has anything any more; or these are customers whom another region served until now. */
  #isEmptied(): boolean {
    const isLed = this.#around.ledTo(this.#plan.load.region) > 0;
    const isNew = isLed && !this.#isLed;
    this.#isLed = isLed;
    return isNew || (this.#cache()?.isEmpty ?? false);
  }

  /** Entries run out while nobody can write; else misses fill it, as fast as the database answers them. */
  #pass(): void {
    const now = this.#around.time.now();
    const passed = now - this.#since;
    this.#since = now;
    if (passed === 0) return;
    const { entryMs, warmMs } = this.#plan;
    if (!this.#isServing) this.#warm *= Math.exp(-passed / entryMs);
    else if (this.#warm < 1) this.#warm = 1 - (1 - this.#warm) * Math.exp((-passed * this.#load.worked) / warmMs);
  }
}
