import type { Model } from "../model.ts";
import type { Places, ZonePlace } from "../place.ts";
import type { Resource } from "../resource.ts";

/** One instance of a resource: a task, a node, a network interface in a zone. */
export interface Unit {
  /** One: there. Several: in one of these. None: nobody says. */
  readonly zones: readonly string[];
  /** Subnets that it may stand in, where they are among the files. */
  readonly subnets: readonly Resource[];
}

/** How a resource stands in zones. */
export interface Standing {
  /** At least one, and one is enough; of many in one zone a few, since more of them change nothing. */
  readonly units: readonly Unit[];
  /** Whether there are as many; where not, there may be but one. */
  readonly isCounted: boolean;
  /** Whether each can be lost by itself; no for what AWS runs in a zone for it, of which the zone alone takes it. */
  readonly isSingle: boolean;
  /** The zones that it may use. */
  readonly given: Places;
}

/** How the resources of one type stand; undefined where one stands in no zone. */
export type StandingOf = (resource: Resource, model: Model) => Standing | undefined;

/** More than this in one zone are as good as this. */
const MOST_IN_A_ZONE = 2;

/**
 * So many instances, spread as evenly as AWS spreads them. Of one alone it is not told in which zone it stands. Where
 * the number is not known, it is taken for one a zone; so it is where there may be none: nobody counts on those.
 */
export function spread(given: Places, told: number | undefined): Standing {
  const count = told === 0 ? undefined : told;
  const { places, whole } = given;
  const all: Unit = {
    zones: whole ? [...new Set(places.map(({ zone }) => zone))] : [],
    subnets: places.flatMap(({ subnet }) => subnet ?? []),
  };
  const most = MOST_IN_A_ZONE * Math.max(all.zones.length, 1);
  const size = Math.max(1, Math.min(count ?? Math.max(all.zones.length, 1), most));
  const units = Array.from({ length: size }, (_, at) =>
    size > 1 && whole ? inZone(all.zones[at % all.zones.length], places) : all,
  );
  return { units, isCounted: count !== undefined, isSingle: true, given };
}

function inZone(zone: string | undefined, places: readonly ZonePlace[]): Unit {
  const there = places.filter((place) => place.zone === zone);
  return { zones: zone === undefined ? [] : [zone], subnets: there.flatMap(({ subnet }) => subnet ?? []) };
}

/** An instance in each of the zones that are given, as a network interface is. */
export function oneEach(given: Places): Standing {
  const zones = new Set(given.places.map(({ zone }) => zone)).size;
  return { ...spread(given, Math.max(1, zones)), isCounted: given.whole, isSingle: false };
}

/** One instance in a zone, which may not be told. */
export function alone(place: ZonePlace | undefined): Standing {
  return spread(place === undefined ? { places: [], whole: false } : { places: [place], whole: true }, 1);
}
