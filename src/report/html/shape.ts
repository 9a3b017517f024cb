import type { DrillPrediction } from "../../base/prediction.ts";
import type { Ms } from "../../base/units.ts";
import type { JourneyFigures, Verdict } from "../drill-figures.ts";
import type { ComparedStrategy } from "../strategy-figures.ts";

/** What the page shows of a journey in a drill. Times are milliseconds since the fault. */
export interface PageJourney extends JourneyFigures {
  readonly ok: number;
  readonly attempts: number;
  readonly failedAttemptsSent: { readonly inFlight: number; readonly beforeDetection: number; readonly later: number };
  readonly p50Ms: Ms;
  readonly p99Ms: Ms;
  readonly firstErrorMs: Ms | null;
  readonly lastErrorMs: Ms | null;
  readonly degradedMs: Ms;
  readonly longestGapMs: Ms;
  readonly lostAfterFault: number;
  readonly pending: number;
  readonly stranded: number;
  readonly diverged: number;
  readonly oldestLostAgeMs: Ms;
  readonly redelivered: number | null;
}

/** A stretch of a component's recovery. */
export interface PageStage {
  readonly name: string;
  readonly component: string;
  readonly class: string;
  readonly ms: Ms;
  readonly atAwsMs: Ms;
}

/** A fault on the time line. */
export interface PageFault {
  readonly name: string;
  readonly target: string | null;
  readonly fromMs: Ms;
  readonly toMs: Ms | null;
  readonly lasting: boolean;
}

/** A journey in equal buckets of time. */
export interface PageSeries {
  readonly id: string;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly unknown: readonly number[];
  readonly p50Ms: readonly (Ms | null)[];
  readonly p99Ms: readonly (Ms | null)[];
  readonly limitMs: Ms | null;
}

/** What a region is for a while. */
export interface PageStretch {
  readonly role: "leads" | "stands-ready" | "given-up";
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** How far a copy was behind; null: nobody knew. */
export interface PageLag {
  readonly component: string;
  readonly points: readonly { readonly atMs: Ms; readonly lagMs: Ms | null }[];
}

/** One region over the time of a drill: what it was, when it had no power, and what was done with it. */
export interface PageLane {
  readonly region: string;
  readonly roles: readonly PageStretch[];
  readonly dark: readonly { readonly fromMs: Ms; readonly toMs: Ms }[];
  readonly stages: readonly { readonly name: string; readonly plan: string; readonly fromMs: Ms; readonly toMs: Ms }[];
  /** When customers began to be led to it. */
  readonly arrivals: readonly Ms[];
  readonly lags: readonly PageLag[];
}

/** What happened when. Times are milliseconds since the first fault. */
export interface PageTimeline {
  readonly startedAt: Ms;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly bucketMs: Ms;
  readonly faults: readonly PageFault[];
  readonly journeys: readonly PageSeries[];
  readonly crowd: {
    readonly served: readonly number[];
    readonly blocked: readonly number[];
    readonly failed: readonly number[];
  } | null;
  /** Null of a drill that is not about regions. */
  readonly regions: readonly PageLane[] | null;
}

/** A key that did not end as it should. */
export interface PageKey {
  readonly journey: string;
  readonly key: string;
  readonly trouble: "absent" | "unread" | "twice" | "diverged";
  readonly acknowledgedMs: Ms | null;
  readonly applied: number | null;
}

/** One fault of a drill that makes many. Times are milliseconds since its own strike. */
export interface PageEpisode {
  readonly fault: string;
  readonly target: string;
  /** When it struck, since the first of them. */
  readonly atMs: Ms;
  readonly healedMs: Ms | null;
  readonly wholeMs: Ms | null;
  readonly detectedMs: Ms | null;
  readonly promotedMs: Ms | null;
  readonly shiftedMs: Ms | null;
  readonly recoveryTimeMs: Ms | null;
  readonly failed: number;
}

/** What the page shows of a drill. */
export interface PageDrill {
  readonly name: string;
  readonly target: string | null;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly journal: string;
  readonly summary: string;
  readonly standsFor: string;
  readonly notModelled: readonly string[];
  readonly fisAction: string | null;
  readonly proves: readonly string[];
  readonly objective: { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null };
  readonly rewinds?: true;
  readonly journeys: Readonly<Record<string, PageJourney>>;
  readonly stages: readonly PageStage[];
  readonly detectedMs: Ms | null;
  readonly failedOverMs: Ms | null;
  readonly redundancyRestoredMs: Ms | null;
  readonly replicationLagMs: Ms | null;
  /** What was expected of it before it was made; null or left out where nothing was. */
  readonly predicted?: Pick<DrillPrediction, "recoveryTimeMs" | "lost"> | null;
  /** The faults of a drill that makes many; left out by one that makes one. */
  readonly episodes?: readonly PageEpisode[];
  /** The strategy that it was made under; left out where the system's own was. */
  readonly recovery?: string;
  /** How the first region took over again; null where it did not have to. */
  readonly failback: {
    readonly atMs: Ms;
    readonly tookMs: Ms | null;
    readonly operations: number;
    readonly failed: number;
    readonly unknown: number;
  } | null;
  /** What was found in the files for people to reconcile; null where nobody looked. */
  readonly saved: { readonly rows: number; readonly messages: number; readonly ofLost: number } | null;
  /** Null where its journal could not be read; `recordMissing` then says why. */
  readonly record: { readonly timeline: PageTimeline; readonly keys: readonly PageKey[] } | null;
  readonly recordMissing: string | null;
}

/** All that the page shows. */
export interface ReportPage {
  readonly system: string;
  readonly verdict: Verdict;
  readonly seed: number;
  readonly rate: number;
  readonly pace: string;
  readonly paceFactor: number;
  readonly drills: readonly PageDrill[];
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  /** Null where they were not compared. */
  readonly strategies: readonly ComparedStrategy[] | null;
  /** The command that makes the same drills again. */
  readonly repeat: string;
}
