/**
 * Milliseconds, whole or not: an instant since the epoch or a length of time. The only unit of time inside Holdfast.
 */
export type Ms = number;

type Unit = "millisecond" | "second" | "minute" | "hour" | "day";

/**
 * A length of time as a user writes it: a number, a space, and a unit in the singular or the plural. @example "30
 * seconds"
 */
export type Duration = `${number} ${Unit}` | `${number} ${Unit}s`;

/** A share as a user writes it. @example "99.99%" */
export type Percent = `${number}%`;

/** An arrival rate as a user writes it. @example "500 requests/second" */
export type Rate = `${number} requests/second`;

/** An amount of memory or storage as a user writes it. @example "1.5 GiB" */
export type Size = `${number} ${SizeUnit}`;

type SizeUnit = "MiB" | "GiB" | "TiB";

const UNIT_MIB: Readonly<Record<SizeUnit, number>> = { MiB: 1, GiB: 1_024, TiB: 1_048_576 };

const UNIT_MS: Readonly<Record<Unit, Ms>> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** The length of `text` in milliseconds; undefined where it is no {@link Duration} (negative ones are none). */
export function parseDuration(text: string): Ms | undefined {
  const match = /^(\d+(?:\.\d+)?) (millisecond|second|minute|hour|day)s?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNIT_MS[match[2] as Unit];
}

/** `ms` as a reader likes it, with at most three significant digits. @example formatDuration(1234) // "1.23 s" */
export function formatDuration(ms: Ms): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${trim(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${trim(ms / 60_000)} min`;
  return `${trim(ms / 3_600_000)} h`;
}

/**
 * Two times that something is known to lie between, with two digits each, since no more are known; one where they are
 * the same.
 *
 * @example formatRange(0, 461_000) // "0–7.7 min"
 */
export function formatRange(low: Ms, high: Ms): string {
  const rough = (ms: Ms): string =>
    ms === 0 ? "0" : formatDuration(ms).replace(/^[\d.]+/, (digits) => String(Number(Number(digits).toPrecision(2))));
  if (high === 0) return "none";
  return rough(low) === rough(high) ? rough(high) : `${rough(low)}–${rough(high)}`;
}

/** A share written as `"99.99%"`, as a number from 0 to 1; undefined where it is none. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match ? Number(match[1]) / 100 : Number.NaN;
  return value >= 0 && value <= 1 ? value : undefined;
}

/** A rate written as `"500 requests/second"`, in requests a second; undefined where it is none. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) requests\/second$/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** The MiB in `text`; undefined where it is no {@link Size}. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) (MiB|GiB|TiB)$/.exec(text);
  return match ? Number(match[1]) * UNIT_MIB[match[2] as SizeUnit] : undefined;
}

/** MiB as a user writes them. @example formatSize(1536) // "1.5 GiB" */
export function formatSize(mib: number): string {
  return mib < 1_024 ? `${mib} MiB` : `${mib / 1_024} GiB`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}
