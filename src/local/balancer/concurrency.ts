import type { Ms } from "../../base/units.ts";

/**
 * How many requests are under way, now and on average over time. By Little's law the average is the sum of what all
 * requests take, divided by the time: a request that is under way counts for as long as it has been so far.
 */
export class Concurrency {
  #current = 0;
  /** Requests times milliseconds since the last report. */
  #area = 0;
  #reportedAt: Ms;
  #changedAt: Ms;

  constructor(now: Ms) {
    this.#reportedAt = this.#changedAt = now;
  }

  /** Requests under way. */
  get current(): number {
    return this.#current;
  }

  /** One request more, or (−1) one that has ended. */
  add(requests: 1 | -1, now: Ms): void {
    this.#pass(now);
    this.#current += requests;
  }

  /** The average since the last call. */
  takeMean(now: Ms): number {
    this.#pass(now);
    const tookMs = now - this.#reportedAt;
    const mean = tookMs > 0 ? this.#area / tookMs : this.#current;
    this.#area = 0;
    this.#reportedAt = now;
    return mean;
  }

  #pass(now: Ms): void {
    this.#area += this.#current * (now - this.#changedAt);
    this.#changedAt = now;
  }
}
