import type { Sampled } from "../../base/simulate-document.ts";

/** Shares of the normal distribution that lie below. */
const NORMAL = { "97.5%": 1.959963984540054, "99%": 2.3263478740408408 } as const;

/**
 * The rate per unit of exposure of something that comes in independent portions, with its 95% interval: the gamma
 * interval of Fay and Feuer for a weighted sum of Poisson counts (Statistics in Medicine 16, 1997), each portion being
 * a count of one. It is never too narrow where few portions make up most of the sum, as those of batch means and of the
 * bootstrap are. It is taken at 98%: of a hundred seeds, one with 95% would by bad luck cover in 91 only. `largest`:
 * the most that a portion may be, for where none was seen.
 */
export function portionRate(portions: readonly number[], exposure: number, largest = 0): Sampled {
  const sum = portions.reduce((total, each) => total + each, 0);
  const squares = portions.reduce((total, each) => total + each ** 2, 0);
  const most = portions.reduce((max, each) => Math.max(max, each), sum === 0 ? largest : 0);
  const low = sum === 0 ? 0 : (squares / (2 * sum)) * chiSquared(-NORMAL["99%"], (2 * sum ** 2) / squares);
  const upper = sum + most;
  const spread = squares + most ** 2;
  const high = upper === 0 ? 0 : (spread / (2 * upper)) * chiSquared(NORMAL["99%"], (2 * upper ** 2) / spread);
  return { mean: sum / exposure, low95: low / exposure, high95: high / exposure };
}

/** The quantile of chi-squared that the normal distribution has at `z`, by Wilson and Hilferty. */
function chiSquared(z: number, freedom: number): number {
  const share = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - share + z * Math.sqrt(share)) ** 3;
}

/** The mean of independent batches, with its 95% interval by Student's t. */
export function batchMean(batches: readonly number[]): Sampled {
  const count = batches.length;
  const mean = batches.reduce((total, each) => total + each, 0) / Math.max(1, count);
  if (count < 2) return { mean, low95: -Infinity, high95: Infinity };
  const variance = batches.reduce((total, each) => total + (each - mean) ** 2, 0) / (count - 1);
  const half = student(count - 1) * Math.sqrt(variance / count);
  return { mean, low95: mean - half, high95: mean + half };
}

/** The 97.5% quantile of Student's t, by the expansion of Cornish and Fisher. */
function student(freedom: number): number {
  const z = NORMAL["97.5%"];
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** The value below which this share of `sorted` lies; 0 where there is none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
