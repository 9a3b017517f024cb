import type { Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";

/** Programs that may be started together, and the time after which there is room for one more. */
const TOGETHER = 3;
const ONE_MORE_AFTER_MS: Ms = 500;

/**
 * Spreads the starts of programs over time. At AWS each task comes with a processor of its own; here a dozen programs
 * that start at once would take the processor from everything else, and look like an outage that is none.
 */
export class StartPace {
  readonly #clock: Clock;
  /** When all that was let through will be paid for, at one in so much time. */
  #paidAt: Ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the next one may start: in the order of the calls. */
  async turn(): Promise<void> {
    const now = this.#clock.now();
    this.#paidAt = Math.max(this.#paidAt, now) + ONE_MORE_AFTER_MS;
    const waitMs = this.#paidAt - TOGETHER * ONE_MORE_AFTER_MS - now;
    if (waitMs > 0) await this.#clock.sleep(waitMs);
  }
}
