import type { GlobalPlane } from "../global-plane.ts";
import type { Hand } from "./hand.ts";

/** Takes the bucket of the static site away from the edge. */
export function siteDownHand(plane: Pick<GlobalPlane, "setSiteDown">): Hand<"site-down"> {
  return {
    do: () => plane.setSiteDown(true),
    undo: () => plane.setSiteDown(false),
  };
}
