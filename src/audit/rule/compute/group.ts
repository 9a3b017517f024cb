import { type Answer, every, some } from "../../../base/answer.ts";
import { hasElement, isNumber, isSet } from "../../evaluate/judge.ts";
import { type Value, isList, partOf } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import { mentionsOrNamesOf } from "../../model/name.ts";
import type { Resource } from "../../model/resource.ts";
import { isLeastOfOne } from "./least.ts";

/** CloudFormation's type of an Auto Scaling group. */
export const GROUP = "AWS::AutoScaling::AutoScalingGroup";

/** Whether a balancer sends requests to a group's instances. */
export function isBalanced(group: Resource): Answer {
  return some(
    ["TargetGroupARNs", "LoadBalancerNames", "TrafficSources"].map((property) => hasElement(group.at(property))),
  );
}

/** Whether users notice when a group has no instance: requests arrive there, or a cluster's tasks run on it. */
export function isServing(group: Resource, model: Model): Answer {
  return hostsTasks(group, model) ? "yes" : isBalanced(group);
}

/** Whether another program decides how many instances there are: ECS for its tasks, or a cluster's autoscaler. */
export function isScaledByCluster(group: Resource, model: Model): boolean {
  if (model.mentionsOf(group, "AWS::ECS::CapacityProvider").length > 0) return true;
  const tags = group.at("Tags");
  return isList(tags) && tags.some((tag) => /cluster-autoscaler|karpenter/.test(String(partOf(tag, "Key"))));
}

/** What changes the size of a group: its policies and its schedules. */
export function scalersOf(group: Resource, model: Model): readonly Resource[] {
  const types = ["AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction"];
  return mentionsOrNamesOf(group, model)
    .filter(({ from, path }) => path === "AutoScalingGroupName" && types.includes(from.type))
    .map(({ from }) => from);
}

/** The size that a group may come down to, and the property that says so. */
export interface Least {
  readonly at: "MinSize" | "DesiredCapacity";
  readonly value: Value | undefined;
}

/** What scales goes down to its least; what nothing scales stays at what is asked for. */
export function leastOf(group: Resource, model: Model): Least {
  const scaled = scalersOf(group, model).length > 0 || isSet(group.at("DesiredCapacity")) === "no";
  const at = scaled ? "MinSize" : "DesiredCapacity";
  return { at, value: group.at(at) };
}

/**
 * Whether a group comes down to less than two instances. One that nothing ever starts is off, and not meant.
 */
export function isLeastOne(group: Resource, model: Model): Answer {
  const { value } = leastOf(group, model);
  return scalersOf(group, model).length > 0 ? isLeastOfOne(value) : isNumber(value, (size) => size === 1);
}

/** Whether a group always has one instance, which is made again when it is lost. */
export function isSingleton(group: Resource): Answer {
  return every(["MinSize", "MaxSize"].map((property) => isNumber(group.at(property), (size) => size === 1)));
}

/** Whether a group's name says that it is an operator's way in, or a gateway of a zone: users do not wait for it. */
export function isAccess({ id }: Resource): boolean {
  return /bastion|jump(box|host|server)|nat([A-Z_\d-]|$|inst|gat)|vpn|runner/i.test(id);
}

/** What a group starts: its launch template or launch configuration, where these files have it. */
export function launchOf(group: Resource, model: Model): Resource | undefined {
  const named = [
    "LaunchTemplate.LaunchTemplateId",
    "LaunchTemplate.LaunchTemplateName",
    "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId",
    "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName",
    "LaunchConfigurationName",
  ];
  return named.map((path) => model.target(group.at(path))).find((found) => found !== undefined);
}

function hostsTasks(group: Resource, model: Model): boolean {
  const launch = launchOf(group, model);
  return (
    launch !== undefined &&
    model.mentionsFrom(launch).some(({ to, path }) => to.type === "AWS::ECS::Cluster" && path.endsWith("UserData"))
  );
}
