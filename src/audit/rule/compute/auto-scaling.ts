import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { isNumber, isOneOf, isSet, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, shown } from "../../evaluate/value.ts";
import { mentionsOrNamesOf } from "../../model/name.ts";
import type { Resource } from "../../model/resource.ts";
import { zonesOf } from "../../model/zone.ts";
import type { Rule } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";
import { type Place, firstPlace, zonalRule } from "../zonal.ts";
import {
  GROUP,
  isAccess,
  isBalanced,
  isLeastOne,
  isScaledByCluster,
  isServing,
  isSingleton,
  leastOf,
  scalersOf,
} from "./group.ts";
import { needsOfLeast } from "./least.ts";

const GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide";

/** Half an hour: what is broken for longer after its start is no longer starting. */
const LONGEST_GRACE_SECONDS = 1_800;

const placeOf = (group: Resource): Place | undefined =>
  firstPlace(group, "VPCZoneIdentifier", "AvailabilityZones", "AvailabilityZoneIds");

/** Whether a group's type of health check is its balancer's as well: `ELB`, or several with commas. */
const hearsBalancer = (value: Value | undefined): Answer =>
  judge(value, (types) => typeof types === "string" && /ELB|VPC_LATTICE/i.test(types));

const SIZE: readonly Rule[] = [
  zonalRule({
    id: "asg-zones",
    title: "an Auto Scaling group stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: GROUP,
    place: placeOf,
    unless: (group, model) => every([isSingleton(group), not(isServing(group, model))]),
    why: "With its zone every instance is gone, and the group may start none elsewhere.",
    fix: "set `VPCZoneIdentifier` to subnets of two zones or more",
    source: `${GUIDE}/disaster-recovery-resiliency.html`,
  }),
  resourceRule({
    id: "asg-min-size",
    title: "a group that serves requests may come down to one instance",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: GROUP,
    judge: (group, model) => {
      if (isScaledByCluster(group, model)) return undefined;
      const { at, value } = leastOf(group, model);
      const wrong = every([isServing(group, model), isLeastOne(group, model)]);
      const message = `may have no second instance: ${at} is ${shown(value)}`;
      return judged(wrong, message, { at, value, ...needsOfLeast(value) });
    },
    why: "When the only instance is lost, nobody is served until another has started.",
    fix: "set `MinSize`, and `DesiredCapacity` where it is given, to 2 or more",
    source: `${GUIDE}/asg-capacity-limits.html`,
  }),
  resourceRule({
    id: "asg-worker-min-size",
    title: "a group of workers may come down to one instance",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP02",
    type: GROUP,
    judge: (group, model) => {
      if (isScaledByCluster(group, model) || isAccess(group)) return undefined;
      const { at, value } = leastOf(group, model);
      const wrong = every([
        not(isServing(group, model)),
        // One at most is a singleton, or a job that is started and ends itself.
        not(isNumber(group.at("MaxSize"), (size) => size === 1)),
        isNumber(value, (size) => size === 1),
      ]);
      return judged(wrong, `may have no second instance: ${at} is ${shown(value)}`, { at, value });
    },
    why: "When the only instance is lost, its work waits until another has started.",
    fix: "set `MinSize`, and `DesiredCapacity` where it is given, to 2 or more",
    source: `${GUIDE}/asg-capacity-limits.html`,
  }),
  resourceRule({
    id: "asg-singleton",
    title: "a group holds exactly one instance, so that it is made again",
    severity: "low",
    loss: "instance",
    practice: "REL10-BP02",
    type: GROUP,
    judge: (group, model) => {
      if (isAccess(group)) return undefined;
      const wrong = every([isSingleton(group), not(isServing(group, model))]);
      return judged(wrong, `has one instance: MinSize and MaxSize are 1`, {
        at: "MinSize",
        value: group.at("MinSize"),
      });
    },
    why: "It heals, but what it does stops for as long as a new instance takes to start.",
    fix: "set `MinSize` and `MaxSize` to 2 or more, if two can run side by side",
    source: `${GUIDE}/asg-capacity-limits.html`,
  }),
  resourceRule({
    id: "asg-min-size-per-zone",
    title: "a group may have fewer instances than zones",
    severity: "low",
    loss: "zone",
    applies: "tier0",
    practice: "REL11-BP05",
    type: GROUP,
    judge: (group, model) => {
      const { atLeast: zones } = zonesOf(placeOf(group)?.value, model);
      const { at, value } = leastOf(group, model);
      const wrong = every([isServing(group, model), isNumber(value, (size) => size >= 2 && size < zones)]);
      return judged(wrong, `has ${zones} zones, and ${at} is ${shown(value)}`, { at, value });
    },
    why: "Some zones then hold no instance, and the loss of one that does takes more than its share.",
    fix: "set `MinSize` to the number of zones at least",
    source: "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
  }),
];

