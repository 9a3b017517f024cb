/**
 * The lease by which at most one region acknowledges writes, however the network between regions is cut. A region asks
 * each of three witnesses (one in each region, one outside of both) to let it write for a while; it may acknowledge
 * only while a majority has. Two majorities share a witness, and that witness lets nobody else in before its grant
 * has run out, so two regions can never both hold one. Source: C. Gray, D. Cheriton: Leases, SOSP 1989,
 * https://dl.acm.org/doi/10.1145/74850.74870; what it rests on is a bound of how far clocks drift over one lease.
 */
import type { Ms } from "../base/units.ts";

/** What one witness holds. It outlives its process: it is written down before it is answered. */
export interface WitnessState {
  /** Whom it has let in; null: nobody, ever. */
  readonly holder: string | null;
  /** By the witness's own clock; until then nobody else is let in. */
  readonly until: Ms;
  /** Regions that are not let in any more: they were given up. */
  readonly barred: readonly string[];
}

/** A witness that has let nobody in. */
export const NEW_WITNESS: WitnessState = { holder: null, until: 0, barred: [] };

/** A region asks to write for `leaseMs`, at `now` by the witness's clock. */
export function grant(
  state: WitnessState,
  asked: { readonly region: string; readonly now: Ms; readonly leaseMs: Ms },
): { readonly state: WitnessState; readonly granted: boolean } {
  const { region, now, leaseMs } = asked;
  const isTaken = state.holder !== null && state.holder !== region && now < state.until;
  if (isTaken || state.barred.includes(region)) return { state, granted: false };
  return { state: { ...state, holder: region, until: now + leaseMs }, granted: true };
}

/** The region is given up: its lease runs out and is not renewed. */
export function bar(state: WitnessState, region: string): WitnessState {
  return state.barred.includes(region) ? state : { ...state, barred: [...state.barred, region] };
}

/** The region may write again, when it asks. */
export function admit(state: WitnessState, region: string): WitnessState {
  return { ...state, barred: state.barred.filter((each) => each !== region) };
}

/** Whether a witness has surely ended what it granted to a region, and will not begin again. */
export function isBarred(state: WitnessState, region: string, now: Ms): boolean {
  return state.barred.includes(region) && (state.holder !== region || now >= state.until);
}

/** How long leases last, and how far two clocks may drift apart over one. */
export interface LeaseTerms {
  readonly leaseMs: Ms;
  readonly clockBoundMs: Ms;
  readonly witnesses: number;
}

/**
 * Until when a region may acknowledge, by its own clock: `askedAt` has, for each witness that let it in, when it asked.
 * The lease counts from the asking, not from the answer, and ends early by what clocks may drift.
 */
export function holdsUntil(askedAt: readonly Ms[], terms: LeaseTerms): Ms {
  const majority = Math.floor(terms.witnesses / 2) + 1;
  const last = askedAt.toSorted((one, other) => other - one)[majority - 1];
  return last === undefined ? -Infinity : last + terms.leaseMs - terms.clockBoundMs;
}
