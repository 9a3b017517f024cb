/** Undoes each, the last first. Where one cannot be undone the others still are; then it rejects with that problem. */
export async function undoAll<T>(done: readonly T[], undo: (each: T) => Promise<void>): Promise<void> {
  const problems: unknown[] = [];
  for (const each of done.toReversed()) await undo(each).catch((error: unknown) => problems.push(error));
  if (problems.length > 0) throw problems[0];
}
