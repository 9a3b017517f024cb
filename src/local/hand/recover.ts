import type { RegionRecovery } from "../recovery/region-recovery.ts";
import { type Hand, nothingToUndo } from "./hand.ts";

/** Tells the recovery of regions what a person wants. */
export function recoverHand(recovery: Pick<RegionRecovery, "command">): Hand<"recover"> {
  return {
    async do({ command }) {
      recovery.command(command);
    },
    undo: nothingToUndo,
  };
}
