import type { Ms } from "../base/units.ts";

/** Programs that may be started together, and the time after which there is room for one more. */
const TOGETHER = 3;
const ONE_MORE_AFTER_MS: Ms = 500;

/**
 * When the next program may start, where all before it will be paid for at `paidAt`, at one in so much time. At AWS
 * each task comes with a processor of its own; on one machine a dozen that start at once would take the processor from
 * everything else, and look like an outage that is none.
 */
export function nextStart(paidAt: Ms, now: Ms): { readonly paidAt: Ms; readonly waitMs: Ms } {
  const next = Math.max(paidAt, now) + ONE_MORE_AFTER_MS;
  return { paidAt: next, waitMs: Math.max(0, next - TOGETHER * ONE_MORE_AFTER_MS - now) };
}
