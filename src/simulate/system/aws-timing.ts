import { ALB, CACHE, DATABASE, ROUTE_53 } from "../../facts/timing.ts";
import type { Ms } from "../../base/units.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import type { Spread } from "./spread.ts";

/** How a balancer looks after targets of which nobody says how. */
export const TARGET_PROBE: ProbeSpec = {
  intervalMs: ALB.healthInterval.value,
  timeoutMs: ALB.healthTimeout.value,
  healthyThreshold: ALB.healthyThreshold.value,
  unhealthyThreshold: ALB.unhealthyThreshold.value,
};

/** How the writer of a database is looked after where nobody says how. */
export const DETECTION = {
  intervalMs: DATABASE.detectionInterval.value,
  timeoutMs: DATABASE.detectionTimeout.value,
  unhealthyThreshold: DATABASE.detectionThreshold.value,
} as const;

/**
 * How long a promotion takes once the loss was noticed. AWS tells the whole time from the failure to the end; it is
 * counted as if none of it were the noticing.
 */
export function promotionTime(
  engine: "aurora" | "rds" | "cache",
  detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number },
): Spread {
  if (engine === "cache") return [0, CACHE.failover.value];
  if (engine === "aurora") return [0, DATABASE.auroraFailover.value];
  const { intervalMs, timeoutMs, unhealthyThreshold } = detection;
  const [low, high] = DATABASE.multiAzFailover.value;
  return [Math.max(0, low - unhealthyThreshold * intervalMs - timeoutMs), high];
}

/** How names are found not to answer, and for how long they are remembered: as told, else AWS's own. */
export function nameService(told?: {
  readonly dnsHealthCheck: { readonly intervalMs: Ms; readonly threshold: number };
  readonly dnsTtlMs: Ms;
}): { readonly probe: ProbeSpec; readonly ttlMs: number } {
  const { intervalMs, threshold } = told?.dnsHealthCheck ?? {
    intervalMs: ROUTE_53.healthInterval.value,
    threshold: ROUTE_53.healthThreshold.value,
  };
  return {
    probe: { intervalMs, timeoutMs: 0, healthyThreshold: threshold, unhealthyThreshold: threshold },
    ttlMs: told?.dnsTtlMs ?? ALB.dnsTtl.value,
  };
}
