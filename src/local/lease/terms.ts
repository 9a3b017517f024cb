import type { Ms } from "../../base/units.ts";
import type { LeaseTerms } from "../../control/lease.ts";
import { type Pace, timeout } from "../../topology/timing.ts";

/** How long a region's lease lasts, and how often it is renewed, at the pace of a run. */
export interface RegionLeaseTerms extends Omit<LeaseTerms, "witnesses"> {
  readonly renewEveryMs: Ms;
}

/**
 * Ours, not AWS's, which ships no such lease. It adds to every failover of a region, which waits until it has run out;
 * three renewals in a row may fail before it is lost.
 */
const LEASE_MS: Ms = 4_000;
/** Less would be lost to a busy machine: a process that is not scheduled for a few hundred ms asks that much later. */
const SHORTEST_LEASE_MS: Ms = 1_000;
const RENEWALS_A_LEASE = 4;
/**
 * How far two clocks may drift apart, as a share of the time that passes: 100 ms over 4 s. Quartz drifts by a
 * thousandth of that; the rest is for what happens between a look at the clock and the system call that sends bytes.
 */
const DRIFT = 0.025;

/** The terms of a run at `pace`. */
export function leaseTerms(pace: Pace): RegionLeaseTerms {
  const leaseMs = timeout(LEASE_MS, pace, SHORTEST_LEASE_MS);
  return { leaseMs, clockBoundMs: leaseMs * DRIFT, renewEveryMs: leaseMs / RENEWALS_A_LEASE };
}
