import { BACKUP } from "../../facts/serverless.ts";
import { type Pace, timer } from "../../topology/timing.ts";
import type { DatabaseComponent, Topology } from "../../topology/topology.ts";
import type { BackupLoopOptions } from "./backup-loop.ts";

/** What is shipped tests restores once a week. */
const TEST_EVERY_MS = 7 * 24 * 3_600_000;
/** Before a backup that failed is tried again; ours, as AWS does not say. */
const RETRY_MS = 60_000;

/** How a definition has a database backed up, at the pace of the run. */
export function backupTerms(
  { shipping: { backups } }: Topology,
  { settings }: DatabaseComponent,
  pace: Pace,
): Pick<BackupLoopOptions, "spec" | "windowMs" | "heartbeatMs"> {
  return {
    spec: {
      everyMs: timer(backups.everyMs, pace),
      keepMs: timer(backups.keepMs, pace),
      testEveryMs: backups.testRestores ? timer(TEST_EVERY_MS, pace) : null,
      retryMs: timer(RETRY_MS, pace),
    },
    windowMs: timer(settings.backupRetentionMs, pace),
    heartbeatMs: timer(BACKUP.logUpload.value, pace),
  };
}
