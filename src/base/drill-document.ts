import type { UsedByRegion } from "./journal.ts";
import type { DrillPrediction } from "./prediction.ts";
import type { Ms } from "./units.ts";

/** What a drill came to. Unknown is never counted as a pass. */
export type Verdict = "pass" | "fail" | "unknown";

/**
 * How a journey fared, as its customers saw it. Times are milliseconds since the fault, null where the thing never
 * happened.
 */
export interface RecoveryFigures {
  readonly operations: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  /**
   * Of the failed attempts: on their way when the fault struck, sent before anyone had noticed, and sent later. Those
   * before it are left out.
   */
  readonly failedAttemptsSent: { readonly inFlight: number; readonly beforeDetection: number; readonly later: number };
  readonly p50Ms: Ms;
  readonly p99Ms: Ms;
  /** T1: the end of the first attempt that failed. */
  readonly firstErrorMs: Ms | null;
  /** T4: when the last operation that did not end ok was due. */
  readonly lastErrorMs: Ms | null;
  /** T5 − T0; 0 where no operation failed, null where it never became steady again. */
  readonly recoveryTimeMs: Ms | null;
  /** Time after the fault that was slow but successful. */
  readonly degradedMs: Ms;
  /** Between two acknowledged writes (or successful reads where it never writes), after the fault. */
  readonly longestGapMs: Ms;
}

/**
 * A journey's figures in a drill, as `drill --json` prints them; see docs/contract.md. Times are whole milliseconds.
 */
export interface JourneyDocument extends RecoveryFigures {
  readonly durability: "acknowledged" | "best-effort";
  readonly recoveryTimeAtAwsMs: Ms | null;
  readonly acknowledged: number;
  readonly lost: number;
  readonly lostAtMost: number;
  readonly lostAfterFault: number;
  readonly pending: number;
  readonly stranded: number;
  readonly diverged: number;
  readonly oldestLostAgeMs: Ms;
  readonly appliedTwice: number;
  readonly redelivered: number | null;
}

/** A stretch of a component's recovery: here, and what it comes to at AWS. */
export interface StageDocument {
  readonly name: string;
  readonly component: string;
  /** What it is made of: an interval of AWS's, what AWS takes, the user's program, or somebody who decides. */
  readonly class: "timer" | "provider" | "program" | "person";
  readonly ms: Ms;
  readonly atAwsMs: Ms;
}

/** One fault of a drill that makes many. Times are whole milliseconds since its own strike, null where not seen. */
export interface EpisodeDocument {
  readonly fault: string;
  /** What it struck. */
  readonly target: string;
  /** When it struck, since the first of them. */
  readonly atMs: Ms;
  readonly healedMs: Ms | null;
  /** When every component had its full redundancy back. */
  readonly wholeMs: Ms | null;
  /** When the first component that it hit was noticed, a replica promoted, and an endpoint moved. */
  readonly detectedMs: Ms | null;
  readonly promotedMs: Ms | null;
  readonly shiftedMs: Ms | null;
  /** When the slowest journey was steady; null also where it was promised to none, or the next event came before. */
  readonly recoveryTimeMs: Ms | null;
  /** Operations that did not end ok until the next fault. */
  readonly failed: number;
}

/** What the way home cost: from when the first region was told to take over again. */
export interface FailbackDocument {
  /** Since the fault. */
  readonly atMs: Ms;
  /** Until it served again. */
  readonly tookMs: Ms | null;
  readonly operations: number;
  readonly failed: number;
  readonly unknown: number;
}

/** At AWS a person decides whether a region is given up, since AWS ships no lease that keeps it from writing. */
export interface PersonDocument {
  /** What that takes there. */
  readonly decisionMs: Ms;
  /** Whether it is in the times at AWS: where the definition has a person asked, and so one was. */
  readonly counted: boolean;
}

