import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { type NeedsOf, type ResourceNeed, each, namedAt, oneOf, someAndLikelyEach } from "./need.ts";

const TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup";
const LISTENER = "AWS::ElasticLoadBalancingV2::Listener";
const RULE = "AWS::ElasticLoadBalancingV2::ListenerRule";

/** What is behind a target group: the services and groups that register there, and the targets that it names. */
const targetsByGroup = derived((model) => {
  const targets = new Map<string, Resource[]>();
  const add = (group: Resource, target: Resource): void => {
    const known = targets.get(group.key);
    if (known === undefined) targets.set(group.key, [target]);
    else if (!known.includes(target)) known.push(target);
  };
  for (const group of model.of(TARGET_GROUP)) {
    for (const target of model.targets(group.at("Targets"))) add(group, target);
    for (const { from, path } of model.mentionsOf(group)) {
      if (path.startsWith("LoadBalancers.") || path.startsWith("TargetGroupARNs")) add(group, from);
    }
  }
  return targets;
});

/** What registers with a target group; none where something outside of the files does. */
export function targetsOf(group: Resource, model: Model): readonly Resource[] {
  return targetsByGroup(model).get(group.key) ?? [];
}

/** The balancers that lead to a target group. */
export function balancersOf(group: Resource, model: Model): readonly Resource[] {
  const found = new Set<Resource>();
  for (const { from } of model.mentionsOf(group, LISTENER, RULE)) {
    const listener = from.type === RULE ? model.target(from.at("ListenerArn")) : from;
    const balancer = model.target(listener?.at("LoadBalancerArn"));
    if (balancer !== undefined) found.add(balancer);
  }
  return [...found];
}

/** What a balancer's listeners lead to: by default, and by their rules. */
function groupsOf(balancer: Resource, model: Model): { readonly byDefault: Resource[]; readonly byRule: Resource[] } {
  const byDefault: Resource[] = [];
  const byRule: Resource[] = [];
  for (const { from: listener } of model.mentionsOf(balancer, LISTENER)) {
    byDefault.push(...namedAt(listener, model, { path: /^DefaultActions/, type: /::TargetGroup$/ }));
    for (const { from: rule } of model.mentionsOf(listener, RULE)) {
      byRule.push(...namedAt(rule, model, { path: /^Actions/, type: /::TargetGroup$/ }));
    }
  }
  return { byDefault, byRule };
}

/** A balancer answers nobody when nothing is left behind its default actions; its rules have customers of their own. */
function balancer(resource: Resource, model: Model): readonly ResourceNeed[] {
  const { byDefault, byRule } = groupsOf(resource, model);
  const isServed = byDefault.some((group) => targetsOf(group, model).length > 0);
  if (!isServed) return someAndLikelyEach([...byDefault, ...byRule]);
  return [...oneOf(byDefault), ...each(byRule, false)];
}

/** A classic balancer's instances, and the groups and services that register with it. */
function classicBalancer(resource: Resource, model: Model): readonly ResourceNeed[] {
  const registered = model
    .mentionsOf(resource, "AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service")
    .filter(({ path }) => path.startsWith("LoadBalancer"))
    .map(({ from }) => from);
  return oneOf([...model.targets(resource.at("Instances")), ...registered]);
}

/** From balancers to what serves. */
export const BALANCING: Readonly<Record<string, NeedsOf>> = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
  "AWS::ElasticLoadBalancing::LoadBalancer": classicBalancer,
  [LISTENER]: (listener, model) => each(model.targets(listener.at("LoadBalancerArn"))),
  [TARGET_GROUP]: (group, model) => oneOf(targetsOf(group, model)),
};
