import { isList, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import { zonesIn } from "../../model/place.ts";
import type { Resource } from "../../model/resource.ts";
import { placesGiven } from "../../model/standing/standing.ts";
import { balancersOf, targetsOf } from "../../radius/need/balancing.ts";
import type { Rule } from "../rule.ts";
import { fail, judged, resourceRule } from "../table.ts";
import { unservedZones } from "./zone-name.ts";

const TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup";

/** Target groups of these hand requests to something that has zones of its own. */
const MANAGED = new Set<unknown>(["lambda", "alb"]);

/** One target, of an address or an instance that is not among the files: of others, a rule of theirs tells. */
const ONE_TARGET: Rule = resourceRule({
  id: "target-group-one-target",
  title: "a target group has one target",
  severity: "high",
  loss: "instance",
  practice: "REL10-BP01",
  type: TARGET_GROUP,
  judge: (group, model) => {
    const targets = group.at("Targets");
    if (!isList(targets) || targets.length !== 1 || MANAGED.has(group.at("TargetType"))) return undefined;
    if (targetsOf(group, model).length > 0) return undefined;
    const id = partOf(targets[0], "Id");
    // Behind an address that somebody hands in there may be anything, another balancer too.
    const isOpen = group.at("TargetType") === "ip" && typeof id !== "string";
    return judged(isOpen ? "unknown" : "yes", "has one target", {
      at: "Targets",
      needs: `what stands at ${shown(id)}`,
    });
  },
  why: "When the target stops, the balancer has nobody to hand requests to.",
  fix: "register `Targets` in two or more zones, or an Auto Scaling group or ECS service of two or more",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
});

/** The zones of a target that a balancer has no node in; none where either's zones are not all told. */
function unreachedZones(target: Resource, balancer: Resource, model: Model): readonly string[] {
  const targets = placesGiven(target, model);
  const nodes = placesGiven(balancer, model);
  if (targets?.whole !== true || nodes?.whole !== true) return [];
  return unservedZones(targets, zonesIn(nodes));
}

/** Targets in zones that the balancer is not in. */
const TARGET_ZONES: Rule = resourceRule({
  id: "target-group-zones",
  title: "targets stand in zones that their balancer is not in",
  severity: "medium",
  practice: "REL10-BP01",
  type: TARGET_GROUP,
  judge: (group, model) => {
    if (MANAGED.has(group.at("TargetType"))) return undefined;
    return targetsOf(group, model).flatMap((target) =>
      balancersOf(group, model).flatMap((balancer) => {
        const zones = unreachedZones(target, balancer, model);
        if (zones.length === 0) return [];
        return [fail(`${target.id} stands in ${zones.join(", ")}, where ${balancer.id} is not`)];
      }),
    );
  },
  why: "A balancer sends nothing into a zone that it is not in: these targets help nobody when another zone is lost.",
  fix: "add a subnet of each zone of the targets to the balancer's `Subnets`",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
});

/** Rules about what is behind a balancer. */
export const TARGET: readonly Rule[] = [ONE_TARGET, TARGET_ZONES];
