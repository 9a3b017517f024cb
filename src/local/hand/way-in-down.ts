import type { GlobalPlane } from "../global-plane.ts";
import type { Hand } from "./hand.ts";

/** Loses the edge location near a region. */
export function edgeDownHand(plane: Pick<GlobalPlane, "setEdgeDown">): Hand<"edge-down"> {
  return {
    do: ({ region }) => plane.setEdgeDown(region, true),
    undo: ({ region }) => plane.setEdgeDown(region, false),
  };
}

/** Has the DNS answer nobody who asks near a region. */
export function dnsDownHand(plane: Pick<GlobalPlane, "setDnsDown">): Hand<"dns-down"> {
  return {
    do: ({ region }) => plane.setDnsDown(region, true),
    undo: ({ region }) => plane.setDnsDown(region, false),
  };
}
