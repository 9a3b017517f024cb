import { type Answer, every, not, some } from "../../../base/answer.ts";
import { ALB } from "../../../facts/timing.ts";
import { isNumber, isOneOf, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { attributeOf } from "./attribute.ts";

const TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup";
const GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest";
const ATTRIBUTES = "TargetGroupAttributes";
const SECOND = 1_000;

/** As slow as a group is that says nothing: 30 seconds, twice. */
const SLOW_SECONDS = (ALB.healthInterval.value * ALB.unhealthyThreshold.value) / SECOND;

const attribute = (group: Resource, key: string) => attributeOf(group.at(ATTRIBUTES), key);

/** Whether its targets are machines or addresses: a function has no connections, and a balancer looks after its own. */
const hasHosts = (group: Resource): Answer => not(isOneOf(group.at("TargetType"), ["lambda", "alb"]));

/** Whether it is a gateway load balancer's, whose targets see packets and not requests. */
const isOfGateway = (group: Resource): Answer => isOneOf(group.at("Protocol"), ["GENEVE"]);

/** Whether it takes HTTP's requests, which are short. */
const isOfRequests = (group: Resource): Answer => isOneOf(group.at("Protocol"), ["HTTP", "HTTPS"]);

/** Rules about target groups. */
export const TARGET_GROUP_RULES: readonly Rule[] = [
  resourceRule({
    id: "target-group-detection",
    title: "a balancer notices a dead target after a minute or more",
    severity: "low",
    loss: "instance",
    practice: "REL11-BP01",
    type: TARGET_GROUP,
    judge: (group) => {
      const at = "HealthCheckIntervalSeconds";
      const interval = group.at(at) ?? ALB.healthInterval.value / SECOND;
      const threshold = group.at("UnhealthyThresholdCount") ?? ALB.unhealthyThreshold.value;
      const slow = judge(interval, (seconds) =>
        isNumber(threshold, (times) => (numberOf(seconds) ?? 0) * times >= SLOW_SECONDS),
      );
      // A gateway's groups are checked three times as often by themselves.
      const wrong = every([hasHosts(group), not(isOfGateway(group)), slow]);
      return judged(wrong, `checks every ${shown(interval)} s, and ${shown(threshold)} must fail`, {
        at,
        value: interval,
      });
    },
    why: "Until then the balancer goes on sending it its share of requests.",
    fix: "set `HealthCheckIntervalSeconds` to 10 or less, with an `UnhealthyThresholdCount` of 2 or 3",
    source: `${GUIDE}/application/target-group-health-checks.html`,
  }),
  resourceRule({
    id: "target-group-deregistration",
    title: "a target that leaves is waited for five minutes",
    severity: "low",
    loss: "change",
    practice: "REL08-BP05",
    type: TARGET_GROUP,
    judge: (group) => {
      const key = "deregistration_delay.timeout_seconds";
      const value = attribute(group, key);
      const preset = ALB.deregistrationDelay.value / SECOND;
      const wrong = every([isOfRequests(group), isNumber(value ?? preset, (seconds) => seconds >= preset)]);
      return judged(wrong, `${key} is ${value === undefined ? `not set, which means ${preset}` : shown(value)}`, {
        at: ATTRIBUTES,
        value,
      });
    },
    why: "Each replacement and each deployment takes that much longer, and so does going back from a bad one.",
    fix: "set `deregistration_delay.timeout_seconds` for the group to what the longest request takes",
    source: `${GUIDE}/application/edit-target-group-attributes.html`,
  }),
  resourceRule({
    id: "target-group-stickiness",
    title: "customers are bound to one target",
    severity: "low",
    loss: "instance",
    practice: "REL05-BP06",
    type: TARGET_GROUP,
    judge: (group) => {
      const value = attribute(group, "stickiness.enabled");
      const wrong = every([isTrue(value), not(isOfGateway(group))]);
      return judged(wrong, `stickiness.enabled is ${shown(value)}`, { at: ATTRIBUTES, value });
    },
    why: "What a target remembers of its customers is lost with it, and after a loss the others stay unevenly loaded.",
    fix: "keep sessions in a cache or a table, and set `stickiness.enabled` to false for the group",
    source: `${GUIDE}/application/edit-target-group-attributes.html`,
  }),
  resourceRule({
    id: "target-group-zone-failover",
    title: "a zone with one healthy target left gets its whole share of requests",
    severity: "low",
    loss: "zone",
    applies: "tier0",
    practice: "REL11-BP02",
    type: TARGET_GROUP,
    judge: (group) => {
      const keys = ["count", "percentage"].map(
        (unit) => `target_group_health.dns_failover.minimum_healthy_targets.${unit}`,
      );
      const values = keys.map((key) => attribute(group, key));
      const asked = some(values.map((value) => isNumber(value, (targets) => targets > 1)));
      const wrong = every([hasHosts(group), not(isOfGateway(group)), not(asked)]);
      return judged(wrong, "asks for one healthy target in a zone before its share goes elsewhere", {
        value: values[0],
      });
    },
    why: "The last target of a failing zone gets what all of them got, and fails as well.",
    fix: "set `target_group_health.dns_failover.minimum_healthy_targets.count` for the group",
    source: `${GUIDE}/application/edit-target-group-attributes.html`,
  }),
];
