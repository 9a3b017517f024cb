import type { DrillPrediction, Interval, PredictedStage } from "../../base/prediction.ts";
import type { Ms } from "../../base/units.ts";
import type { Played } from "./customers.ts";

/** One drill that was played in virtual time. */
export interface PlayedDrill {
  readonly journeys: ReadonlyMap<string, Played>;
  readonly stages: readonly { readonly name: string; readonly component: string; readonly ms: Ms }[];
  /** Acknowledged writes that are lost, best effort aside. */
  readonly lost: number;
}

/** Of the plays, this share lies in an interval. */
const COVERED = 0.9;

/**
 * What many plays of one drill come to: medians, and from where to where nine of ten lie. A play in which a journey
 * never became steady counts as one of `untilMs`.
 */
export function summarize(plays: readonly PlayedDrill[], untilMs: Ms): DrillPrediction {
  const journeys = [...(plays[0]?.journeys.keys() ?? [])];
  const timesOf = (id: string): Ms[] => plays.map((play) => play.journeys.get(id)?.recoveryTimeMs ?? untilMs);
  const slowest = plays.map(({ journeys: played }) =>
    Math.max(0, ...[...played.values()].map(({ recoveryTimeMs }) => recoveryTimeMs ?? untilMs)),
  );
  return {
    ...spreadOf(slowest),
    lost: intervalOf(plays.map(({ lost }) => lost)),
    journeys: Object.fromEntries(journeys.map((id) => [id, spreadOf(timesOf(id))])),
    stages: stagesOf(plays),
  };
}

/** Stages that most plays have, in the order in which one of them had them. */
function stagesOf(plays: readonly PlayedDrill[]): readonly PredictedStage[] {
  const all = Map.groupBy(
    plays.flatMap(({ stages }) => stages),
    ({ name, component }) => `${component} ${name}`,
  );
  return [...all.values()].flatMap((same) => {
    const { name, component } = same[0]!; // a group has a member
    return same.length * 2 < plays.length ? [] : [{ name, component, ms: intervalOf(same.map(({ ms }) => ms)) }];
  });
}

function spreadOf(times: readonly Ms[]): { readonly recoveryTimeMs: Interval<Ms>; readonly medianMs: Ms } {
  return { recoveryTimeMs: intervalOf(times), medianMs: quantile(times, 0.5) };
}

/** The shortest one that covers so many: where most plays have no outage at all, the rare one does not make it wide. */
function intervalOf(values: readonly number[]): Interval {
  const inOrder = [...values].sort((a, b) => a - b);
  const last = Math.max(0, Math.ceil(COVERED * inOrder.length) - 1);
  const starts = inOrder.slice(0, inOrder.length - last);
  const widthFrom = (at: number): number => (inOrder[at + last] ?? 0) - (inOrder[at] ?? 0);
  const best = starts.reduce((found, _, at) => (widthFrom(at) < widthFrom(found) ? at : found), 0);
  return [Math.round(inOrder[best] ?? 0), Math.round(inOrder[best + last] ?? 0)];
}

/** Rounded to a whole number; 0 of nothing. */
function quantile(values: readonly number[], share: number): number {
  const inOrder = [...values].sort((a, b) => a - b);
  return Math.round(inOrder[Math.min(inOrder.length - 1, Math.floor(share * inOrder.length))] ?? 0);
}
