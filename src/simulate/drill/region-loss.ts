import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { BACKUP } from "../../facts/serverless.ts";
import { timer } from "../../topology/timing.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { keptWritesIn } from "./kept-writes.ts";
import type { RegionRecovery } from "./region-recovery.ts";
import type { RegionWorld } from "./region-world.ts";

/**
 * Acknowledged writes that a region took with it which nobody else has: all that was acknowledged while its log did not
 * reach the one that took over, or since its log was backed up last, as far as customers came before. Nothing where no
 * other region was promoted for it. What waits in its queues is not lost: it is sent on when the region is back.
 */
export function lostWrites(
  drill: DrillToPredict,
  of: { readonly world: RegionWorld; readonly recovery: RegionRecovery; readonly faultAt: Ms; readonly random: Random },
): number {
  const { world, recovery, faultAt } = of;
  const random = of.random.fork("lost");
  const promoted = recovery.marks.find(({ what, at }) => what === "promote" && at >= faultAt);
  const isLost = recovery.marks.some(({ what, at }) => what === "lost" && at >= faultAt);
  if (promoted === undefined || !isLost) return 0;
  const unsaved = timer(BACKUP.logUpload.value, drill.pace) * random.next();
  const behindMs =
    drill.topology.recovery === "backup-restore"
      ? Math.min(unsaved, drill.steadyMs)
      : faultAt - Math.min(faultAt, world.behindSince(promoted.subject) ?? faultAt);
  return keptWritesIn(drill, behindMs, random);
}
