import type { Ms } from "../base/units.ts";
import { type Pace, timeout, timer } from "./timing.ts";
import type { CacheComponent, DatabaseComponent, ServiceComponent } from "./topology.ts";

/** How something is probed, at the pace of a run: what a health checker and the controller behind it are given. */
export interface ProbeSpec {
  readonly intervalMs: Ms;
  readonly timeoutMs: Ms;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** How the load balancer probes the tasks of a service; null for a worker, which nobody probes. */
export function healthSpec({ settings: { health } }: ServiceComponent, pace: Pace): ProbeSpec | null {
  if (health === null) return null;
  const { healthyThreshold, unhealthyThreshold } = health;
  return {
    intervalMs: timer(health.intervalMs, pace),
    timeoutMs: timeout(health.timeoutMs, pace),
    healthyThreshold,
    unhealthyThreshold,
  };
}

/** How the observers of a zone probe a member of a database or cache; one answer is enough to be seen again. */
export function detectionSpec({ settings: { detection } }: DatabaseComponent | CacheComponent, pace: Pace): ProbeSpec {
  const { unhealthyThreshold } = detection;
  return {
    intervalMs: timer(detection.intervalMs, pace),
    timeoutMs: timeout(detection.timeoutMs, pace),
    healthyThreshold: 1,
    unhealthyThreshold,
  };
}
