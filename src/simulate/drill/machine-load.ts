import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { PROCESSORS, PROCESSORS_IDLE } from "../../facts/engine.ts";
import { MACHINE } from "../../facts/machine.ts";
import { drawTime, meanTime } from "../system/spread.ts";

/** Programs that start, and are as nice as those that serve, always have this share of all processors. */
const LEFT_FOR_OTHERS = 0.2;

/** How many processors are taken while so many operations a second come: as many as that needs, and never all. */
export function processorsTaken(perSecond: number): number {
  const needed = meanTime(PROCESSORS_IDLE) + (perSecond / 1_000) * meanTime(MACHINE.work.value);
  return Math.min(PROCESSORS * (1 - LEFT_FOR_OTHERS), needed);
}

/**
 * What waits for the processors of the machine that a drill runs on. Customers, tasks and engines all share them, so
 * that more tasks bear no more; what nobody waits for any longer is worked off all the same.
 */
export class MachineLoad {
  readonly #random: Random;
  readonly #free: number;
  /** Processor time that is still to be worked off. */
  #left: Ms = 0;
  #since: Ms = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#free = PROCESSORS - drawTime(PROCESSORS_IDLE, random);
  }

  /** A request arrives, in the order of all: how long it waits for those before it. */
  arrive(at: Ms): Ms {
    this.#left = Math.max(0, this.#left - (at - this.#since) * this.#free);
    this.#since = at;
    const waitsMs = this.#left / this.#free;
    this.#left += drawTime(MACHINE.work.value, this.#random);
    return waitsMs;
  }
}
