import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { BACKUP } from "../../facts/serverless.ts";
import { timer } from "../../topology/timing.ts";
import { type Journey, componentsOf } from "../../topology/topology.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
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
  return drawCount(writesPerMs(drill), behindMs, random);
}

/** Writes that are acknowledged for good, and kept in a database, in a millisecond. */
function writesPerMs(drill: DrillToPredict): number {
  const { journeys } = drill.topology;
  const total = journeys.reduce((sum, { weight }) => sum + weight, 0);
  const written = journeys
    .filter((journey) => isKept(drill, journey))
    .reduce((sum, { weight, read, module }) => {
      return sum + weight * (read === null && module === null ? 1 : 1 - drill.customers.readShare);
    }, 0);
  return (drill.customers.rate / 1_000) * (written / total);
}

function isKept({ topology }: DrillToPredict, { write, module, durability, needs }: Journey): boolean {
  const isWritten = write !== null || module !== null;
  const isStored = componentsOf(topology, "database").some(({ id }) => needs.includes(id));
  return isWritten && isStored && durability === "acknowledged";
}

/** How many events of a Poisson process fall into a time. */
function drawCount(perMs: number, ms: Ms, random: Random): number {
  let count = 0;
  if (perMs === 0) return 0;
  for (let at = random.exponential(1 / perMs); at < ms; at += random.exponential(1 / perMs)) count += 1;
  return count;
}
