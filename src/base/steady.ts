import type { OperationEvent } from "./journal.ts";
import type { Ms } from "./units.ts";

/** What steady means: three windows of a second in a row, in each 99% ok and quick enough. */
export const STEADY = { windowMs: 1_000, windows: 3, okShare: 0.99, stepMs: 50 } as const;

/** What one window of a second was like. `empty`: no operation was due, so nothing is known. */
export type WindowState = "good" | "slow" | "failing" | "empty";

/**
 * The slowest that the 99th percentile may be: twice the control run's, or 100 ms more; without a control run anything
 * goes.
 */
export function latencyLimit(controlP99Ms: Ms | null): Ms {
  return controlP99Ms === null ? Number.POSITIVE_INFINITY : Math.max(2 * controlP99Ms, controlP99Ms + 100);
}

/** Operations in the order in which they were due, to be looked at window by window. */
export interface Timeline {
  /** What the window [from, from + 1 s) was like. */
  window(from: Ms): WindowState;
  /**
   * The first instant from `from` on with three good windows in a row, all over by `until`; null where there is none.
   */
  steadySince(from: Ms, until: Ms): Ms | null;
}

/**
 * A journey's time line. An operation belongs to the instant at which it was due: what counts is how those fared who
 * came then. Those that were in flight at `faultAt` belong to that instant.
 */
export function timelineOf(
  operations: readonly Pick<OperationEvent, "at" | "dueAt" | "outcome">[],
  options: { limitMs: Ms; faultAt: Ms | null },
): Timeline {
  const { limitMs, faultAt } = options;
  const inOrder = operations
    .map(({ at, dueAt, outcome }) => ({
      at: faultAt !== null && dueAt < faultAt && at > faultAt ? faultAt : dueAt,
      ok: outcome === "ok",
      tookMs: at - dueAt,
    }))
    .sort((a, b) => a.at - b.at);
  const window = (from: Ms): WindowState => {
    const inside = inOrder.slice(indexOf(inOrder, from), indexOf(inOrder, from + STEADY.windowMs));
    if (inside.length === 0) return "empty";
    if (inside.filter(({ ok }) => ok).length < STEADY.okShare * inside.length) return "failing";
    const times = inside.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return times[Math.ceil(STEADY.okShare * times.length) - 1]! > limitMs ? "slow" : "good"; // the window is not empty
  };
  return {
    window,
    steadySince(from, until) {
      const inARow = Array.from({ length: STEADY.windows }, (_, index) => index * STEADY.windowMs);
      for (let at = from; at + STEADY.windows * STEADY.windowMs <= until; at += STEADY.stepMs) {
        if (inARow.every((offset) => window(at + offset) === "good")) return at;
      }
      return null;
    },
  };
}

/** Position of the first entry that is not before `at`, by bisection. */
function indexOf(inOrder: readonly { at: Ms }[], at: Ms): number {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inOrder[middle]!.at < at) low = middle + 1; // below the length
    else high = middle;
  }
  return low;
}
