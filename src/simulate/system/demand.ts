import { LOAD } from "../../facts/load.ts";
import { loadOf } from "../../topology/assumption.ts";
import type { Region, ServiceComponent, Topology } from "../../topology/topology.ts";
import type { LoadPlan } from "./part/load.ts";

/** Of what scaling does that AWS has no setting for: as on one machine. */
const IN_DATAPOINTS = 15;
const IN_BELOW = 0.9;

/**
 * What a service is asked for, and what one of its tasks bears. By Little's law a task that has its target of
 * concurrent requests answers so many of them a second; it bears more, since a target is a share of what can be borne.
 * Without such a target the tasks that always run bear the peak at that share; without a peak, that is the peak.
 */
export function loadPlan(
  topology: Topology,
  { id, settings: { scale } }: ServiceComponent,
  { name: region }: Region,
): LoadPlan {
  const { requestMs, patienceMs } = loadOf(topology);
  const { peak } = topology.objectives;
  const own = peak === null ? null : peak * shareOf(topology, id);
  const isConcurrency = scale.on?.metric === "concurrentRequests";
  const atTarget = isConcurrency ? ((scale.on?.target ?? 1) * 1_000) / requestMs : (own ?? 1) / scale.min;
  return {
    region,
    peak: own ?? atTarget * scale.min,
    trough: LOAD.trough.value,
    perTask: atTarget / LOAD.targetShare.value,
    atTarget,
    requestMs,
    patienceMs,
    attempts: LOAD.attempts.value,
    queueMs: LOAD.queueMs.value,
    scaling: isConcurrency
      ? {
          min: scale.min,
          max: scale.max,
          initial: scale.min,
          target: scale.on?.target ?? 1,
          outCooldownMs: scale.outCooldownMs,
          inCooldownMs: scale.inCooldownMs,
          inDatapoints: IN_DATAPOINTS,
          inBelow: IN_BELOW,
        }
      : null,
  };
}

/** The share of the arrivals that reach a service; where nothing is known of journeys, as much as any other. */
function shareOf({ journeys, components }: Topology, id: string): number {
  const listening = components.filter(({ kind, settings }) => kind === "service" && settings.protocol !== null);
  if (journeys.length === 0) return 1 / Math.max(1, listening.length);
  const all = journeys.reduce((sum, { weight }) => sum + weight, 0);
  const own = journeys.filter(({ needs }) => needs.includes(id)).reduce((sum, { weight }) => sum + weight, 0);
  return own / all;
}
