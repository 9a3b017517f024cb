import type { Parts } from "../assemble.ts";
import type { RegionPlane } from "../region/region-plane.ts";
import type { Hand } from "./hand.ts";

/** Kills all that a zone holds; its links are down already. Undone, its own process starts, and the rest follows. */
export function powerOffHand(plane: RegionPlane, { services, replicaSets }: Parts): Hand<"power-off"> {
  return {
    async do({ zone }) {
      plane.zones.get(zone)?.powerOff();
      for (const { tasks } of services) tasks.killIn(zone);
      await Promise.all(replicaSets.map((set) => set.killIn(zone)));
    },
    async undo({ zone }) {
      await plane.zones.get(zone)?.start();
    },
  };
}
