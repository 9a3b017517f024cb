import { UserError } from "../base/error.ts";
import { type Random, seededRandom } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import { FAULTS, findFault } from "../fault/catalogue.ts";
import type { BlastClass, Fault } from "../fault/fault.ts";
import { howToHaveTargets, isRole } from "../fault/target.ts";
import { type ScopeObjective, type Topology, componentsOf } from "../topology/topology.ts";
import type { DrillCode } from "./codes.ts";

/** The six drills that tell most about a system in one region, in the order in which they run. */
export const TOUR = [
  "task-crash",
  "worker-crash",
  "database-crash",
  "cache-crash",
  "zone-loss",
  "database-isolated",
] as const;

/** A drill to be run: what happens, and to what. */
export interface PlannedDrill {
  readonly fault: Fault;
  /** An instance, a zone, or a role that is looked up when the fault strikes. */
  readonly target: string;
  /** What it is held against. @default the system's objective for a blow of this class */
  readonly objective?: ScopeObjective;
}

/**
 * The drills to run: those named, in that order; `all` that apply; or the tour as far as it applies. The targets follow
 * from the seed; a role goes before anything else, because it hits what matters most. Throws FLT-001 for an unknown
 * name, FLT-002 for a named one that has no target here, DRL-001 where none applies.
 */
export function planDrills(
  topology: Topology,
  wanted: { names: readonly string[]; all: boolean; seed: number },
): readonly PlannedDrill[] {
  const { names, all, seed } = wanted;
  const faults =
    names.length > 0
      ? names.map(findFault)
      : FAULTS.filter(({ name }) => all || (TOUR as readonly string[]).includes(name));
  const random = seededRandom(seed).fork("targets");
  const planned = faults.flatMap((fault) => {
    const target = chooseTarget(fault.targets(topology), random.fork(fault.name));
    if (target === undefined && names.length > 0) throw inapplicable(fault);
    return target === undefined ? [] : [{ fault, target }];
  });
  if (planned.length > 0) return planned;
  throw new UserError({
    code: "DRL-001" satisfies DrillCode,
    message: "no fault of the catalogue applies to this system",
    fix: "add a service, a database, a cache or a second zone to the definition",
  });
}

function chooseTarget(targets: readonly string[], random: Random): string | undefined {
  const roles = targets.filter(isRole);
  const best = roles.length > 0 ? roles : targets;
  return best.length === 0 ? undefined : random.pick(best);
}

function inapplicable(fault: Fault): UserError {
  return new UserError({
    code: "FLT-002",
    message: `"${fault.name}" has nothing to strike in this system`,
    fix: howToHaveTargets(fault),
  });
}

/**
 * Whether one of these drills is about whole regions, so that more than one is needed. Throws FLT-001 for an unknown
 * name.
 */
export function needsRegions(names: readonly string[]): boolean {
  return names.some((name) => findFault(name).blastClass === "region");
}

/** What a blow of this class is held against; nothing where a definition promises nothing. */
export function objectiveOf({ objectives }: Topology, blastClass: BlastClass): ScopeObjective {
  return blastClass === "data" ? { rtoMs: null, rpoMs: null } : objectives[blastClass];
}

/** How long each part of a drill may take. */
export interface Budgets {
  /** Load before the measured part of the control run, at least; it goes on until all is steady. */
  readonly warmUpMs: Ms;
  readonly controlMs: Ms;
  /** Load before the fault, at least. */
  readonly steadyMs: Ms;
  /** How long it may take until all is steady, before the control run and before each fault. */
  readonly steadyAtMostMs: Ms;
  readonly observeMs: Ms;
  readonly observeAtMostMs: Ms;
  /** Until full redundancy is back. */
  readonly settleMs: Ms;
  /** Until an acknowledged write must be visible. */
  readonly visibleMs: Ms;
}

/**
 * What regions take longer, at the fast pace: one that takes over may have to start everything from backups, and one
 * that was given up is taken back when it has been calm, and given a copy of everything.
 */
const FOR_REGIONS = { observeMs: 40_000, settleMs: 30_000 } as const;

/** How long a drill watches at most for everything to be steady again, before it undoes the fault. */
export function patienceOf(paceFactor: number, lost: "region" | "less" = "less"): Ms {
  return ((20_000 + (lost === "region" ? FOR_REGIONS.observeMs : 0)) * 10) / paceFactor;
}

/**
 * The budgets at a pace. Recoveries are made of AWS's timers, so what waits for them is ten times as long at AWS's
 * pace. A write that a worker died on becomes visible after the queue's visibility time-out, so it may take two of the
 * longest ones; one that nobody can work off is set aside after as many as it has receives, and is watched until then.
 */
export function budgetsOf(topology: Topology, paceFactor: number): Budgets {
  const slower = 10 / paceFactor;
  const ofRegions = topology.regions.length > 1 ? FOR_REGIONS : { observeMs: 0, settleMs: 0 };
  const queues = componentsOf(topology, "queue").map(({ settings }) => settings);
  const visibility = Math.max(0, ...queues.map(({ visibilityTimeoutMs }) => visibilityTimeoutMs));
  const setAside = Math.max(
    0,
    ...queues.map(({ visibilityTimeoutMs, maxReceives }) => maxReceives * visibilityTimeoutMs),
  );
  return {
    warmUpMs: 1_500,
    controlMs: 4_500,
    steadyMs: 2_500,
    steadyAtMostMs: 15_000,
    observeMs: 5_000 * slower,
    observeAtMostMs: Math.max(patienceOf(paceFactor), setAside / paceFactor + 5_000) + ofRegions.observeMs * slower,
    settleMs: (30_000 + ofRegions.settleMs) * slower,
    visibleMs: (2 * visibility) / paceFactor + 5_000,
  };
}
