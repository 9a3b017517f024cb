import type { Ms } from "../base/units.ts";
import { CACHE, DATABASE, ECS, ZONE_WATCH } from "../facts/timing.ts";
import type { HealthCheckSettings } from "./kind/service.ts";
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

/** See {@link taskTerms}. */
export interface TaskTerms {
  readonly service: string;
  readonly revision: string;
  readonly drainMs: Ms;
  /** Whether a balancer checks it. */
  readonly checked: boolean;
  /** The longest pause between two starts that fail. */
  readonly backoffMaxMs: Ms;
}

/** How zones watch each other: with the patience that the control plane has with an agent that falls silent. */
export function zoneWatchSpec(pace: Pace): ProbeSpec {
  return {
    intervalMs: timer(ZONE_WATCH.interval.value, pace),
    timeoutMs: timeout(ZONE_WATCH.timeout.value, pace),
    healthyThreshold: 1,
    unhealthyThreshold: ZONE_WATCH.threshold.value,
  };
}

/** What the definition of a service says to whoever keeps its tasks; times are AWS's, at no pace. */
export function taskTerms({ id, settings: { run, drainMs, health } }: ServiceComponent): TaskTerms {
  const backoffMaxMs = ECS.restartBackoffMax.value;
  return { service: id, revision: run, drainMs, checked: health !== null, backoffMaxMs };
}

/** How long the health checks of a task take until they can find it healthy; 0 for a worker, which has none. */
export function healthyAfterMs(health: HealthCheckSettings | null, pace: Pace): Ms {
  return health === null ? 0 : timer(health.intervalMs * health.healthyThreshold, pace);
}

/**
 * How long clients keep the old address after a failover: the DNS TTL of a cluster endpoint; a proxy's follows at once.
 */
export function endpointTtlMs(component: DatabaseComponent | CacheComponent, pace: Pace): Ms {
  if (component.kind === "database" && component.settings.endpoint === "proxy") return 0;
  return timer(component.settings.endpointTtlMs, pace);
}

/** What AWS documents, or we assume, for a failover of this kind, after it was noticed: the longer end of a range. */
export function documentedFailoverMs({ kind, settings }: DatabaseComponent | CacheComponent): Ms {
  if (kind === "cache") return CACHE.failover.value;
  return settings.engine.startsWith("aurora-") ? DATABASE.auroraFailover.value : DATABASE.multiAzFailover.value[1];
}
