import { SCALING_PERIOD_MS, type ScalingSpec, type ScalingState, scaling } from "../../../control/scaling.ts";
import type { Surroundings } from "./part.ts";

/** What scaling follows, and what it changes. */
export interface Tracked {
  readonly spec: ScalingSpec;
  /** How many tasks there are while all is well. */
  readonly usual: number;
  /** Of all tasks together, over the last period. */
  readonly metric: () => number;
  /** Whether there is anything to follow. */
  readonly isBusy: () => boolean;
  readonly scaleTo: (count: number) => void;
}

/** Target tracking in virtual time: looks at its metric for as long as there are other tasks than usual, or too few. */
export class Tracking {
  readonly #tracked: Tracked;
  readonly #time: Surroundings["time"];
  #state: ScalingState | null = null;
  #isWatching = false;

  constructor(tracked: Tracked, time: Surroundings["time"]) {
    this.#tracked = tracked;
    this.#time = time;
  }

  /** There is something to follow, perhaps still. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#time.after(SCALING_PERIOD_MS, () => {
      this.#isWatching = false;
      const { isBusy, usual } = this.#tracked;
      this.#follow();
      if (isBusy() || (this.#state?.desired ?? usual) > usual) this.watch();
    });
  }

  #follow(): void {
    const { spec, metric, scaleTo } = this.#tracked;
    const now = this.#time.now();
    const state = this.#state ?? scaling.start(spec, now);
    const step = scaling.step(spec, state, now, [{ kind: "metric", value: metric() }]);
    this.#state = step.state;
    for (const { count } of step.act) scaleTo(count);
  }
}
