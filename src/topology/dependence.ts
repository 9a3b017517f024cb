/**
 * What stops when something is lost: one engine for definitions and for templates, which differ only in the parts that
 * they are made of. It knows nothing of time (how long a failover takes) or load (whether what is left can bear it).
 */

/** Where a part stands. */
export interface Place {
  /** Null: in no region, as what AWS runs at its edge. */
  readonly region: string | null;
  /** One: there. Several: in one of these, and nobody says in which. None: no single zone takes it. */
  readonly zones: readonly string[];
}

/** That a part stops when too few of others are left. */
export interface Need {
  /** Ids of parts, each once. */
  readonly of: readonly string[];
  readonly atLeast: number;
  /** Whether it is told; what is only likely makes nothing stop, and says what may. */
  readonly isSure: boolean;
}

/** Something that can be lost, or that stops with what it needs. */
export interface Part {
  readonly id: string;
  readonly place: Place;
  /** All must be met. */
  readonly needs: readonly Need[];
}

/** What is lost at once. */
export interface LostParts {
  readonly sure: readonly string[];
  /** What may be lost with it: it is not told where these stand. */
  readonly possible: readonly string[];
}

/** What a loss takes with it. */
export interface Outcome {
  /** Ids of what stops, what was lost included, the nearest to it first. */
  readonly stops: readonly string[];
  /** Ids of what may stop. */
  readonly mayStop: readonly string[];
  /** What something stopped, or may stop, with; null for what was lost itself. */
  cause(id: string): string | null | undefined;
  /**
   * From something that stops, or may, by way of what it needed last, to what was lost. Of a longer path the first
   * `most` steps, and the last.
   * @default Infinity
   */
  path(id: string, most?: number): readonly string[];
}

/** So many losses that each stop a part alone are followed beyond it; one is enough for most that is asked. */
const MOST_ALONE = 32;

interface Dependent {
  readonly id: string;
  readonly need: Need;
}

/** Ids of what is in a place, and of what may be. */
interface Standing {
  readonly sure: string[];
  readonly possible: string[];
}

/** Parts that need each other. To follow one loss takes as long as what it reaches is large, not as all of it is. */
export class Dependence {
  readonly parts: ReadonlyMap<string, Part>;
  private readonly dependents = new Map<string, Dependent[]>();
  private readonly standing = { zone: new Map<string, Standing>(), region: new Map<string, Standing>() };
  /** What lacks something before anything is lost. */
  private readonly unmet: readonly string[];

  constructor(parts: readonly Part[]) {
    this.parts = new Map(parts.map((part) => [part.id, part]));
    for (const { id, place, needs } of parts) {
      if (place.region !== null) standingIn(this.standing.region, place.region).sure.push(id);
      const answer = place.zones.length === 1 ? "sure" : "possible";
      for (const zone of place.zones) standingIn(this.standing.zone, zone)[answer].push(id);
      for (const need of needs) {
        for (const member of need.of) {
          const known = this.dependents.get(member);
          if (known === undefined) this.dependents.set(member, [{ id, need }]);
          else known.push({ id, need });
        }
      }
    }
    this.unmet = parts.filter((part) => part.needs.some(isUnmet)).map(({ id }) => id);
  }

  /** All that stands in a zone or region, and all that may. */
  at(kind: "zone" | "region", name: string): LostParts {
    return this.standing[kind].get(name) ?? { sure: [], possible: [] };
  }

  /** What stops, and what may, when these are lost. */
  lose({ sure, possible }: LostParts): Outcome {
    const certain = this.spread(sure, (need) => need.isSure);
    const likely = this.spread([...certain.keys(), ...possible], () => true);
    return {
      stops: [...certain.keys()],
      mayStop: [...likely.keys()].filter((id) => !certain.has(id)),
      ...waysOf(certain, likely),
    };
  }

  /** All that stops when one of these is lost alone, whichever it is: in as long as all they reach is large. */
  stoppedByOne(ids: readonly string[]): ReadonlySet<string> {
    const times = new Map<string, number>();
    const timesOf = (id: string): number => times.get(id) ?? 0;
    for (const lost of ids) {
      const stopped = this.spread(
        [lost],
        (need) => need.isSure,
        (id) => timesOf(id) < MOST_ALONE,
      );
      for (const id of stopped.keys()) times.set(id, timesOf(id) + 1);
    }
    return new Set(times.keys());
  }

  /** Each part that is reached, with the one whose loss was too much for it; null for what was lost itself. */
  private spread(
    lost: readonly string[],
    counts: (need: Need) => boolean,
    isFollowed: (id: string) => boolean = () => true,
  ): Causes {
    const causes = new Map<string, string | null>([...lost, ...this.unmet].map((id) => [id, null]));
    const left = new Map<Need, number>();
    for (const member of causes.keys()) {
      // grows as it goes: the nearest first
      for (const { id, need } of this.dependents.get(member) ?? []) {
        if (!counts(need)) continue;
        const rest = (left.get(need) ?? need.of.length) - 1;
        left.set(need, rest);
        if (rest < need.atLeast && !causes.has(id) && isFollowed(id)) causes.set(id, member);
      }
    }
    return causes;
  }
}

function isUnmet({ of, atLeast, isSure }: Need): boolean {
  return isSure && of.length < atLeast;
}

function standingIn(places: Map<string, Standing>, name: string): Standing {
  const known = places.get(name) ?? { sure: [], possible: [] };
  places.set(name, known);
  return known;
}

type Causes = ReadonlyMap<string, string | null>;

/** The ways from what stops, or may, back to what was lost. */
function waysOf(certain: Causes, likely: Causes): Pick<Outcome, "cause" | "path"> {
  let ends: ReadonlyMap<string, string> | undefined;
  const cause = (id: string): string | null | undefined => (certain.has(id) ? certain.get(id) : likely.get(id));
  const path = (id: string, most = Infinity): readonly string[] => {
    const steps: string[] = [];
    let at: string | null | undefined = id;
    for (; at !== null && at !== undefined && steps.length < most; at = cause(at)) steps.push(at);
    if (at === null || at === undefined) return steps;
    ends ??= endsOf(likely.keys(), cause);
    return [...steps, ends.get(at) ?? at];
  };
  return { cause, path };
}

/** What was lost, by what it stops; of ids each of which comes after what it stopped with. */
function endsOf(ids: Iterable<string>, cause: (id: string) => string | null | undefined): ReadonlyMap<string, string> {
  const ends = new Map<string, string>();
  for (const id of ids) {
    const by = cause(id) ?? id;
    ends.set(id, ends.get(by) ?? by);
  }
  return ends;
}
