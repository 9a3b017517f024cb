import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import type { Fault } from "../../fault/fault.ts";
import type { Topology } from "../../topology/topology.ts";
import { OF_BACKUPS, type PrimitiveKind } from "../../world/primitive.ts";
import { kindsOf, limitOn } from "../drills.ts";
import { patienceOf } from "../plan.ts";

/** One fault of a nemesis' plan. Times are counted from the beginning of the plan. */
export interface Strike {
  readonly fault: Fault;
  /** An instance, a zone, a component, or a role that is looked up when it strikes. */
  readonly target: string;
  /** Of a component that every region has: the one in which alone it is struck. @default where customers are served */
  readonly region?: string;
  readonly atMs: Ms;
  /** When its second blow falls, if it has not been undone until then; null where the fault has none. */
  readonly againMs: Ms | null;
  readonly healMs: Ms;
  /** The first of a schedule: before it strikes everything is whole, and parts are cast anew. @default false */
  readonly begins?: boolean;
}

/** What a nemesis may draw from, and for how long. */
export interface NemesisWish {
  readonly seed: number;
  readonly durationMs: Ms;
  readonly paceFactor: number;
  readonly catalogue: readonly Fault[];
  /** What cannot be done in this world, with the reason. */
  readonly limits: Readonly<Partial<Record<PrimitiveKind, string>>>;
}

/** Faults in force at one moment, at most. */
export const AT_ONCE = 2;

/** Times at the fast pace; at AWS's all are ten times as long, because recoveries are. */
const TIMES = {
  first: 1_000,
  lastsFrom: 2_000,
  lastsTo: 10_000,
  /** What a fault that lasts lasts beyond the patience with it, so that nobody can say it was undone too early. */
  lastsBeyond: 5_000,
  /** Between two faults: enough for most recoveries, seldom for the longest. */
  pauseFrom: 4_000,
  pauseMore: 4_000,
  pauseAtMost: 25_000,
} as const;

/** One of so many faults lasts for longer than the patience with it. */
const ONE_LASTS_IN = 4;
/** One of so many is struck while another is in force. */
const ONE_OVERLAPS_IN = 3;

/**
 * The faults of a nemesis, in the order in which they strike: a pure function of the topology, the catalogue and the
 * seed. All are healed by the end, and no more than {@link AT_ONCE} are in force at any moment. Empty where the time is
 * too short for one, or no fault applies.
 */
export function planNemesis(topology: Topology, wish: NemesisWish): readonly Strike[] {
  const drawable = wish.catalogue.filter((fault) => isDrawable(fault, topology, wish.limits));
  if (drawable.length === 0) return [];
  const random = seededRandom(wish.seed).fork("nemesis");
  const draw: Draw = { topology, wish, which: random.fork("which"), when: random.fork("when") };
  const slower = 10 / wish.paceFactor;
  const strikes: Strike[] = [];
  for (let at = TIMES.first * slower; ;) {
    const first = strikeAt(at, drawable, draw);
    if (first.healMs > wish.durationMs) return strikes;
    const others = drawable.filter(({ name }) => name !== first.fault.name);
    const overlaps = draw.when.int(ONE_OVERLAPS_IN) === 0 && others.length > 0;
    const second = overlaps ? strikeAt(at + draw.when.next() * (first.healMs - at), others, draw) : first;
    const together = second !== first && second.healMs <= wish.durationMs ? [first, second] : [first];
    strikes.push(...together);
    const more = Math.min(draw.when.exponential(TIMES.pauseMore), TIMES.pauseAtMost - TIMES.pauseFrom);
    at = Math.max(...together.map(({ healMs }) => healMs)) + (TIMES.pauseFrom + more) * slower;
  }
}

interface Draw {
  readonly topology: Topology;
  readonly wish: NemesisWish;
  readonly which: Random;
  readonly when: Random;
}

/** One of `faults` at that instant; it lasts long where the draw says so and there is time for it. */
function strikeAt(atMs: Ms, faults: readonly Fault[], { topology, wish, which, when }: Draw): Strike {
  const slower = 10 / wish.paceFactor;
  const fault = which.pick(faults);
  const target = which.pick(fault.targets(topology));
  const short = (TIMES.lastsFrom + when.next() * (TIMES.lastsTo - TIMES.lastsFrom)) * slower;
  const long = patienceOf(wish.paceFactor) + TIMES.lastsBeyond * slower;
  const isLong = when.int(ONE_LASTS_IN) === 0 && atMs + long <= wish.durationMs;
  const forMs = isLong ? long : short;
  return { fault, target, atMs, againMs: fault.then ? atMs + forMs / 2 : null, healMs: atMs + forMs };
}

/**
 * Whether a nemesis can use a fault: it applies here, the machine can make it, and it brings no crowd of its own, whose
 * load would count as a fault for as long as it lasts. Whole regions are none of a nemesis' business, and nor are
 * backups: to restore one undoes what the ledger knows of all other faults.
 */
export function isDrawable(fault: Fault, topology: Topology, limits: NemesisWish["limits"]): boolean {
  const [target] = fault.targets(topology);
  if (target === undefined || fault.crowd !== undefined || fault.blastClass === "region") return false;
  if (kindsOf({ fault, target }, topology).some((kind) => OF_BACKUPS.includes(kind))) return false;
  return limitOn({ fault, target }, topology, limits) === null;
}
