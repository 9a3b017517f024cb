import { atLeast, series } from "./availability.ts";

/** Parts of one kind, over zones: `perZone` says how many stand in each; `needed` of all are enough. */
export interface Zonal {
  readonly perZone: readonly number[];
  readonly needed: number;
  /** Of one part, while its zone is well. */
  readonly availability: number;
}

/**
 * The share of the time in which all of `components` have enough, where a zone takes all that it holds with it: the
 * formula of total probability over which zones are well. Given that, parts fail by themselves. Exact; 2^zones terms.
 * The independent formula of the paper is the case in which zones never fail.
 */
export function overZones(zones: readonly number[], components: readonly Zonal[]): number {
  let available = 0;
  for (let state = 0; state < 2 ** zones.length; state++) {
    const isWell = (zone: number): boolean => ((state >> zone) & 1) === 1;
    const chance = series(zones.map((each, zone) => (isWell(zone) ? each : 1 - each)));
    const enough = components.map(({ perZone, needed, availability }) => {
      const left = perZone.reduce((total, count, zone) => total + (isWell(zone) ? count : 0), 0);
      return atLeast(needed, left, availability);
    });
    available += chance * series(enough);
  }
  return available;
}
