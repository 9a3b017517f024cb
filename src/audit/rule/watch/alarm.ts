import { type Answer, every, not, some } from "../../../base/answer.ts";
import { fromJsonText } from "../../evaluate/json-text.ts";
import { hasElement, isFalse, judge } from "../../evaluate/judge.ts";
import { textsIn } from "../../evaluate/text.ts";
import { Text, type Value, keyOf, partOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import { isExported } from "../../model/export.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule, unknown } from "../table.ts";
import { ALARM, metricsOf } from "./metric.ts";

const COMPOSITE = "AWS::CloudWatch::CompositeAlarm";
const GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring";
const ACTIONS: readonly string[] = ["AlarmActions", "OKActions", "InsufficientDataActions"];

/** Types that do something when an alarm goes off which they name; a dashboard shows it to whoever looks. */
const FOLLOWERS: readonly string[] = [
  COMPOSITE,
  "AWS::Route53::HealthCheck",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::ECS::Service",
  "AWS::AppConfig::Environment",
  "AWS::FIS::ExperimentTemplate",
  "AWS::ARCRegionSwitch::Plan",
  "AWS::AutoScaling::AutoScalingGroup",
];

/** Metrics that go missing with what they are of: an alarm that ignores that sleeps through the worst. */
const LIVENESS =
  /^(healthyhostcount|healthcheckstatus|successpercent|runningtaskcount|groupinserviceinstances|.*heart-?beat.*)$/i;

function hasFollower(alarm: Resource, model: Model): Answer {
  const followed = model
    .mentionsOf(alarm)
    .some(({ from, path }) => from.type !== "AWS::CloudWatch::Dashboard" && path !== "DependsOn");
  const name = alarm.at("AlarmName");
  if (followed || (name !== undefined && followedNames(model).has(rendered(name)))) return "yes";
  return isExported(alarm) || hearsOfAlarms(model) ? "unknown" : "no";
}

/** The names of alarms that are written out where something follows them. */
const followedNames = derived(
  (model) =>
    new Set(
      model
        .of(...FOLLOWERS)
        .flatMap((follower) => textsIn(follower.properties).flatMap((text) => namesIn(rendered(text)))),
    ),
);

/** The names in a text that may be a name, an ARN, or the rule of a composite alarm: `ALARM("a") OR ALARM("b")`. */
function namesIn(text: string): readonly string[] {
  const states = text.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*["']?([^"')]+?)["']?\s*\)/g);
  return [text, ...Array.from(states, ([, name]) => name ?? "")].map((name) => name.split(":alarm:").at(-1) ?? "");
}

/** A text in which what is not known stands as what would decide it, so that two are the same where they are. */
function rendered(value: Value): string {
  const parts = value instanceof Text ? value.parts : [value];
  return parts.map((part) => (typeof part === "string" ? part : `<${keyOf(part).replaceAll(/["'()]/g, "")}>`)).join("");
}

/** Whether a rule of EventBridge hears of alarms: it may tell somebody of each. */
const hearsOfAlarms = derived((model) =>
  model
    .of("AWS::Events::Rule")
    .some((rule) => shown(partOf(fromJsonText(rule.at("EventPattern")), "source")).includes("aws.cloudwatch")),
);

function tellsNobody(alarm: Resource, model: Model): Verdict {
  const has = some(ACTIONS.map((property) => hasElement(alarm.at(property))));
  const open = ACTIONS.map((property) => alarm.at(property)).find((value) => value !== undefined);
  const enabled = alarm.at("ActionsEnabled");
  const off = isFalse(enabled);
  if (has === "yes" && off === "no") return undefined;
  const follower = hasFollower(alarm, model);
  const [message, at, value] =
    has === "yes"
      ? [`does nothing: ActionsEnabled is ${shown(enabled)}`, "ActionsEnabled", enabled]
      : ["does nothing: AlarmActions is not set", "AlarmActions", open];
  if (follower === "yes") return undefined;
  if (follower === "unknown")
    return unknown(`${message}, unless another stack or a rule of EventBridge follows it`, at);
  return judged(some([not(has), off]), message, { at, value });
}

function sleepsThroughLoss(alarm: Resource): Verdict {
  const metric = metricsOf(alarm).find(({ name }) => typeof name === "string" && LIVENESS.test(name));
  if (metric === undefined) return undefined;
  const value = alarm.at("TreatMissingData");
  const wrong = every([
    judge(alarm.at("ComparisonOperator"), (operator) => /^LessThan(OrEqualTo)?Threshold$/.test(String(operator))),
    judge(value, (treatment) => treatment === undefined || treatment === "missing"),
  ]);
  const message = `stays as it is when ${shown(metric.name)} goes missing: TreatMissingData is ${shown(value)}`;
  return judged(wrong, message, { at: "TreatMissingData", value });
}

/** Rules about alarms that are there. */
export const ALARMS: readonly Rule[] = [
  resourceRule({
    id: "alarm-actions",
    title: "an alarm tells nobody",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: [ALARM, COMPOSITE],
    judge: tellsNobody,
    why: "It goes off, and nobody is told and nothing is done: the loss lasts until a customer complains.",
    fix: "set `AlarmActions` to a topic that somebody reads, or let a composite alarm follow it",
    source: `${GUIDE}/CloudWatch_Alarms.html`,
  }),
  resourceRule({
    id: "alarm-missing-data",
    title: "an alarm on what is alive sleeps when nothing is",
    severity: "medium",
    loss: "sight",
    practice: "REL11-BP01",
    type: ALARM,
    judge: sleepsThroughLoss,
    why: "With the last of what it counts the metric itself ends, and an alarm without data does not go off.",
    fix: "set `TreatMissingData` to breaching",
    source: `${GUIDE}/alarms-and-missing-data.html`,
  }),
];
