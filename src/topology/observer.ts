/** Where a region has zones, as far as its observers are concerned. */
interface Watched {
  readonly name: string;
  readonly zones: readonly { readonly name: string }[];
}

/**
 * The places of a region from which its members and zones are watched, and whose majority decides: each zone, and,
 * where these are even in number, the region itself, beside its zones. The places are odd in number then, so the loss
 * of any one zone of two or more leaves a majority, and a network that falls in two has it on one side alone. What
 * stands beside the zones has the region's own name, as link rules have it.
 */
export function observersOf(region: Watched): readonly string[] {
  const zones = region.zones.map(({ name }) => name);
  return isWatchedFromBeside(region) ? [...zones, region.name] : zones;
}

/** Whether a region has an observer beside its zones. */
export function isWatchedFromBeside({ zones }: Pick<Watched, "zones">): boolean {
  return zones.length % 2 === 0;
}