const HEALTH: readonly Rule[] = [
  propertyRule({
    id: "asg-elb-health-check",
    title: "a group behind a balancer does not hear of its health checks",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP03",
    type: GROUP,
    property: "HealthCheckType",
    holds: hearsBalancer,
    unless: (group) => not(isBalanced(group)),
    message: (value) => `is behind a balancer, and HealthCheckType is ${value}`,
    why: "An instance that runs and answers nobody is never replaced; the group counts it as capacity.",
    fix: "set `HealthCheckType` to ELB",
    source: `${GUIDE}/as-add-elb-healthcheck.html`,
  }),
  resourceRule({
    id: "asg-grace-period",
    title: "a group replaces instances that are still starting, or waits too long",
    severity: "low",
    loss: "change",
    practice: "REL11-BP01",
    type: GROUP,
    judge: (group, model) => {
      const at = "HealthCheckGracePeriod";
      const value = group.at(at);
      const told = every([isBalanced(group), hearsBalancer(group.at("HealthCheckType"))]);
      const hooked = mentionsOrNamesOf(group, model).some(
        ({ from }) =>
          from.type === "AWS::AutoScaling::LifecycleHook" &&
          isOneOf(from.at("LifecycleTransition"), ["autoscaling:EC2_INSTANCE_LAUNCHING"]) !== "no",
      );
      const none = every([
        some([not(isSet(value)), isNumber(value, (seconds) => seconds === 0)]),
        answerOf(!hooked && isSet(group.at("LifecycleHookSpecificationList")) === "no"),
      ]);
      const long = isNumber(value, (seconds) => seconds > LONGEST_GRACE_SECONDS);
      const wrong = every([told, some([none, long])]);
      return judged(wrong, `the balancer's checks count after HealthCheckGracePeriod, which is ${shown(value)}`, {
        at,
        value,
      });
    },
    why: "Without grace an instance that starts slowly is replaced again and again; with too much, a broken one stays.",
    fix: "set `HealthCheckGracePeriod` to the seconds that an instance takes to start, with some to spare",
    source: `${GUIDE}/health-check-grace-period.html`,
  }),
];

const SCALING: readonly Rule[] = [
  resourceRule({
    id: "asg-scaling-policy",
    title: "a group behind a balancer has room to grow, and nothing that makes it grow",
    severity: "medium",
    loss: "load",
    practice: "REL07-BP01",
    type: GROUP,
    judge: (group, model) => {
      if (scalersOf(group, model).length > 0 || isScaledByCluster(group, model)) return undefined;
      const [at, least] = ["MaxSize", leastOf(group, model)] as const;
      const [from, to] = [numberOf(least.value), numberOf(group.at(at))];
      // A rolling update needs one more than there are; such room is not meant for load.
      const spare = isSet(group.attributes["UpdatePolicy"]) === "no" ? 0 : 1;
      if (from === undefined || to === undefined || from === 0 || to <= from + spare) return undefined;
      return judged(isBalanced(group), `may have ${to} instances, stays at ${from}, and no policy scales it`, { at });
    },
    why: "Under more load than these instances bear, or with one of them lost, nothing adds another.",
    fix: "add an `AWS::AutoScaling::ScalingPolicy` of type TargetTrackingScaling",
    source: `${GUIDE}/as-scaling-target-tracking.html`,
  }),
  propertyRule({
    id: "asg-simple-scaling",
    title: "a group scales by simple policies",
    severity: "low",
    loss: "load",
    practice: "REL07-BP03",
    type: "AWS::AutoScaling::ScalingPolicy",
    property: "PolicyType",
    holds: (value) =>
      judge(value, (type) => typeof type === "string" && type !== "" && type.toLowerCase() !== "simplescaling"),
    message: (value) => `scales in single steps with a pause after each: PolicyType is ${value}`,
    why: "After each step it waits for its cooldown, whatever alarms say meanwhile: load that grows fast outruns it.",
    fix: "set `PolicyType` to TargetTrackingScaling, or to StepScaling",
    source: `${GUIDE}/simple-scaling-policies.html`,
  }),
];

/** Rules about Auto Scaling groups. */
export const AUTO_SCALING: readonly Rule[] = [...SIZE, ...HEALTH, ...SCALING];
