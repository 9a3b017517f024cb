import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";

/** Parts that a window is counted in: it is exact to one of them. */
const PARTS = 30;
/** Keys that are remembered; beyond it, the one that was quiet for longest is forgotten. */
const MAX_KEYS = 100_000;

interface Counts {
  readonly parts: Uint32Array;
  total: number;
  /** The part that was counted in last, numbered from the epoch. */
  last: number;
}

/** Counts events by key over a window that ends now and moves on continuously. */
export class RateWindow {
  readonly #clock: Clock;
  readonly #partMs: Ms;
  readonly #keys = new Map<string, Counts>();

  constructor(windowMs: Ms, clock: Clock) {
    this.#clock = clock;
    this.#partMs = windowMs / PARTS;
  }

  /** Counts one event, and returns how many there were within the window, this one among them. */
  add(key: string): number {
    const now = Math.floor(this.#clock.now() / this.#partMs);
    const counts = this.#keys.get(key) ?? { parts: new Uint32Array(PARTS), total: 0, last: now };
    for (let part = Math.max(counts.last + 1, now - PARTS + 1); part <= now; part++) {
      counts.total -= counts.parts[part % PARTS] ?? 0;
      counts.parts[part % PARTS] = 0;
    }
    counts.last = now;
    counts.parts[now % PARTS]! += 1; // in range
    counts.total += 1;
    this.#keys.delete(key);
    this.#keys.set(key, counts);
    if (this.#keys.size > MAX_KEYS) this.#keys.delete(this.#keys.keys().next().value ?? key);
    return counts.total;
  }
}
