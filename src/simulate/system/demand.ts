import { LOAD } from "../../facts/load.ts";
import { loadOf } from "../../topology/assumption.ts";
import { type Region, type ServiceComponent, type Topology, weightOf } from "../../topology/topology.ts";
import { scalingAtAws } from "./control-spec.ts";
import type { LoadPlan } from "./part/load.ts";

const MINUTE_MS = 60_000;

/**
 * What a service is asked for, and what one of its tasks bears. A target of requests a minute says it; by Little's law
 * a task that has its target of concurrent requests answers so many of them a second. It
 * bears more, since a target is a share of what can be borne. Without such a target the tasks that always run bear the
 * peak at that share; without a peak, that is the peak. Nobody waits for those that work off a queue.
 */
export function loadPlan(
  topology: Topology,
  { id, settings: { scale, consumes } }: ServiceComponent,
  { name: region }: Region,
): LoadPlan {
  const { requestMs, patienceMs } = loadOf(topology);
  const own = arrivalsOf(topology, [consumes ?? id]);
  const on = scale.on === null || scale.on.metric === "queueDepth" ? null : scale.on;
  const countsRequests = on?.metric === "requestsPerMinute";
  const atTarget =
    on === null ? (own ?? 1) / scale.min : (on.target * 1_000) / (countsRequests ? MINUTE_MS : requestMs);
  return {
    region,
    peak: consumes === null ? (own ?? atTarget * scale.min) : 0,
    trough: LOAD.trough.value,
    perTask: atTarget / LOAD.targetShare.value,
    atTarget,
    requestMs,
    patienceMs,
    attempts: LOAD.attempts.value,
    queueMs: LOAD.queueMs.value,
    countsRequests,
    scaling: on && scalingAtAws({ ...scale, target: on.target }),
  };
}

/**
 * How many operations a second reach all of these components at the peak; null where no peak is told. Where nothing is
 * known of journeys, each service that listens has as many as any other.
 */
export function arrivalsOf({ journeys, components, objectives }: Topology, ids: readonly string[]): number | null {
  const { peak } = objectives;
  if (peak === null) return null;
  const listening = components.filter(({ kind, settings }) => kind === "service" && settings.protocol !== null);
  if (journeys.length === 0) return peak / Math.max(1, listening.length);
  const own = journeys.filter(({ needs }) => ids.every((id) => needs.includes(id)));
  return (peak * weightOf(own)) / weightOf(journeys);
}
