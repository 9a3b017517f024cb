/** What a number counts. Times are milliseconds, shares go from 0 to 1, sizes are bytes, prices US dollars. */
export type Unit = "ms" | "count" | "share" | "requests" | "bytes" | "text" | "usd";

/**
 * Something that AWS says about its services, with where and when it was read. `documented`: AWS's documentation says
 * it; `assumed`: AWS does not, so it is our figure and `note` says where it comes from.
 */
export interface Fact<T> {
  readonly value: T;
  readonly unit: Unit;
  readonly url: string;
  readonly readOn: "2026-11-21";
  readonly basis: "documented" | "assumed";
  readonly note?: string;
}

/** A number that a user may set: AWS's default, and the least and the most that AWS takes. */
export interface Setting extends Fact<number> {
  readonly min: number;
  readonly max: number;
}

/** A fact that AWS's documentation at `url` states. */
export function documented<T>(value: T, unit: Unit, url: string, note?: string): Fact<T> {
  return { value, unit, url, readOn: "2026-11-21", basis: "documented", ...(note === undefined ? {} : { note }) };
}

/** A figure of ours where AWS gives none; `url` is the nearest page, `note` the reason for the figure. */
export function assumed<T>(value: T, unit: Unit, url: string, note: string): Fact<T> {
  return { value, unit, url, readOn: "2026-11-21", basis: "assumed", note };
}

/** A fact with the range that AWS takes for it. */
export function setting(fact: Fact<number>, min: number, max: number): Setting {
  return { ...fact, min, max };
}
