import type { Ms } from "../base/units.ts";
import { ROUTE_53 } from "../facts/timing.ts";
import type { ProbeSpec } from "./spec.ts";
import { type Pace, timeout, timer } from "./timing.ts";
import { type Topology, componentsOf } from "./topology.ts";

/** How long a connection to a health checker may take: Route 53's four seconds. */
const CONNECT_WITHIN_MS: Ms = 4_000;
/** Route 53 gives a connection four seconds, and the answer two. */
const ANSWER_WITHIN_MS: Ms = 6_000;

/** How a vantage point looks at a region, at the pace of a run. */
export function vantageProbe(pace: Pace): ProbeSpec {
  const threshold = ROUTE_53.healthThreshold.value;
  return {
    intervalMs: timer(ROUTE_53.fastHealthInterval.value, pace),
    timeoutMs: timeout(CONNECT_WITHIN_MS, pace),
    healthyThreshold: threshold,
    unhealthyThreshold: threshold,
  };
}

/** What a definition, or Route 53 where it says nothing, has of health checks. */
export interface DnsHealthCheck {
  readonly intervalMs: Ms;
  readonly threshold: number;
}

/** How each of the DNS's own vantage points looks at a balancer's node, or at an edge location. */
export function dnsProbe({ intervalMs, threshold }: DnsHealthCheck, pace: Pace): ProbeSpec {
  return {
    intervalMs: timer(intervalMs, pace),
    timeoutMs: timeout(ANSWER_WITHIN_MS, pace),
    healthyThreshold: threshold,
    unhealthyThreshold: threshold,
  };
}

/** From how many places the DNS looks; Route 53 has more, of which a share decides. */
export const DNS_VANTAGE_POINTS = 3;

/** Route 53 believes a target to be healthy while more than this share of its vantage points do. */
const HEALTHY_SHARE = 0.18;

/** What is believed of a target, by what each vantage point holds of it. */
export function isHealthyByDns(views: readonly boolean[]): boolean {
  return views.filter(Boolean).length / views.length > HEALTHY_SHARE;
}

/**
 * How many keep an answer of the DNS each for a TTL of its own: the machines of an edge location, and the providers of
 * customers near a region. Real ones are many more; of these few the last to ask anew comes near the end of the TTL.
 */
export const DNS_ASKERS = { edgeMachines: 8, providers: 8 } as const;

/** A TTL at the pace of a run, in the whole seconds that DNS has; at least one. */
export function ttlSeconds(ttlMs: Ms, { factor }: Pick<Pace, "factor">): number {
  return Math.max(1, Math.round(ttlMs / factor / 1_000));
}

/** What the DNS of a system does: the edge's settings, else AWS's own. */
export function dnsOf(topology: Topology): { readonly ttlMs: Ms; readonly healthCheck: DnsHealthCheck } {
  const settings = componentsOf(topology, "edge")[0]?.settings;
  return {
    ttlMs: settings?.dnsTtlMs ?? 60_000,
    healthCheck: settings?.dnsHealthCheck ?? {
      intervalMs: ROUTE_53.fastHealthInterval.value,
      threshold: ROUTE_53.healthThreshold.value,
    },
  };
}

/** How long a region's lease lasts, how far clocks may drift over it, and how often it is renewed. */
export interface RegionLeaseTerms {
  readonly leaseMs: Ms;
  readonly clockBoundMs: Ms;
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

/** How often it is looked how far copies in other regions are behind, at AWS's scale. */
const LAG_EVERY_MS: Ms = 2_000;

/** How often it is looked how far copies in other regions are behind, at the pace of a run. */
export function lagEveryMs(pace: Pace): Ms {
  return timer(LAG_EVERY_MS, pace);
}
