import type { Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";
import { nextStart } from "../control/start-pace.ts";

/** Spreads the starts of programs over time. */
export class StartPace {
  readonly #clock: Clock;
  /** When all that was let through will be paid for, at one in so much time. */
  #paidAt: Ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the next one may start: in the order of the calls. */
  async turn(): Promise<void> {
    const { paidAt, waitMs } = nextStart(this.#paidAt, this.#clock.now());
    this.#paidAt = paidAt;
    if (waitMs > 0) await this.#clock.sleep(waitMs);
  }
}
