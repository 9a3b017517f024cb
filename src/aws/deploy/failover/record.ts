import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Ms } from "../../../base/units.ts";
import type { PlanState, RecoveryState } from "../../../control/recovery/language.ts";

/** What the file of a failover holds while it is under way. */
export interface Recorded {
  /** When it was written: AWS's notes that are newer tell of something later. */
  readonly at: Ms;
  readonly state: RecoveryState & { readonly plan: PlanState };
}

/**
 * What was under way when a run broke off; null where nothing was. A file that cannot be read counts as none, since
 * every stage can be made again: without it the plan begins with its first stage.
 */
export function readRecord(file: string, regions: readonly string[]): Recorded | null {
  if (!existsSync(file)) return null;
  try {
    const { at, state } = JSON.parse(readFileSync(file, "utf8")) as Recorded;
    const isOfThese = [state.active, state.plan.from, state.plan.to].every((name) => regions.includes(name));
    return isOfThese ? { at, state } : null;
  } catch {
    return null;
  }
}

/** Writes down what is under way, before it is done; without a plan there is nothing to go on with, and no file. */
export function writeRecord(file: string, at: Ms, state: RecoveryState): void {
  if (state.plan === null) return rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ at, state }));
  renameSync(`${file}.new`, file);
}
