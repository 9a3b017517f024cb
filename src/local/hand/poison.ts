import type { DataPlane } from "../data-plane.ts";
import { type Hand, noProcess, nothingToUndo } from "./hand.ts";

/** Sends a message from inside the queue service, past every producer. */
export function poisonHand(plane: Pick<DataPlane, "region">): Hand<"poison"> {
  return {
    async do({ queue, body }) {
      if (!plane.region) throw noProcess("queue service");
      await plane.region.request("poison", { queue, body });
    },
    undo: nothingToUndo,
  };
}
