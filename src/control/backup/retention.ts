import type { Ms } from "../../base/units.ts";
import type { BackupSpec, KeptBase } from "./language.ts";

/** The base backups that may go: those older than they must be kept, but never the newest good one. */
export function expired(
  { keepMs }: Pick<BackupSpec, "keepMs">,
  bases: readonly KeptBase[],
  now: Ms,
): readonly KeptBase[] {
  const last = bases.findLast(({ good }) => good);
  return bases.filter((base) => base !== last && now >= base.finishedAt + keepMs);
}

/** A base backup with the log that it needs to be consistent, in bytes of log. */
export interface LogNeed {
  readonly startLsn: number;
  readonly stopLsn: number;
  readonly finishedAt: Ms;
}

/**
 * Which log is needed: what each kept base backup needs itself, and all from the one on that the moment `since` rests
 * on. `from` null: there is no base backup.
 */
export function neededLog<Base extends LogNeed>(
  bases: readonly Base[],
  since: Ms,
): { readonly own: readonly Base[]; readonly from: Base | null } {
  const sorted = bases.toSorted((one, other) => one.finishedAt - other.finishedAt);
  return { own: sorted, from: sorted.findLast(({ finishedAt }) => finishedAt <= since) ?? sorted[0] ?? null };
}
