import type { LossScope, Meets } from "../base/estimate-document.ts";
import { formatDuration, formatRange } from "../base/units.ts";
import type { Objectives } from "../topology/topology.ts";
import type { Interval } from "./exact/interval.ts";
import { formatShare } from "./wording.ts";

/** The sizes of loss, the smallest first. */
export const SCOPES: readonly LossScope[] = ["instance", "zone", "region"];

/** What is known of a strategy, as objectives are about it. */
export interface Figures {
  readonly availability: Interval;
  readonly rtoMs: Readonly<Record<LossScope, Interval>>;
  readonly rpoMs: Readonly<Record<LossScope, Interval>>;
  /** The component that each of these times is of. */
  readonly slowest: Readonly<Record<LossScope, { readonly rto: string; readonly rpo: string }>>;
}

/** Whether all objectives are met, and a reason for each that is not surely so. */
export interface Judgement {
  readonly meets: Meets;
  readonly reasons: readonly string[];
}

/** Holds figures against objectives; those that were not set are met. */
export function judge(figures: Figures, objectives: Objectives): Judgement {
  const found = [
    ...judgeAvailability(figures, objectives),
    ...SCOPES.flatMap((scope) => judgeScope(figures, objectives, scope)),
  ];
  const meets = found.some(({ meets }) => meets === false)
    ? false
    : found.some(({ meets }) => meets === "unknown")
      ? "unknown"
      : true;
  return { meets, reasons: found.filter(({ meets }) => meets !== true).map(({ reason }) => reason) };
}

interface Finding {
  readonly meets: Meets;
  readonly reason: string;
}

function judgeAvailability({ availability }: Figures, { availability: wanted }: Objectives): readonly Finding[] {
  if (wanted === null) return [];
  const meets = availability.low >= wanted ? true : availability.high < wanted ? false : "unknown";
  const { low, high } = availability;
  return [{ meets, reason: `availability ${formatShare(low)}–${formatShare(high)}, against ${formatShare(wanted)}` }];
}

function judgeScope(figures: Figures, objectives: Objectives, scope: LossScope): readonly Finding[] {
  const { rtoMs, rpoMs } = objectives[scope];
  const { rto, rpo } = figures.slowest[scope];
  const hold = (name: string, of: string, time: Interval, wanted: number | null): readonly Finding[] => {
    if (wanted === null) return [];
    const meets = time.high <= wanted ? true : time.low > wanted ? false : "unknown";
    return [
      {
        meets,
        reason: `${scope} ${name} ${formatRange(time.low, time.high)} (${of}), against ${formatDuration(wanted)}`,
      },
    ];
  };
  return [...hold("RTO", rto, figures.rtoMs[scope], rtoMs), ...hold("RPO", rpo, figures.rpoMs[scope], rpoMs)];
}
