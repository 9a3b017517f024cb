import { numberOf } from "../evaluate/judge.ts";
import type { Value } from "../evaluate/value.ts";
import type { Model } from "./model.ts";
import type { Resource } from "./resource.ts";

/** A number that a property says; `absent` where it is not set, undefined where only a deployment tells it. */
export function countOf(value: Value | undefined, absent: number | undefined): number | undefined {
  return value === undefined || value === null ? absent : numberOf(value);
}

/** How many tasks an ECS service has at the least; undefined where that is not told. */
export function tasksOf(service: Resource, model: Model): number | undefined {
  if (service.at("SchedulingStrategy") === "DAEMON") return undefined;
  const scaled = scaledAtLeast(service, model);
  return scaled === undefined ? countOf(service.at("DesiredCount"), 1) : countOf(scaled, undefined);
}

/** `MinCapacity` of what scales a resource; undefined where nothing does. */
function scaledAtLeast(resource: Resource, model: Model): Value | undefined {
  const [mention] = model.mentionsOf(resource, "AWS::ApplicationAutoScaling::ScalableTarget");
  return mention?.from.at("MinCapacity");
}

/** Types that change the number of an Auto Scaling group's instances. */
const SCALES = ["AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction", "AWS::ECS::CapacityProvider"];

/** How many instances an Auto Scaling group has at the least; undefined where that is not told. */
export function groupSizeOf(group: Resource, model: Model): number | undefined {
  const least = countOf(group.at("MinSize"), undefined);
  const isScaled = model.mentionsOf(group, ...SCALES).length > 0;
  const desired = isScaled ? least : countOf(group.at("DesiredCapacity"), least);
  return least === undefined || desired === undefined ? undefined : Math.max(least, desired);
}
