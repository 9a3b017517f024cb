import type { JourneyDocument, PersonDocument } from "../base/drill-document.ts";
import type { DrillPrediction } from "../base/prediction.ts";
import { type Ms, formatDuration } from "../base/units.ts";

/** The figures of a journey that every report sums up. */
export type JourneyFigures = Pick<
  JourneyDocument,
  | "durability"
  | "operations"
  | "failed"
  | "unknown"
  | "failedAttempts"
  | "recoveryTimeMs"
  | "recoveryTimeAtAwsMs"
  | "acknowledged"
  | "lost"
  | "lostAtMost"
  | "appliedTwice"
>;

type Journeys = Readonly<Record<string, JourneyFigures>>;
type Counted = "operations" | "failed" | "unknown" | "failedAttempts" | "appliedTwice";

/** One count of all journeys of a drill together. */
export function sumOf(journeys: Journeys, what: Counted): number {
  return Object.values(journeys).reduce((total, journey) => total + journey[what], 0);
}

/** The slowest journey's time; `never` where one did not recover, null where nothing is known. */
export function slowestOf(journeys: Journeys, what: "recoveryTimeMs" | "recoveryTimeAtAwsMs"): Ms | "never" | null {
  const times = Object.values(journeys).map((journey) => journey[what]);
  if (times.length === 0) return null;
  return times.includes(null) ? "never" : Math.max(...times.map((ms) => ms ?? 0));
}

/** Acknowledged writes that are lost, at least and at most, of the journeys whose durability was promised. */
export function lostOf(journeys: Journeys): {
  readonly acknowledged: number;
  readonly least: number;
  readonly most: number;
} {
  const promised = Object.values(journeys).filter(({ durability }) => durability === "acknowledged");
  const sum = (count: (journey: JourneyFigures) => number): number =>
    promised.reduce((total, journey) => total + count(journey), 0);
  return {
    acknowledged: sum(({ acknowledged }) => acknowledged),
    least: sum(({ lost }) => lost),
    most: sum(({ lostAtMost }) => lostAtMost),
  };
}

/** Whether a journey was away for longer at AWS than is allowed, or never came back. */
export function isLate(journeys: Journeys, allowedMs: Ms | null): boolean {
  return Object.values(journeys).some(
    ({ recoveryTimeAtAwsMs }) =>
      (recoveryTimeAtAwsMs ?? Number.POSITIVE_INFINITY) > (allowedMs ?? Number.POSITIVE_INFINITY),
  );
}

/** What was expected of a drill before it was made, and whether it came to that; null where nothing was. */
export function predictionText(
  predicted: Pick<DrillPrediction, "recoveryTimeMs" | "lost"> | null | undefined,
  journeys: Journeys,
): string | null {
  if (!predicted) return null;
  const [low, high] = predicted.recoveryTimeMs;
  const came = slowestOf(journeys, "recoveryTimeMs");
  if (came === null) return null;
  const expected = low === high ? timeText(low) : `${timeText(low)} to ${timeText(high)}`;
  const isOutside = came === "never" || came < low || came > high;
  return `recovery ${expected}; ${timeText(came)} is ${isOutside ? "outside" : "inside"}`;
}

/** What a person takes at AWS, beside a time or as part of it. */
export function personText({ decisionMs, counted }: PersonDocument): string {
  return `${counted ? "of which" : "and"} ${timeText(decisionMs)} until a person has decided`;
}

/** A count, or the range that it lies in. */
export function rangeText(least: number, most: number): string {
  return least === most ? grouped(least) : `${grouped(least)}–${grouped(most)}`;
}

/** A length of time for a cell: a dash where it is not known. */
export function timeText(ms: Ms | "never" | null): string {
  if (ms === null) return "–";
  if (ms === "never") return ms;
  return ms === 0 ? "0" : formatDuration(ms);
}

/** A number with a thin space between thousands. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** What timers are at a pace, in words. */
export function paceText({ pace, paceFactor }: { readonly pace: string; readonly paceFactor: number }): string {
  return `pace ${pace} (${paceFactor === 1 ? "AWS's own timers" : `AWS's timers ÷ ${paceFactor}`})`;
}
