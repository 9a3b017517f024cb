import type { Ms } from "../../base/units.ts";
import { neededLog } from "../../control/backup/retention.ts";
import { segmentStart } from "../engine/database-history.ts";
import type { Archive } from "./archive.ts";
import { ownSegments } from "./coverage.ts";

/**
 * Deletes base backups, then the log that none of the others needs: neither to be consistent, nor for a point in time
 * since `since` (Infinity: there are snapshots alone).
 */
export async function prune(archive: Archive, ids: readonly string[], since: Ms): Promise<void> {
  for (const id of ids) await archive.removeBase(id);
  const { segmentBytes } = archive;
  const { bases, log, unreadable } = await archive.catalogue();
  // What a manifest that cannot be read needs is not known.
  if (unreadable.some(({ part }) => part.startsWith("base/"))) return;
  const { own, from } = neededLog(bases, since);
  if (from === null) return;
  const needed = new Set(own.flatMap((base) => ownSegments(base, segmentBytes)));
  const isOld = (name: string): boolean => (segmentStart(name, segmentBytes) ?? 0) + segmentBytes <= from.startLsn;
  await archive.removeLog([...log].filter((name) => isOld(name) && !needed.has(name)));
  await archive.forgetMarks(from.finishedAt);
}
