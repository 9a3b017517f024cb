import type { Ms } from "../base/units.ts";

/** Where a log ended, and when that was looked at. */
interface Mark {
  readonly at: Ms;
  readonly offset: number;
}

/** What was seen of a log that is copied to another region. */
export interface LagHistory {
  /** Ends of the log that the copy may not have yet, and the last one that it has; oldest first. */
  readonly marks: readonly Mark[];
}

/** Nothing was seen yet. */
export const NO_HISTORY: LagHistory = { marks: [] };

/** Marks that are kept: at five a second, some minutes of a copy that stands still. */
const MOST_MARKS = 2_000;

/**
 * How far a copy is behind: what was written up to `lagMs` before `at` is in it; null where it is further back than
 * anything that was seen. The log's end is looked at first and
 * the copy's then, so it is never told to be nearer than it is; by how often one looks it may be told to be farther.
 * Times are those of the one who looks, so no two clocks are compared.
 */
export function sampleLag(
  history: LagHistory,
  seen: { readonly at: Ms; readonly log: number; readonly copy: number },
): { readonly history: LagHistory; readonly lagMs: Ms | null } {
  const marks = [...history.marks, { at: seen.at, offset: seen.log }].slice(-MOST_MARKS);
  const had = marks.findLastIndex(({ offset }) => offset <= seen.copy);
  const kept = had < 0 ? marks : marks.slice(had);
  return { history: { marks: kept }, lagMs: had < 0 ? null : seen.at - kept[0]!.at }; // it was just found there
}
