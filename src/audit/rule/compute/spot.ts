import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isNumber, isOneOf, isSet, isTrue } from "../../evaluate/judge.ts";
import { partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";
import { GROUP, launchOf } from "./group.ts";

const GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide";
const MIXED = "MixedInstancesPolicy";
const SHARE = `${MIXED}.InstancesDistribution.OnDemandPercentageAboveBaseCapacity`;

/** Whether a group asks for spot instances: by a share of its policy (on demand, by default), or whatever it starts. */
function isSpot(group: Resource, model: Model): Answer {
  const launch = launchOf(group, model);
  return some([
    isNumber(group.at(SHARE), (percent) => percent < 100),
    isOneOf(launch?.at("LaunchTemplateData.InstanceMarketOptions.MarketType"), ["spot"]),
    isSet(launch?.at("SpotPrice")),
  ]);
}

/** Whether a group may choose among instance types. */
function hasTypes(group: Resource, model: Model): Answer {
  const { elements, whole } = elementsOf(group.at(`${MIXED}.LaunchTemplate.Overrides`));
  const byNeeds = elements.map((each) => isSet(partOf(each, "InstanceRequirements")));
  const ofLaunch = isSet(launchOf(group, model)?.at("LaunchTemplateData.InstanceRequirements"));
  return some([...byNeeds, ofLaunch, whole ? answerOf(elements.length > 1) : "unknown"]);
}

/** Rules about groups of spot instances, which AWS takes back with two minutes' notice. */
export const SPOT: readonly Rule[] = [
  resourceRule({
    id: "asg-spot-one-type",
    title: "a group of spot instances asks for one instance type",
    severity: "medium",
    loss: "instance",
    practice: "REL07-BP01",
    type: GROUP,
    judge: (group, model) => {
      const value = group.at(`${MIXED}.LaunchTemplate.Overrides`);
      const wrong = every([isSpot(group, model), not(hasTypes(group, model))]);
      return judged(wrong, `asks for spot instances of one type: Overrides is ${shown(value)}`, { at: MIXED, value });
    },
    why: "When AWS runs short of that type it takes all of them back at once, and there is no other to start.",
    fix: "name several types that will do in `MixedInstancesPolicy.LaunchTemplate.Overrides`",
    source: `${GUIDE}/ec2-auto-scaling-mixed-instances-groups.html`,
  }),
  propertyRule({
    id: "asg-capacity-rebalance",
    title: "a group of spot instances waits until they are gone",
    severity: "low",
    loss: "instance",
    practice: "REL11-BP03",
    type: GROUP,
    property: "CapacityRebalance",
    holds: isTrue,
    unless: (group, model) => not(isSpot(group, model)),
    message: (value) => `replaces spot instances only after they are gone: CapacityRebalance is ${value}`,
    why: "AWS warns of an interruption before it comes; without rebalancing nothing is started in time.",
    fix: "set `CapacityRebalance` to true",
    source: `${GUIDE}/ec2-auto-scaling-capacity-rebalancing.html`,
  }),
];
