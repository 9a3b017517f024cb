/** What most of those who have an opinion say, a tie counting as yes; null where nobody has one. */
export function tally(opinions: Iterable<boolean>): boolean | null {
  const all = [...opinions];
  if (all.length === 0) return null;
  return all.filter(Boolean).length * 2 >= all.length;
}
