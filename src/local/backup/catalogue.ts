import type { Ms } from "../../base/units.ts";
import type { PastTimeline } from "../engine/database-history.ts";
import type { DamageKind } from "./damage.ts";

/** A file of a base backup. */
export interface BaseFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a base backup says of itself, in `manifest.json`. Written last: a folder without one is no backup. */
export interface Manifest {
  readonly holdfast: 1;
  readonly id: string;
  /** By the server's clock, as all times of an archive, and in whole milliseconds, as times are given. */
  readonly startedAt: Ms;
  /** All that was acknowledged before is in it. */
  readonly completeAt: Ms;
  readonly finishedAt: Ms;
  readonly timeline: number;
  /** It is consistent once the log between these two is replayed; in bytes. */
  readonly startLsn: number;
  readonly stopLsn: number;
  /** The key that it is encrypted with; null: it is not. */
  readonly keyId: string | null;
  readonly folders: readonly string[];
  /** In the order in which they are packed. */
  readonly files: readonly BaseFile[];
}

/**
 * What is known of the history. `mark`: whatever was acknowledged before `at` is in the log before `lsn`. `restored`:
 * the database went back to an earlier time; from here on times mean the new history.
 */
export type Mark =
  | { readonly kind: "mark"; readonly at: Ms; readonly timeline: number; readonly lsn: number }
  | { readonly kind: "restored"; readonly at: Ms; readonly toTime: Ms | null };

/** A part of an archive that cannot be used. */
export interface Unreadable {
  /** Its path in the archive. */
  readonly part: string;
  readonly damage: DamageKind;
  readonly why: string;
}

/** What an archive holds, without its contents. */
export interface Catalogue {
  readonly segmentBytes: number;
  /** The oldest first. */
  readonly bases: readonly Manifest[];
  /** Names of the segments of the log. */
  readonly log: ReadonlySet<string>;
  /** How each timeline but the first came to be. */
  readonly histories: ReadonlyMap<number, readonly PastTimeline[]>;
  /** In the order in which they were made. */
  readonly marks: readonly Mark[];
  /** Manifests and histories that are not as they were written: what they told is left out. */
  readonly unreadable: readonly Unreadable[];
}
