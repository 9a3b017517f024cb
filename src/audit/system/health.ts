import { ALB } from "../../facts/timing.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { numberOf } from "../evaluate/judge.ts";
import type { Resource } from "../model/resource.ts";
import type { Survey } from "./survey.ts";

const SECOND = 1_000;

/** How a balancer looks after the targets of a group, by its own settings and AWS's defaults. */
export function probeOf(group: Resource, survey: Survey): ProbeSpec {
  const setting = (property: string, otherwise: number): number => {
    const told = group.at(property);
    const number = numberOf(told);
    if (number !== undefined) return number;
    survey.notes.add("probe", survey.nameOf(group));
    return otherwise;
  };
  return {
    intervalMs: SECOND * setting("HealthCheckIntervalSeconds", ALB.healthInterval.value / SECOND),
    timeoutMs: SECOND * setting("HealthCheckTimeoutSeconds", ALB.healthTimeout.value / SECOND),
    healthyThreshold: setting("HealthyThresholdCount", ALB.healthyThreshold.value),
    unhealthyThreshold: setting("UnhealthyThresholdCount", ALB.unhealthyThreshold.value),
  };
}
