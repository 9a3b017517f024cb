import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import type { Spread } from "../system/spread.ts";
import { drawTime } from "../system/spread.ts";
import type { VirtualTime } from "../virtual-time.ts";

/**
 * The processors of a machine, shared evenly by what works on it: as much as there are processors goes at its own
 * speed, and more of it shares.
 */
export class Processors {
  readonly #time: VirtualTime;
  readonly #count: number;
  readonly #free: number;
  readonly #onChange: () => void;
  readonly #left = new Map<() => void, Ms>();
  #since: Ms;
  #cancel: () => void = () => undefined;

  /** `count` processors, of which so much is taken by what runs all the time. */
  constructor(
    time: VirtualTime,
    { count, taken }: { readonly count: number; readonly taken: number },
    onChange: () => void,
  ) {
    this.#time = time;
    this.#count = count;
    this.#free = count - taken;
    this.#onChange = onChange;
    this.#since = time.now();
  }

  /** Whether so much works that half of it waits for a processor: then what customers ask for is late, too. */
  get isCrowded(): boolean {
    return this.#left.size >= 2 * this.#count;
  }

  /** Begins work that takes so long where it has a processor to itself; calls `then` when it is done. */
  work(alone: Spread, random: Random, then: () => void): void {
    this.#advance();
    this.#left.set(then, drawTime(alone, random));
    this.#waitForNext();
    this.#onChange();
  }

  get #share(): number {
    return Math.min(1, this.#free / Math.max(1, this.#left.size));
  }

  /** Takes off what was done since the last look. */
  #advance(): void {
    const done = (this.#time.now() - this.#since) * this.#share;
    this.#since = this.#time.now();
    for (const [then, left] of this.#left) this.#left.set(then, left - done);
  }

  #waitForNext(): void {
    this.#cancel();
    if (this.#left.size === 0) return;
    const least = Math.min(...this.#left.values());
    this.#cancel = this.#time.after(Math.max(0, least) / this.#share, () => {
      this.#advance();
      const up = [...this.#left].filter(([, left]) => left <= 1e-6).map(([then]) => then);
      for (const then of up) this.#left.delete(then);
      for (const then of up) then();
      this.#waitForNext();
      this.#onChange();
    });
  }
}