/** One drill in the document. */
export interface DrillDocument {
  readonly name: string;
  readonly target: string | null;
  readonly verdict: Verdict;
  /** Why it did not pass; empty where it did. */
  readonly reasons: readonly string[];
  /** What a reader of the figures should know, whatever the verdict. */
  readonly notes: readonly string[];
  readonly journal: string;
  /** What the drill does and what it leaves out, for a reader who has nothing else. */
  readonly summary: string;
  readonly standsFor: string;
  readonly notModelled: readonly string[];
  readonly fisAction: string | null;
  /** What it must show beside the objectives, in words. */
  readonly proves: readonly string[];
  readonly objective: { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null };
  /** It goes back in time, so that what came after the fault is given up; left out by all others. */
  readonly rewinds?: true;
  readonly journeys: Readonly<Record<string, JourneyDocument>>;
  readonly stages: readonly StageDocument[];
  readonly detectedMs: Ms | null;
  readonly failedOverMs: Ms | null;
  readonly redundancyRestoredMs: Ms | null;
  readonly replicationLagMs: Ms | null;
  /** What each region used of this machine before the fault; null in a drill that is not about regions. */
  readonly footprint: readonly UsedByRegion[] | null;
  /** How the first region took over again; null where it did not have to. */
  readonly failback: FailbackDocument | null;
  /** What was found in the files for people to reconcile, and how many of the lost writes; null where nobody looked. */
  readonly saved: { readonly rows: number; readonly messages: number; readonly ofLost: number } | null;
  /** Who decides at AWS; null where no region was given up. */
  readonly person: PersonDocument | null;
  /** What was expected of it before it was made; null where nobody could say. */
  readonly predicted: DrillPrediction | null;
  /** The faults of a drill that makes many; left out by one that makes one. */
  readonly episodes?: readonly EpisodeDocument[];
  /** The strategy that it was made under; left out where the system's own was. */
  readonly recovery?: string;
}

/** How a journey fared under a strategy; see {@link StrategyDocument}. */
export interface StrategyJourney {
  readonly durability: "acknowledged" | "best-effort";
  readonly recoveryTimeMs: Ms | null;
  readonly recoveryTimeAtAwsMs: Ms | null;
  readonly failed: number;
  readonly lost: number;
  readonly oldestLostAgeMs: Ms;
}

/** A stage of the recovery under a strategy. */
export type StrategyStage = Omit<StageDocument, "component">;

/**
 * What the loss of the region that serves came to under a strategy, as `drill --strategies --json` prints it. Of
 * several runs a figure is the median, by journey and by stage; what is lost is the worst of them, because a limit has
 * to hold each time. Times are null where the thing never happened.
 */
export interface StrategyDocument {
  readonly recovery: string;
  /** Whether it is the definition's. */
  readonly chosen: boolean;
  /** The worst of its runs. */
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** What it was held against: the system's objective under its own strategy, else what a strategy is there for. */
  readonly objective: { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null };
  /** Whether the system's objective for the loss of a region is met; null where that was not measured. */
  readonly meetsSystem: boolean | null;
  /** Of the slowest journey. */
  readonly recoveryTimeMs: Ms | null;
  readonly recoveryTimeAtAwsMs: Ms | null;
  /** Who decides at AWS; null where no region was given up. */
  readonly person: PersonDocument | null;
  /** Acknowledged writes that are lost, best effort aside, and how old the oldest was when the region was lost. */
  readonly lost: number;
  readonly lostAtMost: number;
  readonly oldestLostAgeMs: Ms;
  readonly acknowledged: number;
  readonly operations: number;
  readonly failed: number;
  readonly unknown: number;
  readonly journeys: Readonly<Record<string, StrategyJourney>>;
  readonly stages: readonly StrategyStage[];
  /** How long the way home took, under load. */
  readonly failbackMs: Ms | null;
  /** What the other regions used of this machine before the fault, together; null where nobody looked. */
  readonly ranBefore: Omit<UsedByRegion, "region"> | null;
  /** Its runs, by their places in `drills`. */
  readonly drills: readonly number[];
}

/** What `drill --json` prints. */
export interface DrillsDocument {
  readonly holdfast: 1;
  readonly system: string;
  readonly verdict: Verdict;
  readonly seed: number;
  readonly pace: string;
  readonly paceFactor: number;
  readonly rate: number;
  readonly control: {
    readonly journal: string;
    readonly journeys: Readonly<Record<string, { readonly p50Ms: Ms; readonly p99Ms: Ms }>>;
  };
  readonly drills: readonly DrillDocument[];
  /** Drills that this machine cannot make, each with the reason. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  /** The strategies side by side; null where that was not asked for. */
  readonly strategies: readonly StrategyDocument[] | null;
}

/**
 * The worst of several verdicts: a failure is certain, so it outweighs what is unknown. No verdict at all is unknown.
 */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("fail")) return "fail";
  return verdicts.length === 0 || verdicts.includes("unknown") ? "unknown" : "pass";
}
