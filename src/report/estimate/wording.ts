import type { CheapestChange, EstimateRange, Meets, StrategyEstimate } from "../../base/estimate-document.ts";
import { formatRange } from "../../base/units.ts";

/** A figure of a strategy. */
export type EstimateCell = (strategy: StrategyEstimate) => string;

/** What is said of every strategy, in the order of the rows. */
export const ESTIMATE_ROWS: readonly (readonly [label: string, cell: EstimateCell])[] = [
  ["cost a month", ({ costUsdPerMonth }) => (costUsdPerMonth === null ? "unknown" : dollars(costUsdPerMonth))],
  ["availability", ({ availabilityRange: [low, high] }) => `${percent(low)}–${percent(high)}`],
  ["downtime a year", ({ downtimeMinutesPerYear: [low, high] }) => times([low * 60_000, high * 60_000])],
  ["  against *", ({ moreDowntimeThanChosen: more, chosen }) => (more === null || chosen ? "" : difference(more))],
  ["RTO instance", ({ rtoRangeMs }) => times(rtoRangeMs.instance)],
  ["RTO zone", ({ rtoRangeMs }) => times(rtoRangeMs.zone)],
  ["RTO region", ({ rtoRangeMs }) => times(rtoRangeMs.region)],
  ["RPO instance", ({ rpoRangeMs }) => times(rpoRangeMs.instance)],
  ["RPO zone", ({ rpoRangeMs }) => times(rpoRangeMs.zone)],
  ["RPO region", ({ rpoRangeMs }) => times(rpoRangeMs.region)],
];

/** Whether objectives are met, in a word. */
export function meetsWord(meets: Meets): string {
  return meets === "unknown" ? "unknown" : meets ? "met" : "not met";
}

/** What follows the name of a strategy. */
export function meetsText(meets: Meets): string {
  if (meets === "unknown") return "may miss the objectives";
  return meets ? "meets the objectives" : "misses the objectives";
}

/** What would make it meet the objectives. */
export function changeText(change: CheapestChange | null): string {
  if (change === null) return "no single change that is known here would do";
  return `the cheapest change: ${change.what}, ${added(change.usdPerMonth)}`;
}

/** Minutes, more or less. */
function difference([low, high]: EstimateRange): string {
  const isLess = high < 0;
  const [least, most] = [Math.abs(low), Math.abs(high)].map((minutes) => minutes * 60_000);
  if (high !== 0 && low !== 0 && isLess !== low < 0) return "more or less";
  const text = times([least ?? 0, most ?? 0]);
  return text === "none" ? text : `${text} ${isLess ? "less" : "more"}`;
}

/** Between two times. */
export function times([low, high]: EstimateRange): string {
  return formatRange(low, high);
}

/** As many digits as tell how far a share is from the whole; the document has no more than it bears. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(10))}%`;
}

/** An amount of money. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd < 100 ? 2 : 0)}`;
}

function added(usd: number | null): string {
  if (usd === null) return "at a price that is not known";
  if (usd === 0) return "at no cost";
  return usd > 0 ? `+${dollars(usd)} a month` : `−${dollars(-usd)} a month`;
}
