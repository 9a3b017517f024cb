import type { Ms } from "../src/base/units.ts";

/** How a number of measured times are spread. */
export interface Distribution {
  readonly count: number;
  readonly min: Ms;
  readonly p50: Ms;
  readonly p90: Ms;
  readonly p99: Ms;
  readonly max: Ms;
}

/** The spread of `times`, whole milliseconds: each percentile is a time that was measured (nearest rank). */
export function distributionOf(times: readonly Ms[]): Distribution | null {
  if (times.length === 0) return null;
  const sorted = times.map(Math.round).sort((a, b) => a - b);
  const rank = (share: number): Ms => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!; // it is not empty
  return { count: sorted.length, min: rank(0), p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
}

/** One line: `5 times: min 1.2 s, p50 …`. */
export function describeDistribution(spread: Distribution | null): string {
  if (spread === null) return "never measured";
  const seconds = (ms: Ms): string => `${(ms / 1_000).toFixed(2)} s`;
  const { count, ...marks } = spread;
  const parts = Object.entries(marks).map(([name, ms]) => `${name} ${seconds(ms)}`);
  return `${count} times: ${parts.join(", ")}`;
}
