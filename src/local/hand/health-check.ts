import type { RegionPlane } from "../region/region-plane.ts";
import type { Hand } from "./hand.ts";

/** Has every balancer node check a service's tasks by another path. Undone, by the definition's own. */
export function healthCheckHand(plane: Pick<RegionPlane, "setHealthPath">): Hand<"health-check"> {
  return {
    do: ({ service, path }) => plane.setHealthPath(service, path),
    undo: ({ service }) => plane.setHealthPath(service, null),
  };
}
