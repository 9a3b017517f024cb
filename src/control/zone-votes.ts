/** What observers say of zones, and what their majority concludes. */
export interface ZoneVotes {
  /** Takes a vote; the zone's new availability where the majority's verdict changed by it, else undefined. */
  vote(observer: string, zone: string, ok: boolean): boolean | undefined;
  available(zone: string): boolean;
}

/**
 * A zone is lost once a majority of *all* observers has lost sight of it: silence is no vote. All are available in the
 * beginning. An observer that stands in a zone has its name.
 */
export function zoneVotes(zones: readonly string[], observers: readonly string[]): ZoneVotes {
  const against = new Map<string, Set<string>>(zones.map((zone) => [zone, new Set()]));
  const lost = new Set<string>();
  return {
    available: (zone) => !lost.has(zone),
    vote(observer, zone, ok) {
      const votes = against.get(zone);
      if (!votes) return undefined;
      if (ok) votes.delete(observer);
      else votes.add(observer);
      const isLost = votes.size > observers.length / 2;
      if (isLost === lost.has(zone)) return undefined;
      if (isLost) {
        lost.add(zone);
        // What the lost zone thinks of the others counts no more; it votes again when it is back.
        for (const voters of against.values()) voters.delete(zone);
      } else lost.delete(zone);
      return !isLost;
    },
  };
}
