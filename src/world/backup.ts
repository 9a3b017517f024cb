import type { Ms } from "../base/units.ts";

/** A backup of one database that was just taken. */
export interface BackedUp {
  readonly database: string;
  readonly id: string;
  /** On the disk, compressed. */
  readonly bytes: number;
  readonly tookMs: Ms;
  readonly encrypted: boolean;
  /** The region that has a copy of it; null: none. */
  readonly copiedTo: string | null;
  /** The earliest and the latest moment that can be restored; null: none. */
  readonly restorable: { readonly from: Ms | null; readonly to: Ms | null };
}

/** What `holdfast backup` tells. */
export interface BackupReport {
  readonly databases: readonly BackedUp[];
}

/** A database that was just restored. */
export interface RestoredDatabase {
  readonly database: string;
  /** Id of the base backup that it was made of. */
  readonly base: string;
  /** When the last transaction that it has was committed; null: none since the base backup. */
  readonly reachedAt: Ms | null;
  readonly rows: number;
  /** From the beginning of the restore to its end: read, verified, replayed, and every row read. */
  readonly tookMs: Ms;
}

/** What `holdfast restore` tells. */
export interface RestoreReport {
  /** Null: the latest state. */
  readonly toTime: Ms | null;
  readonly databases: readonly RestoredDatabase[];
  /** For how long nobody could write. */
  readonly downMs: Ms;
}

/** A world that keeps backups of its databases. Calls reject with a `UserError` where the user can mend it. */
export interface BackupWorld {
  /** Takes a backup of every database now, and copies it to the other region, where there is one. */
  backup(): Promise<BackupReport>;
  /**
   * Puts every database back to what it was at `toTime` (null: the latest state of its backups), in place. Either all
   * of them can be restored, or nothing is touched.
   */
  restore(wanted: { readonly toTime: Ms | null }): Promise<RestoreReport>;
}
