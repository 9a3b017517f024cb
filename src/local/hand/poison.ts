import type { RegionPlane } from "../region/region-plane.ts";
import { type Hand, noProcess, nothingToUndo } from "./hand.ts";

/** Sends a message from inside the queue service, past every producer. */
export function poisonHand(plane: Pick<RegionPlane, "beside">): Hand<"poison"> {
  return {
    async do({ queue, body }) {
      if (!plane.beside) throw noProcess("queue service");
      await plane.beside.request("poison", { queue, body });
    },
    undo: nothingToUndo,
  };
}
