import type { Ms } from "../base/units.ts";
import type { Controller } from "./controller.ts";

/** Which zones of a balancer customers are sent to. */
export interface ZonalShiftSpec {
  readonly zones: readonly string[];
}

/** What the world tells. */
export type ZonalShiftSeen =
  /**
   * Traffic is to leave this zone until then, by a person or an alarm. Asked for again, it lasts until the new time.
   */
  | { readonly kind: "shift"; readonly zone: string; readonly until: Ms }
  /** The shift is over before its time. */
  | { readonly kind: "cancel"; readonly zone: string }
  /** Health checks of the balancer node in a zone crossed their threshold. Healthy in the beginning. */
  | { readonly kind: "node"; readonly zone: string; readonly healthy: boolean };

/** The DNS answers with the nodes of these zones, never with none. Said at the first step and at each change. */
export interface ZonalShiftAct {
  readonly kind: "answer";
  readonly zones: readonly string[];
}

/** What is believed, and what was said. */
export interface ZonalShiftState {
  /** Zones that traffic is kept away from, and until when. */
  readonly shifted: Readonly<Record<string, Ms>>;
  readonly unhealthy: readonly string[];
  /** What the DNS was last told; null: nothing yet. */
  readonly answer: readonly string[] | null;
}

/** See {@link zonalShift}. */
export type ZonalShiftController = Controller<ZonalShiftSpec, ZonalShiftState, ZonalShiftSeen, ZonalShiftAct>;

/**
 * Answers with the zones that are healthy and not shifted away from; with what is left of that rule where it leaves
 * none.
 */
export const zonalShift: ZonalShiftController = {
  start: () => ({ shifted: {}, unhealthy: [], answer: null }),
  step(spec, state, now, seen) {
    let next = state;
    for (const each of seen) next = learn(next, each);
    const shifted = Object.fromEntries(Object.entries(next.shifted).filter(([, until]) => now < until));
    const zones = answerFor(spec, new Set(Object.keys(shifted)), new Set(next.unhealthy));
    const changed = zones.join() !== next.answer?.join();
    const times = Object.values(shifted);
    return {
      state: { ...next, shifted, answer: zones },
      act: changed ? [{ kind: "answer", zones }] : [],
      wakeAt: times.length > 0 ? Math.min(...times) : null,
    };
  },
};

function learn(state: ZonalShiftState, seen: ZonalShiftSeen): ZonalShiftState {
  if (seen.kind === "shift") return { ...state, shifted: { ...state.shifted, [seen.zone]: seen.until } };
  if (seen.kind === "cancel") {
    const { [seen.zone]: _, ...shifted } = state.shifted;
    return { ...state, shifted };
  }
  const others = state.unhealthy.filter((zone) => zone !== seen.zone);
  return { ...state, unhealthy: seen.healthy ? others : [...others, seen.zone] };
}

/** A shift yields to health, and both to having no zone at all. */
function answerFor(spec: ZonalShiftSpec, shifted: ReadonlySet<string>, unhealthy: ReadonlySet<string>): string[] {
  const healthy = spec.zones.filter((zone) => !unhealthy.has(zone));
  const chosen = healthy.filter((zone) => !shifted.has(zone));
  if (chosen.length > 0) return chosen;
  return healthy.length > 0 ? healthy : [...spec.zones];
}
