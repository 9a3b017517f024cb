import type { RegionPlane } from "../region/region-plane.ts";
import type { Hand, PrimitiveOf } from "./hand.ts";

/** Makes the queue service fail calls, for all who send them; each fault by itself is undone. */
export function serviceFaultHand(plane: Pick<RegionPlane, "applyQueueFaults">): Hand<"service-fault"> {
  const inForce = new Set<PrimitiveOf<"service-fault">>();
  const apply = (): Promise<void> =>
    plane.applyQueueFaults([...inForce].map(({ queue, effect }) => ({ queue, effect })));
  return {
    async do(primitive) {
      inForce.add(primitive);
      await apply();
    },
    async undo(primitive) {
      inForce.delete(primitive);
      await apply();
    },
  };
}
