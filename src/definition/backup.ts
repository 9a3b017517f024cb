import type { Duration } from "../base/units.ts";
import { BACKUP } from "../facts/serverless.ts";
import { type Read, days, everyHours, oneOf, optional, shape } from "./schema.ts";

/**
 * Copies of all that holds data, kept apart from it, in the second region too where there is one. AWS Backup.
 *
 * @example
 * backups: { every: "12 hours", keep: "90 days" }
 */
export interface Backups {
  /** 1, 2, 3, 4, 6, 8, 12 or 24 hours. @default "24 hours" */
  readonly every?: Duration;
  /** In whole days. @default "35 days" */
  readonly keep?: Duration;
  /**
   * Whether a copy can be deleted before its time. `governance`: by nobody without a permission of its own;
   * `compliance`: by nobody at all, and neither can this be taken back. @default "governance"
   */
  readonly lock?: "governance" | "compliance" | "off";
  /** Restore a copy again and again, to know that it can be. @default true */
  readonly testRestores?: boolean;
}

/** Backups as a definition has them, with all that was left out. */
export type BackupsDefinition = Read<typeof readBackups>;

const DAY_MS = 24 * 3_600_000;

/** Reads the backups. */
export const readBackups = shape({
  every: optional(everyHours(BACKUP.hours.value), DAY_MS),
  keep: optional(days(BACKUP.keep), BACKUP.keep.value),
  lock: optional(oneOf("governance", "compliance", "off"), "governance"),
  testRestores: optional(oneOf(true, false), true),
});
