/**
 * A replicated log with forks. A promotion begins a branch; as in PostgreSQL its timeline is one more than the
 * highest that the promoted copy knows of, so two branches can bear the same number: comparing numbers is not
 * comparing histories.
 */
export interface Branch {
  readonly timeline: number;
  /** Where it left its parent; null for the first. */
  readonly from: Position | null;
}

/** A place in a history: so many writes along a branch and its ancestors. */
export interface Position {
  readonly branch: Branch;
  readonly offset: number;
}

/** Whether everything up to `inner` is part of what `outer` holds. */
export function contains(outer: Position, inner: Position): boolean {
  for (let at: Position | null = outer; at; at = parentOf(at)) {
    if (at.branch === inner.branch) return inner.offset <= at.offset;
    // The inner one may sit on a branch of its own that has no write yet.
    if (inner.branch.from && inner.offset <= inner.branch.from.offset) return contains(outer, inner.branch.from);
  }
  return false;
}

function parentOf({ branch, offset }: Position): Position | null {
  if (!branch.from) return null;
  return { branch: branch.from.branch, offset: Math.min(offset, branch.from.offset) };
}

/**
 * Whether a primary that holds `source` would stream to a standby that holds `own`, going by timeline numbers alone, as
 * PostgreSQL does: its number must be among the source's, and its end before the source left that number.
 */
export function accepts(source: Position, own: Position): boolean {
  for (let at: Position | null = source; at; at = parentOf(at)) {
    if (at.branch.timeline === own.branch.timeline) return own.offset <= at.offset;
  }
  return false;
}
