/** A figure that is only known to lie between two. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A figure that is known. */
export function exactly(value: number): Interval {
  return { low: value, high: value };
}

/** From a fact's range. */
export function between([low, high]: readonly [number, number]): Interval {
  return { low, high };
}

/** One after the other. */
export function sum(all: readonly Interval[]): Interval {
  return {
    low: all.reduce((total, { low }) => total + low, 0),
    high: all.reduce((total, { high }) => total + high, 0),
  };
}

/** Side by side: all are over when the longest is; 0 where there is none. */
export function longest(all: readonly Interval[]): Interval {
  return { low: Math.max(0, ...all.map(({ low }) => low)), high: Math.max(0, ...all.map(({ high }) => high)) };
}

/** Whichever is over first. */
export function shorter(one: Interval, other: Interval): Interval {
  return { low: Math.min(one.low, other.low), high: Math.min(one.high, other.high) };
}

/** Both multiplied; all ends are 0 or more. */
export function times(one: Interval, other: Interval): Interval {
  return { low: one.low * other.low, high: one.high * other.high };
}
