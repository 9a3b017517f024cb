import { isOneOf, isTrue, numberOf } from "../../evaluate/judge.ts";
import { isList } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isPublic } from "../../model/route.ts";
import { radiusOf } from "../../radius/loss.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";
import { DOORS, MULTIPLE_ZONES } from "./door.ts";
import { subnetsBehind } from "./nat-gateway-zone.ts";

const GROUP = "AWS::EC2::SecurityGroup";

/** Ports that browsers ask without being told. */
const WEB_PORTS = [80, 443];

/** How much more is followed in a model: where everything waits for everything, each instance stops all. */
const budget = derived(() => ({ steps: 1_000_000 }));

/** The path from a door to the instance that it stops with; undefined where there is none. */
function doorBehind(instance: Resource, model: Model): string | undefined {
  const radius = radiusOf(model);
  const left = budget(model);
  if (left.steps < 0) return undefined;
  const loss = { kind: "instance", id: instance.id, parts: { sure: [instance.key], possible: [] } } as const;
  const outcome = radius.outcome(loss);
  left.steps -= outcome.stops.length + outcome.mayStop.length;
  const door = outcome.stops.find((id) => DOORS.has(radius.parts.get(id)?.type ?? ""));
  return door && radius.pathTo(door, outcome, loss);
}

/** The instances behind each security group. */
const instancesByGroup = derived((model) => {
  const instances = new Map<string, Resource[]>();
  for (const instance of model.of("AWS::EC2::Instance")) {
    for (const { to } of model.mentionsFrom(instance)) {
      if (to.type === GROUP) instances.set(to.key, [...(instances.get(to.key) ?? []), instance]);
    }
  }
  return instances;
});

/** Whether an instance surely has an address that the internet reaches. */
function hasPublicAddress(instance: Resource, model: Model): boolean {
  if (model.mentionsOf(instance, "AWS::EC2::EIP", "AWS::EC2::EIPAssociation").length > 0) return true;
  const card = instance.at("NetworkInterfaces.0");
  const given = instance.at("SubnetId") ?? instance.at("NetworkInterfaces.0.SubnetId");
  if (isTrue(instance.at("NetworkInterfaces.0.AssociatePublicIpAddress")) === "yes") return true;
  if (given === undefined && card === undefined) return true; // stands in the default network, whose subnets are public
  const subnet = model.target(given);
  return subnet !== undefined && isPublic(subnet, model) && isTrue(subnet.at("MapPublicIpOnLaunch")) === "yes";
}

/** The port on which an instance answers the whole internet; undefined where it answers on none that browsers ask. */
function webPortOf(instance: Resource, model: Model): number | undefined {
  if (!hasPublicAddress(instance, model)) return undefined;
  const groups = model.mentionsFrom(instance).filter(({ to }) => to.type === GROUP);
  for (const { to: group } of groups) {
    const others = (instancesByGroup(model).get(group.key) ?? []).filter((each) => each !== instance);
    const rules = group.at("SecurityGroupIngress");
    if (others.length > 0 || !isList(rules)) continue;
    const ports = [...rules.keys()].flatMap((at) => {
      const isOpen = isOneOf(group.at(`SecurityGroupIngress.${at}.CidrIp`), ["0.0.0.0/0"]) === "yes";
      return isOpen ? (numberOf(group.at(`SecurityGroupIngress.${at}.FromPort`)) ?? []) : [];
    });
    const port = ports.find((each) => WEB_PORTS.includes(each));
    if (port !== undefined) return port;
  }
  return undefined;
}

/** Whether something hands requests on to an instance: it is then not by itself. */
function isRegistered(instance: Resource, model: Model): boolean {
  return model.mentionsOf(instance).some(({ path }) => path.startsWith("Targets") || path.startsWith("Instances"));
}

/** An instance that has no other on the path of requests. */
export const LONE_INSTANCE: Rule = resourceRule({
  id: "ec2-lone-instance",
  title: "requests are answered by one EC2 instance that nothing replaces",
  severity: "high",
  loss: "instance",
  practice: "REL10-BP01",
  type: "AWS::EC2::Instance",
  judge: (instance, model) => {
    if (instance.exists !== "yes" || subnetsBehind(instance, model).length > 0) return undefined;
    const path = doorBehind(instance, model);
    if (path !== undefined) return fail(`has no other that takes over: ${path}`);
    const port = isRegistered(instance, model) ? undefined : webPortOf(instance, model);
    return port === undefined ? undefined : fail(`answers the internet on port ${port} alone`);
  },
  why: "When the instance or its zone is lost, requests fail until somebody makes another one.",
  fix: "put it into an `AWS::AutoScaling::AutoScalingGroup` of two or more zones behind a load balancer",
  source: MULTIPLE_ZONES,
});
