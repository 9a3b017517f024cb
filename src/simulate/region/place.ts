import type { Ms } from "../../base/units.ts";
import { type LeaseTerms, type WitnessState, admit, bar, grant, holdsUntil, isBarred } from "../../control/lease.ts";

/** Where something stands: one of the regions, or outside of all. */
export const OUTSIDE = "outside";

/** A place with a witness and a clock that drifts. */
export interface Place {
  readonly name: string;
  /** How fast its clock goes: 1 is right. */
  readonly rate: number;
  powered: boolean;
  witness: WitnessState;
}

/** Three places, the ways between them, and what a lease takes. */
export class Map3 {
  readonly places: ReadonlyMap<string, Place>;
  readonly cuts = new Map<string, number>();
  private readonly now: () => Ms;
  private readonly terms: LeaseTerms;

  constructor(places: readonly Place[], terms: LeaseTerms, now: () => Ms) {
    this.places = new Map(places.map((place) => [place.name, place]));
    this.terms = terms;
    this.now = now;
  }

  place(name: string): Place {
    return this.places.get(name)!; // named by the trial itself
  }

  /** What its clock says. */
  clock(name: string): Ms {
    return this.now() * this.place(name).rate;
  }

  /** Whether a message gets from one place to another. */
  reaches(from: string, to: string): boolean {
    const isOn = this.place(from).powered && this.place(to).powered;
    return isOn && (from === to || (this.cuts.get(`${from}>${to}`) ?? 0) === 0);
  }

  /** Whether an answer comes back, too. */
  talks(from: string, to: string): boolean {
    return this.reaches(from, to) && this.reaches(to, from);
  }

  /**
   * A region asks every witness that it reaches; gives those whose yes came back, and when it asked, by its own
   * clock.
   */
  ask(region: string): readonly { readonly witness: string; readonly askedAt: Ms }[] {
    const { leaseMs } = this.terms;
    return [...this.places.values()].flatMap((place) => {
      if (!this.reaches(region, place.name)) return [];
      const { state, granted } = grant(place.witness, { region, now: this.clock(place.name), leaseMs });
      place.witness = state;
      const isHeard = granted && this.reaches(place.name, region);
      return isHeard ? [{ witness: place.name, askedAt: this.clock(region) }] : [];
    });
  }

  /** Until when a region may acknowledge, by its own clock. */
  holdsUntil(askedAt: readonly Ms[]): Ms {
    return holdsUntil(askedAt, this.terms);
  }

  /** Gives a region up at every witness that can be reached; whether a majority has surely ended its lease. */
  bar(region: string): boolean {
    return (
      this.tell((state) => bar(state, region)).filter(({ name, witness }) =>
        isBarred(witness, region, this.clock(name)),
      ).length >= this.majority()
    );
  }

  /** Lets a region in again; whether a majority of the witnesses heard it. */
  admit(region: string): boolean {
    return this.tell((state) => admit(state, region)).length >= this.majority();
  }

  private majority(): number {
    return Math.floor(this.places.size / 2) + 1;
  }

  private tell(change: (state: WitnessState) => WitnessState): readonly Place[] {
    const heard = [...this.places.values()].filter(({ name }) => this.talks(OUTSIDE, name));
    for (const place of heard) place.witness = change(place.witness);
    return heard;
  }
}
