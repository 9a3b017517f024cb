import type { Ms } from "../../base/units.ts";
import { STEADY } from "../../base/steady.ts";
import { PATIENCE } from "../customer.ts";
import type { Recording } from "./recording.ts";

/** A load that is later than this may take what was answered within half of an attempt's time for unanswered. */
const TOO_LATE_MS: Ms = PATIENCE.attemptMs / 2;

/** What is told covers the second before it. */
const SAMPLE_MS: Ms = 1_000;

/**
 * How late the load was at worst while its customers were watched, where it was too late to say that somebody was
 * refused, slow, or neither: customers came late, too, and may have missed an outage. Null where it was not.
 */
export function lateLoadMs({ eventLoops, faultAt, loadEndsAt }: Recording): Ms | null {
  const from = (faultAt ?? Number.NEGATIVE_INFINITY) - STEADY.windowMs * STEADY.windows;
  const watched = eventLoops.filter(
    ({ process, at }) => process === "load" && at > from && at - SAMPLE_MS < loadEndsAt,
  );
  const worst = Math.max(0, ...watched.map(({ maxDelayMs }) => maxDelayMs));
  return worst > TOO_LATE_MS ? worst : null;
}
