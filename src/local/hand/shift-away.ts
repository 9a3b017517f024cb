import type { ZonalShiftLoop } from "../zonal-shift-loop.ts";
import type { Hand } from "./hand.ts";

/** Begins a zonal shift of every service; undone, it is cancelled. */
export function shiftAwayHand(shifts: Pick<ZonalShiftLoop, "shift" | "cancel">): Hand<"shift-away"> {
  return {
    async do({ zone }) {
      shifts.shift(zone);
    },
    async undo({ zone }) {
      shifts.cancel(zone);
    },
  };
}
