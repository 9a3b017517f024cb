import type { Ms } from "../../base/units.ts";

/** What keeping a database's backups rests on. All times at the pace of the run. */
export interface BackupSpec {
  /** From the beginning of one backup to that of the next. */
  readonly everyMs: Ms;
  readonly keepMs: Ms;
  /** Whether there is another region to copy to. */
  readonly copies: boolean;
  /** From the end of one restore test to the next; null: none. */
  readonly testEveryMs: Ms | null;
  /** Pause before what failed is tried again. */
  readonly retryMs: Ms;
}

/** A base backup that is kept. */
export interface KeptBase {
  readonly id: string;
  readonly startedAt: Ms;
  readonly finishedAt: Ms;
  /** Nothing is known to be wrong with it. */
  readonly good: boolean;
  /** It is in the other region, too. */
  readonly copied: boolean;
}

/** What the world tells. */
export type BackupSeen =
  /** What the archives hold, and when a restore was last tested. Comes first, and may come again. */
  | { readonly kind: "listed"; readonly bases: readonly KeptBase[]; readonly lastTestAt: Ms | null }
  /** Somebody wants a backup now. One that is under way does not count: it may have begun before what matters. */
  | { readonly kind: "asked" }
  /** Base backups were found to be damaged: here, or their copies in the other region. */
  | { readonly kind: "bad"; readonly bases: readonly string[]; readonly copies: readonly string[] }
  /** The end of an act; comes for each in finite time. */
  | { readonly kind: "done"; readonly id: number; readonly ok: boolean; readonly base?: KeptBase };

export type BackupAct =
  /** Take one. Its end, where it went well, has the base backup. */
  | { readonly kind: "backup"; readonly id: number }
  | { readonly kind: "copy"; readonly id: number; readonly base: string }
  /** Verify all, and restore the latest to see that it can be. */
  | { readonly kind: "test"; readonly id: number }
  /** Here and in the other region, with the log that nothing needs any more. */
  | { readonly kind: "delete"; readonly id: number; readonly bases: readonly string[] };

/** What is believed. */
export interface BackupState {
  /** The oldest first. */
  readonly bases: readonly KeptBase[];
  readonly listed: boolean;
  readonly doing: BackupAct | null;
  readonly asked: boolean;
  readonly lastStartAt: Ms | null;
  readonly lastTestAt: Ms | null;
  /** Before which each is not tried again. */
  readonly retryAt: Readonly<Record<BackupAct["kind"], Ms>>;
  readonly nextId: number;
}
