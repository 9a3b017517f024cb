import type { ScalingLoop } from "../scaling-loop.ts";
import type { Hand } from "./hand.ts";

/** Has target tracking take the load of this moment for a share of the minimum's. Undone, the definition's counts. */
export function sizeToLoadHand(scaling: Pick<ScalingLoop, "sizeToLoad" | "restoreTarget">): Hand<"size-to-load"> {
  return {
    async do({ service, share }) {
      scaling.sizeToLoad(service, share);
    },
    async undo({ service }) {
      scaling.restoreTarget(service);
    },
  };
}
