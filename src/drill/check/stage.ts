import type { Ms } from "../../base/units.ts";
import type { StageClass } from "../../topology/timing.ts";

/** A stretch of one component's recovery. */
export interface Stage {
  /** `detect`, `promote`, `shift`, `reconnect`; of a region's recovery also `decide`, `fence`, `scale` and so on. */
  readonly name: string;
  readonly component: string;
  readonly class: StageClass;
  readonly from: Ms;
  readonly to: Ms;
  /** What the provider documents for it, where it is the provider's. */
  readonly documentedMs: Ms | null;
}
