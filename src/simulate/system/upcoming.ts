import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { YEAR } from "../../facts/failure.ts";
import type { Hazard } from "./model.ts";

interface Due {
  at: Ms;
  /** How often it has been due. */
  count: number;
  readonly hazard: Hazard;
  readonly meanMs: Ms;
  readonly random: Random;
  /** Which of its strikes are left out, while the others stay where they are. Null: none. */
  readonly sparing: Random | null;
}

/** When each hazard strikes next. Each has a stream of chance of its own, and does not know what the others do. */
export class Upcoming {
  /** A heap, the earliest first. */
  readonly #due: Due[];

  constructor(hazards: readonly Hazard[], seed: string) {
    this.#due = hazards
      .filter(({ perYear }) => perYear > 0)
      .map((hazard) => {
        const random = seededRandom(`${seed}/${hazard.key}`);
        const sparing = hazard.spared ? seededRandom(`${seed}/${hazard.key}/spared`) : null;
        const due: Due = { at: 0, count: -1, hazard, meanMs: YEAR.value / hazard.perYear, random, sparing };
        advance(due);
        return due;
      });
    this.#due.sort((a, b) => a.at - b.at); // a sorted list is a heap
  }

  /** When the next one strikes; Infinity where none ever does. */
  get at(): Ms {
    return this.#due[0]?.at ?? Infinity;
  }

  /** The next one strikes, for the `count`-th time, and is due again some time later. There must be one. */
  take(): { readonly hazard: Hazard; readonly count: number } {
    const first = this.#due[0]!; // the caller has looked at `at`
    const { hazard, count } = first;
    advance(first);
    this.#sink(first);
    return { hazard, count };
  }

  #sink(moved: Due): void {
    const heap = this.#due;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1; // both are within its length
      const below = heap[child]!; // within its length
      if (below.at >= moved.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = moved;
  }
}

function advance(due: Due): void {
  const { hazard, meanMs, random, sparing } = due;
  do {
    due.at += random.exponential(meanMs);
    due.count += 1;
  } while ((sparing?.next() ?? 1) < (hazard.spared ?? 0));
}
