import type { DataPlane } from "../data-plane.ts";
import type { Hand } from "./hand.ts";

/** Takes the bucket of the static site away from the edge. */
export function siteDownHand(plane: Pick<DataPlane, "setSiteDown">): Hand<"site-down"> {
  return {
    do: () => plane.setSiteDown(true),
    undo: () => plane.setSiteDown(false),
  };
}
