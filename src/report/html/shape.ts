import type { DrillDocument, DrillsDocument } from "../../base/drill-document.ts";
import type { DrillPrediction } from "../../base/prediction.ts";
import type { Ms } from "../../base/units.ts";

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

/** What the page shows of a drill. */
export interface PageDrill extends Omit<DrillDocument, "footprint" | "predicted"> {
  /** What was expected of it before it was made; null where nothing was. */
  readonly predicted: Pick<DrillPrediction, "recoveryTimeMs" | "lost"> | null;
  /** Null where its journal could not be read; `recordMissing` then says why. */
  readonly record: { readonly timeline: PageTimeline; readonly keys: readonly PageKey[] } | null;
  readonly recordMissing: string | null;
}

/** All that the page shows. */
export interface ReportPage extends Omit<DrillsDocument, "holdfast" | "control" | "drills"> {
  readonly drills: readonly PageDrill[];
  /** The command that makes the same drills again. */
  readonly repeat: string;
}
