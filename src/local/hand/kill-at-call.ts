import type { RegionPlane } from "../region/region-plane.ts";
import { type Hand, nothingToUndo } from "./hand.ts";
import type { SignalInstance } from "./signal.ts";

/** Traps that wait for their call, and what each does when it is sprung. */
export class Traps {
  readonly #waiting = new Map<string, () => void>();

  set(id: string, sprung: () => void): void {
    this.#waiting.set(id, sprung);
  }

  /** The call of this trap was swallowed. */
  spring(id: string): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}

/** Arms a trap in the zone of the task; it kills when it is sprung. */
export function killAtCallHand(plane: RegionPlane, traps: Traps, signal: SignalInstance): Hand<"kill-at-call"> {
  return {
    async do({ instance, zone, component, operation }, id) {
      traps.set(id, () => void signal(instance, "SIGKILL"));
      await plane.arm(zone, { id, component, operation });
    },
    undo: nothingToUndo,
  };
}
