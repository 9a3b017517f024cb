import { isUserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { UsedByRegion } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import { strategyObjective } from "../topology/strategy-objective.ts";
import { type RecoveryStrategy, type ScopeObjective, type Topology, componentsOf } from "../topology/topology.ts";
import { RECOVERY } from "./check/region-stages.ts";
import {
  type DrillDocument,
  type DrillsDocument,
  type JourneyDocument,
  type StrategyDocument,
  type StrategyJourney,
  type StrategyStage,
  worstOf,
} from "../base/drill-document.ts";
import { personNotes } from "./region-document.ts";

/** The drill that strategies are compared by. */
export const STRATEGY_DRILL = "region-loss";

/** Which strategies are compared, and how each is drilled. */
export interface StrategiesOptions {
  /** The system under the definition's own strategy, in all its regions. */
  readonly topology: Topology;
  readonly strategies: readonly RecoveryStrategy[];
  /** How often each is drilled. */
  readonly times: number;
  readonly host: Host;
  /** Aborts when the user wants out: what has been measured until then is what there is. */
  readonly signal: AbortSignal;
  /** Starts the system afresh under a strategy, loses the region that serves, and stops it again. */
  drill(recovery: RecoveryStrategy): Promise<DrillsDocument>;
}

/** The drills of one strategy, and why others of its drills could not be made. */
interface Drilled {
  readonly recovery: RecoveryStrategy;
  readonly drills: readonly DrillDocument[];
  readonly problems: readonly string[];
}

/**
 * Loses the region that serves under each strategy in turn, and puts side by side what it came to. A strategy under
 * which the system cannot be drilled is unknown. Rejects where that is so of all of them, with what is wrong with the
 * first.
 */
export async function compareStrategies(options: StrategiesOptions): Promise<DrillsDocument> {
  const { strategies, times, host, signal, topology } = options;
  const reports: DrillsDocument[] = [];
  const drilled: Drilled[] = [];
  const errors: unknown[] = [];
  for (const recovery of strategies) {
    const drills: DrillDocument[] = [];
    const problems: string[] = [];
    for (let time = 1; time <= times && !signal.aborted; time += 1) {
      host.say({
        level: "progress",
        about: recovery,
        text: times === 1 ? "starting" : `starting, ${time} of ${times}`,
      });
      try {
        const report = await options.drill(recovery);
        reports.push(report);
        drills.push(...report.drills.map((drill) => ({ ...drill, recovery })));
        problems.push(...report.skipped.map(({ name, why }) => `${name} cannot be drilled here: ${why}`));
      } catch (error) {
        if (signal.aborted || !isUserError(error)) throw error;
        host.say({ level: "error", about: recovery, text: `${error.code} ${error.message}` });
        problems.push(`${error.code} ${error.message}`);
        errors.push(error);
      }
    }
    if (drills.length + problems.length > 0) drilled.push({ recovery, drills, problems });
  }
  const [first] = reports;
  if (!first) throw errors[0] ?? new Error("it was interrupted");
  return documentOf(first, drilled, topology);
}

function documentOf(first: DrillsDocument, drilled: readonly Drilled[], topology: Topology): DrillsDocument {
  const drills = drilled.flatMap((each) => each.drills);
  const strategies = drilled.map((each) => strategyDocument(each, drills, topology));
  return { ...first, verdict: worstOf(strategies.map(({ verdict }) => verdict)), drills, skipped: [], strategies };
}

/** What the drills of one strategy came to together; `all`: the drills of all strategies. */
function strategyDocument(
  { recovery, drills, problems }: Drilled,
  all: readonly DrillDocument[],
  topology: Topology,
): StrategyDocument {
  const names = [...new Set(drills.flatMap((drill) => Object.keys(drill.journeys)))];
  const journeys = names.map((name) => [name, journeyOf(drills.flatMap((each) => each.journeys[name] ?? []))] as const);
  const verdict = worstOf(drills.map((each) => each.verdict));
  const sum = (drill: DrillDocument, of: (journey: JourneyDocument) => number): number =>
    Object.values(drill.journeys).reduce((total, journey) => total + of(journey), 0);
  const kept = (of: (journey: JourneyDocument) => number) => (journey: JourneyDocument) =>
    journey.durability === "acknowledged" ? of(journey) : 0;
  const ages = drills.flatMap((each) => Object.values(each.journeys).map(kept((journey) => journey.oldestLostAgeMs)));
  const typical = (of: (journey: JourneyDocument) => number): number => medianOf(drills.map((each) => sum(each, of)));
  const worst = (of: (journey: JourneyDocument) => number): number =>
    Math.max(0, ...drills.map((each) => sum(each, kept(of))));
  const atAwsMs = slowest(journeys.map(([, journey]) => journey.recoveryTimeAtAwsMs));
  const oldestLostAgeMs = Math.max(0, ...ages);
  const lost = worst((journey) => journey.lost);
  const person = drills.find((each) => each.person !== null)?.person ?? null;
  return {
    recovery,
    chosen: recovery === topology.recovery,
    verdict: problems.length > 0 ? worstOf([verdict, "unknown"]) : verdict,
    reasons: [...new Set([...problems, ...drills.flatMap(({ reasons }) => reasons)])],
    notes: [...notesOn(recovery, topology), ...personNotes(person)],
    objective: strategyObjective(topology, recovery),
    meetsSystem: drills.length === 0 ? null : meets(topology.objectives.region, { atAwsMs, oldestLostAgeMs, lost }),
    recoveryTimeMs: slowest(journeys.map(([, journey]) => journey.recoveryTimeMs)),
    recoveryTimeAtAwsMs: atAwsMs,
    person,
    lost,
    lostAtMost: worst(({ lostAtMost }) => lostAtMost),
    oldestLostAgeMs,
    acknowledged: typical(kept(({ acknowledged }) => acknowledged)),
    operations: typical(({ operations }) => operations),
    failed: typical(({ failed }) => failed),
    unknown: typical(({ unknown }) => unknown),
    journeys: Object.fromEntries(journeys),
    stages: stagesOf(drills),
    failbackMs: drills.some(({ failback }) => failback)
      ? medianTime(drills.map((each) => each.failback?.tookMs))
      : null,
    ranBefore: ranBefore(drills, topology),
    drills: drills.map((drill) => all.indexOf(drill)),
  };
}

/** Whether a recovery is within an objective; without a limit no time is too long, and no loss is allowed. */
function meets(
  { rtoMs, rpoMs }: ScopeObjective,
  { atAwsMs, oldestLostAgeMs, lost }: { atAwsMs: Ms | null; oldestLostAgeMs: Ms; lost: number },
): boolean {
  const isInTime = rtoMs === null || (atAwsMs !== null && atAwsMs <= rtoMs);
  return isInTime && (lost === 0 || ((rpoMs ?? 0) > 0 && oldestLostAgeMs <= (rpoMs ?? 0)));
}

function journeyOf(runs: readonly JourneyDocument[]): StrategyJourney {
  return {
    durability: runs[0]?.durability ?? "acknowledged",
    recoveryTimeMs: medianTime(runs.map(({ recoveryTimeMs }) => recoveryTimeMs)),
    recoveryTimeAtAwsMs: medianTime(runs.map(({ recoveryTimeAtAwsMs }) => recoveryTimeAtAwsMs)),
    failed: medianOf(runs.map(({ failed }) => failed)),
    lost: Math.max(0, ...runs.map(({ lost }) => lost)),
    oldestLostAgeMs: Math.max(0, ...runs.map(({ oldestLostAgeMs }) => oldestLostAgeMs)),
  };
}

/** The stages of the region's recovery, in the order of the run that went through most of them. */
function stagesOf(drills: readonly DrillDocument[]): readonly StrategyStage[] {
  const chains = drills.map(({ stages }) => stages.filter(({ component }) => component === RECOVERY));
  const [longest = []] = chains.toSorted((a, b) => b.length - a.length);
  return longest.map(({ name, class: of }) => {
    const own = chains.flatMap((chain) => chain.find((stage) => stage.name === name) ?? []);
    return {
      name,
      class: of,
      ms: medianOf(own.map(({ ms }) => ms)),
      atAwsMs: medianOf(own.map((each) => each.atAwsMs)),
    };
  });
}

/** What ran in the regions that did not serve. */
function ranBefore(drills: readonly DrillDocument[], { regions }: Topology): StrategyDocument["ranBefore"] {
  const seen = drills.flatMap(({ footprint }) => footprint?.filter(({ region }) => region !== regions[0]?.name) ?? []);
  const number = drills.filter(({ footprint }) => footprint !== null).length;
  if (number === 0) return null;
  const mean = (of: (used: UsedByRegion) => number): number =>
    Math.round(seen.reduce((sum, used) => sum + of(used), 0) / number);
  return {
    processes: mean(({ processes }) => processes),
    pssBytes: mean(({ pssBytes }) => pssBytes),
    diskBytes: mean(({ diskBytes }) => diskBytes),
  };
}

/** What a reader should know who holds the strategies against each other. */
function notesOn(recovery: RecoveryStrategy, topology: Topology): readonly string[] {
  if (recovery !== "active-active" || componentsOf(topology, "database").length === 0) return [];
  return [
    "a relational database has one writer, so active-active has to promote as warm standby has; both regions serve " +
      "readers, and at AWS an Aurora Global Database is active-active for reads only",
  ];
}

/** Of an even number the worse of the two in the middle. */
function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** What never happened took longest. */
function medianTime(values: readonly (Ms | null | undefined)[]): Ms | null {
  if (values.length === 0) return null;
  const median = medianOf(values.map((ms) => ms ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(median) ? median : null;
}

function slowest(values: readonly (Ms | null)[]): Ms | null {
  return values.length === 0 || values.includes(null) ? null : Math.max(...values.map((ms) => ms ?? 0));
}
