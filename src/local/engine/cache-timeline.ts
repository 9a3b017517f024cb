/**
 * Redis and Valkey name a history by a random id of 160 bits, so two ids cannot be compared. A history gets its number
 * here when the control plane first meets it: when it began it by a promotion or a first start, or had a replica follow
 * it (a primary takes a new id when its first replica comes). Replicas of it have the same id, and thus the same
 * number. One table for all caches of this process: no two histories ever have the same id, and only the order of the
 * numbers matters.
 */
const timelines = new Map<string, number>();

/** The number of a history; 0 for one that the control plane never met, such as that of a node that started empty. */
export function timelineOf(replicationId: string): number {
  return timelines.get(replicationId) ?? 0;
}

/** Gives a history that is not known yet a number above all others and above `atLeast`. Says which number it has. */
export function beginTimeline(replicationId: string, atLeast: number): number {
  const known = timelines.get(replicationId);
  if (known !== undefined) return known;
  const number = Math.max(atLeast, ...timelines.values()) + 1;
  timelines.set(replicationId, number);
  return number;
}
