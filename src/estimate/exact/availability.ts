/*
 * Exact availability of parts that fail independently. The formulas are those of AWS's paper "Availability and
 * Beyond": https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience. Shares go from
 * 0 to 1. What parts have in common (their zone, their region) is in `common-cause.ts`.
 */

/**
 * A = MTBF / (MTBF + MTTR), with the time until the failure is noticed inside MTTR; `perYear` failures of `repair`
 * each, both counted in one unit of `year`.
 *
 * @example availabilityOf({ perYear: 1, repair: 365, year: 365 * 24 }) // 0.96
 */
export function availabilityOf(of: {
  readonly perYear: number;
  readonly repair: number;
  readonly year: number;
}): number {
  return of.perYear === 0 ? 1 : 1 / (1 + (of.perYear * of.repair) / of.year);
}

/** All are needed: the product. A product of service levels is a composite SLA, and no availability. */
export function series(parts: readonly number[]): number {
  return parts.reduce((product, each) => product * each, 1);
}

/** One of them is enough: 1 − ∏(1 − αᵢ). */
export function parallel(parts: readonly number[]): number {
  return 1 - series(parts.map((each) => 1 - each));
}

/**
 * At least `needed` of parts with the same availability, each up or down by itself: the sum of the binomial
 * distribution's upper tail. More than there are is never met; none is always.
 *
 * @example atLeast(2, 3, 0.995) // 0.99992525
 */
export function atLeast(needed: number, count: number, availability: number): number {
  if (needed > count) return 0;
  if (needed <= 0) return 1;
  let missed = 0; // the small side is summed, so that nothing is lost in 1 − …
  for (let up = 0; up < needed; up++) {
    missed += choose(count, up) * availability ** up * (1 - availability) ** (count - up);
  }
  return 1 - missed;
}

function choose(count: number, chosen: number): number {
  let ways = 1;
  for (let each = 1; each <= chosen; each++) ways = (ways * (count - chosen + each)) / each;
  return ways;
}
