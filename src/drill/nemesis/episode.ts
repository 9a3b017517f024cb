import type { HeldFault, JournalEvent, WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { isHealable } from "../check/recording.ts";
import { RECOVERY } from "../check/region-stages.ts";
import { failingOver } from "../live.ts";

/** One fault of many, from the strike to the return of full redundancy. */
export interface Episode {
  readonly fault: string;
  readonly target: string;
  readonly from: Ms;
  /** When it had taken effect. */
  readonly struckAt: Ms;
  /** Null where it was never undone. */
  readonly healedAt: Ms | null;
  /** When every component was whole after it was undone; null where that was not seen. */
  readonly wholeAt: Ms | null;
  /** Whether undoing it changed anything: nothing comes back by itself after a kill. */
  readonly healable: boolean;
  readonly held: HeldFault;
  readonly duringFailover: boolean;
}

/** A fault that could not be made: what it was aimed at was not there. */
export interface Missed {
  readonly fault: string;
  readonly target: string;
  readonly why: string;
}

type FaultEvent = Extract<JournalEvent, { kind: "fault" }>;

/** A component that was whole for a shorter time had not been looked at yet. At the fast pace. */
const WHOLE_FOR_MS = 2_000;

/** The episodes of a journal in the order in which they struck, and what could not be struck. */
export function episodesOf(
  events: readonly JournalEvent[],
  paceFactor: number,
): { readonly episodes: readonly Episode[]; readonly missed: readonly Missed[] } {
  const faults = events.filter((event): event is FaultEvent => event.kind === "fault");
  const world = events.flatMap((event) => (event.kind === "world" ? [event.event] : [])).sort((a, b) => a.at - b.at);
  const gaps = gapsIn(world);
  const forMs = (WHOLE_FOR_MS * 10) / paceFactor;
  const strikes = faults.filter(({ action }) => action === "inject").map(({ at }) => at);
  const episodes: Episode[] = [];
  const missed: Missed[] = [];
  for (const [inject, heal] of pairs(faults)) {
    const target = inject.target ?? "";
    if (heal?.detail !== undefined) {
      missed.push({ fault: inject.fault, target, why: heal.detail });
      continue;
    }
    const before = world.filter(({ at }) => at < inject.at);
    episodes.push({
      fault: inject.fault,
      target,
      from: inject.at,
      struckAt: events.find((event) => isWatched(event) && event.at >= inject.at)?.at ?? inject.at,
      healedAt: heal?.at ?? null,
      wholeAt: heal ? wholeSince(gaps, { at: heal.at, forMs, strikes }) : null,
      healable: isHealable(inject.primitives),
      held: inject.held ?? { objective: { rtoMs: null, rpoMs: null }, unavailable: [], zones: [] },
      duringFailover: failingOver(before, Number.NEGATIVE_INFINITY),
    });
  }
  return { episodes, missed };
}

function isWatched(event: JournalEvent): boolean {
  return event.kind === "phase" && event.phase === "observe";
}

/** Each strike with what undid it: the first heal of that fault on that target that is not taken. */
function pairs(faults: readonly FaultEvent[]): readonly (readonly [FaultEvent, FaultEvent | undefined])[] {
  const taken = new Set<FaultEvent>();
  return faults.flatMap((inject, index) => {
    if (inject.action !== "inject") return [];
    const heal = faults
      .slice(index)
      .find(
        (each) =>
          each.action === "heal" && each.fault === inject.fault && each.target === inject.target && !taken.has(each),
      );
    if (heal) taken.add(heal);
    return [[inject, heal] as const];
  });
}

interface Gap {
  readonly from: Ms;
  readonly to: Ms;
}

/** It lacks nothing of what it is wanted to run, which is nothing; until it has rejoined it stands ready for no one. */
const GIVEN_UP = "the region that was given up";

/** When some component was not whole, or a region out; the last may be open. */
function gapsIn(world: readonly WorldEvent[]): readonly Gap[] {
  const lacking = new Set<string>();
  const gaps: Gap[] = [];
  let from: Ms | null = null;
  for (const event of world) {
    if (event.kind === "redundancy") {
      const which = `${event.component} in ${event.region}`;
      if (event.full) lacking.delete(which);
      else lacking.add(which);
    } else if (event.kind === "decision" && event.component === RECOVERY) {
      if (event.what === "began" && event.detail?.startsWith("failover")) lacking.add(GIVEN_UP);
      if (event.what === "finished" && event.detail?.startsWith("rejoin")) lacking.delete(GIVEN_UP);
    } else continue;
    if (lacking.size > 0) from ??= event.at;
    else if (from !== null) {
      gaps.push({ from, to: event.at });
      from = null;
    }
  }
  return from === null ? gaps : [...gaps, { from, to: Number.POSITIVE_INFINITY }];
}

/**
 * The first instant from `at` on since which nothing was lacking for `forMs`, or until the next strike, which is to
 * blame for what is lacking after it.
 */
function wholeSince(
  gaps: readonly Gap[],
  { at, forMs, strikes }: { at: Ms; forMs: Ms; strikes: readonly Ms[] },
): Ms | null {
  let since = at;
  for (const { from, to } of gaps) {
    if (to <= since) continue;
    const next = strikes.find((strike) => strike >= since) ?? Number.POSITIVE_INFINITY;
    if (from >= Math.min(since + forMs, next)) break;
    since = to;
  }
  return Number.isFinite(since) ? since : null;
}
