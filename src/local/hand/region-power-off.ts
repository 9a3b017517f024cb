import type { LocalRegion } from "../region/local-region.ts";
import { isFenced } from "../region/posture.ts";
import type { Hand } from "./hand.ts";

/**
 * Kills all that a region holds; its links are down already. Undone, its own processes start, and the rest follows; of
 * a region that was given up meanwhile nothing does, before it has rejoined.
 */
export function regionPowerOffHand(
  region: Pick<LocalRegion, "open" | "powerOff" | "fence" | "posture">,
): Hand<"region-power-off"> {
  return {
    do: () => region.powerOff(),
    async undo() {
      if (isFenced(region.posture)) await region.fence();
      await region.open();
    },
  };
}
