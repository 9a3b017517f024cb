import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type RestoreOptions, type Restored, restoreTo } from "./restore.ts";
import { type Verified, verify } from "./verify.ts";

/** What is tried, and the folder that it is tried in, which nothing else may use. */
export interface TrialOptions extends Pick<RestoreOptions, "archive" | "engine" | "clock"> {
  readonly scratch: string;
}

/** What came of a trial. */
export interface Trial extends Verified, Pick<Restored, "tookMs" | "rows" | "tables"> {
  /** Ids of the backups that a restore may be made of. */
  readonly offered: readonly string[];
}

/** Reads every byte of an archive, and restores its latest state, to throw it away. Rejects where it cannot be had. */
export async function tryArchive({ scratch, ...options }: TrialOptions): Promise<Trial> {
  const verified = await verify(options.archive);
  const { bases } = await options.archive.catalogue();
  return { ...verified, ...(await tryRestore({ scratch, ...options })), offered: bases.map(({ id }) => id) };
}

/** Restores the latest state, to throw it away. */
export async function tryRestore({ scratch, ...options }: TrialOptions): Promise<Restored> {
  const into = join(scratch, options.engine.name);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    return await restoreTo({ ...options, toTime: null, into });
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}
