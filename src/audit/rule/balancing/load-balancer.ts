import { type Answer, every, not, some } from "../../../base/answer.ts";
import { isOneOf, isSet, isTrue } from "../../evaluate/judge.ts";
import { isList, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { ResourceRule, Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { type Place, firstPlace, zonalRule } from "../zonal.ts";
import { attributeOf } from "./attribute.ts";

const ELB = "AWS::ElasticLoadBalancingV2";
const BALANCER = `${ELB}::LoadBalancer`;
const GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest";
const ATTRIBUTES = "LoadBalancerAttributes";

const attribute = (balancer: Resource, key: string) => attributeOf(balancer.at(ATTRIBUTES), key);
const isOfType = (balancer: Resource, ...types: readonly string[]): Answer =>
  isOneOf(balancer.at("Type") ?? "application", types);

/** Where a balancer has nodes: its subnets, however they are written. */
function placeOf(balancer: Resource): Place | undefined {
  const found = firstPlace(balancer, "Subnets", "SubnetMappings");
  if (found?.at !== "SubnetMappings" || !isList(found.value)) return found;
  return { at: found.at, value: found.value.map((mapping) => partOf(mapping, "SubnetId") ?? mapping) };
}

/** The target groups that a balancer's listeners send to. */
function groupsOf(balancer: Resource, model: Model): readonly Resource[] {
  const listeners = model.mentionsOf(balancer, `${ELB}::Listener`).map(({ from }) => from);
  const senders = listeners.flatMap((listener) => [
    listener,
    ...model.mentionsOf(listener, `${ELB}::ListenerRule`).map(({ from }) => from),
  ]);
  const named = senders.flatMap((sender) => model.mentionsFrom(sender).map(({ to }) => to));
  return [...new Set(named)].filter(({ type }) => type === `${ELB}::TargetGroup`);
}

/** A rule that asks for an attribute to be true. */
function attributeRule(
  rule: Omit<ResourceRule, "judge" | "type"> & { readonly key: string; readonly types: readonly string[] },
): Rule {
  const { key, types, ...told } = rule;
  return resourceRule({
    ...told,
    type: BALANCER,
    judge: (balancer) => {
      const value = attribute(balancer, key);
      const wrong = every([isOfType(balancer, ...types), not(isTrue(value))]);
      return judged(wrong, `${key} is ${shown(value)}`, { at: ATTRIBUTES, value });
    },
  });
}

/** Rules about application and network load balancers. */
export const LOAD_BALANCER: readonly Rule[] = [
  zonalRule({
    id: "lb-zones",
    title: "a load balancer stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: BALANCER,
    place: placeOf,
    unless: (balancer) => isOfType(balancer, "gateway"),
    refused: (balancer) => isOfType(balancer, "application") === "yes",
    why: "With its zone every address of the balancer is gone, wherever its targets are.",
    fix: "set `Subnets`, or `SubnetMappings`, to subnets of two zones or more",
    source: `${GUIDE}/userguide/how-elastic-load-balancing-works.html`,
  }),
  resourceRule({
    id: "nlb-cross-zone",
    title: "nodes of a network load balancer send to their own zone alone, and nobody said so",
    severity: "low",
    loss: "zone",
    practice: "REL11-BP02",
    type: BALANCER,
    judge: (balancer, model) => {
      const key = "load_balancing.cross_zone.enabled";
      // Said to be off, it is a design of zones that share nothing; target groups may say it for themselves.
      const groups = groupsOf(balancer, model);
      // A balancer behind it has nodes in every zone.
      const ofBalancers = every(groups.map((group) => isOneOf(group.at("TargetType"), ["alb"])));
      const said = [
        attribute(balancer, key),
        ...groups.map((group) => attributeOf(group.at("TargetGroupAttributes"), key)),
      ];
      const wrong = every([
        isOfType(balancer, "network"),
        not(some(said.map(isSet))),
        not(groups.length > 0 ? ofBalancers : "no"),
      ]);
      return judged(wrong, `${key} is not set, which means false for a network load balancer`);
    },
    why: "Where a zone's targets fail, its node has nobody to send to, and refuses customers who hold its address.",
    fix: "set `load_balancing.cross_zone.enabled` for the balancer: true, or false where zones are to share nothing",
    source: `${GUIDE}/network/edit-load-balancer-attributes.html`,
  }),
  attributeRule({
    id: "lb-deletion-protection",
    title: "a load balancer can be deleted by mistake",
    severity: "low",
    loss: "change",
    practice: "REL08-BP05",
    key: "deletion_protection.enabled",
    types: ["application", "network", "gateway"],
    why: "A stack's update or a slip deletes it, and a new one has another name and other addresses.",
    fix: "set `deletion_protection.enabled` to true for the balancer",
    source: `${GUIDE}/application/edit-load-balancer-attributes.html`,
  }),
  attributeRule({
    id: "lb-zonal-shift",
    title: "a load balancer cannot be moved out of a bad zone",
    severity: "low",
    loss: "zone",
    practice: "REL11-BP02",
    key: "zonal_shift.config.enabled",
    types: ["application", "network"],
    why: "A zone that is bad, and not gone, passes health checks and keeps its share of requests.",
    fix: "set `zonal_shift.config.enabled` to true for the balancer",
    source: `${GUIDE}/application/enable-zonal-shift.html`,
  }),
];
