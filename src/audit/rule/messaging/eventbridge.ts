import { EVENTBRIDGE } from "../../../facts/messaging.ts";
import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { fromJsonText } from "../../evaluate/json-text.ts";
import { elementsOf, isOneOf, isSet, judge } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { functionOf, keepsFailures } from "../compute/invocation.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule } from "../table.ts";

const RULE = "AWS::Events::Rule";
const SCHEDULE = "AWS::Scheduler::Schedule";
const BUS = "AWS::Events::EventBus";
const ARCHIVE = "AWS::Events::Archive";
const GUIDE = "https://docs.aws.amazon.com/eventbridge/latest/userguide";
const HOUR = 60 * 60 * 1_000;

/** Sources of events about code on its way: what is missed is started again by whoever waits for it. */
const BUILDS = /^"?aws\.(code|ecr)/;

/** Targets that are given a copy to look at. */
const COPIES: readonly string[] = ["AWS::Logs::LogGroup"];

const WHY = "When the target cannot take an event for a day, or refuses it, the event is dropped and nobody knows.";

/** Whether a schedule comes again before delivery would be given up: a tick that was missed is then made up for. */
function comesAgain(expression: string): boolean {
  const [, number, unit] = /^rate\(\s*(\d+)\s+(minute|hour)s?\s*\)$/.exec(expression) ?? [];
  if (number !== undefined) return unit === "minute" || Number(number) * HOUR < EVENTBRIDGE.retryFor.value;
  const hours = /^cron\(\s*\S+\s+(\S+)/.exec(expression)?.[1];
  return hours !== undefined && /[*/,-]/.test(hours);
}

/**
 * Whether a target can miss an event: it is off, or given a copy, a build, or a tick that comes again. A function that
 * keeps what it fails on takes every event at once.
 */
function canBeMissed(resource: Resource, target: Value | undefined, model: Model): Answer {
  const pattern = fromJsonText(resource.at("EventPattern"));
  const isOfBuild = elementsOf(partOf(pattern, "source")).elements.some((source) => BUILDS.test(shown(source)));
  const arn = partOf(target, "Arn");
  const to = model.target(arn)?.type ?? "";
  const lambda = functionOf(arn, model);
  return some([
    isOneOf(resource.at("State"), ["DISABLED"]),
    judge(resource.at("ScheduleExpression"), (plain) => typeof plain === "string" && comesAgain(plain)),
    answerOf(isOfBuild || COPIES.includes(to)),
    lambda === undefined ? "no" : keepsFailures(lambda, model),
  ]);
}

/** Whether a rule passes on what AWS tells of its own services, objects that somebody stored aside. */
function isNotice(rule: Resource): boolean {
  const { elements, whole } = elementsOf(partOf(fromJsonText(rule.at("EventPattern")), "source"));
  return whole && elements.length > 0 && elements.every((source) => /^"?aws\.(?!s3\b|partner\b)/.test(shown(source)));
}

function eachTarget(rule: Resource, model: Model): readonly Verdict[] {
  return elementsOf(rule.at("Targets")).elements.map((target, at) =>
    lacksDeadLetters({ at: `Targets.${at}`, target }, rule, model),
  );
}

function lacksDeadLetters(place: Place, resource: Resource, model: Model): Verdict {
  const { at, target } = place;
  const value = partOf(target, "DeadLetterConfig");
  const wrong = every([not(canBeMissed(resource, target, model)), not(isSet(value))]);
  const open = isSet(value) === "no" ? (resource.at("ScheduleExpression") ?? resource.at("State")) : value;
  return judged(wrong, "has a target without a dead-letter queue: DeadLetterConfig is not set", { at, value: open });
}

interface Place {
  readonly at: string;
  readonly target: Value | undefined;
}

/** Rules about EventBridge. */
export const EVENTBRIDGE_RULES: readonly Rule[] = [
  resourceRule({
    id: "eventbridge-dead-letter-queue",
    title: "a target of a rule has no dead-letter queue",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP04",
    type: RULE,
    judge: (rule, model) => (isNotice(rule) ? undefined : eachTarget(rule, model)),
    why: WHY,
    fix: "set `DeadLetterConfig` of the target to a queue",
    source: `${GUIDE}/eb-rule-dlq.html`,
  }),
  resourceRule({
    id: "eventbridge-notice-dead-letter-queue",
    title: "a target that is told of AWS's own events has no dead-letter queue",
    severity: "low",
    loss: "sight",
    practice: "REL05-BP04",
    type: RULE,
    judge: (rule, model) => (isNotice(rule) ? eachTarget(rule, model) : undefined),
    why: "When the target refuses a notice, by its policy or its key, the notice is dropped and nobody is told.",
    fix: "set `DeadLetterConfig` of the target to a queue",
    source: `${GUIDE}/eb-rule-dlq.html`,
  }),
  resourceRule({
    id: "scheduler-dead-letter-queue",
    title: "a schedule has no dead-letter queue",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP04",
    type: SCHEDULE,
    judge: (schedule, model) => lacksDeadLetters({ at: "Target", target: schedule.at("Target") }, schedule, model),
    why: WHY,
    fix: "set `DeadLetterConfig` of the target to a queue",
    source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
  }),
  resourceRule({
    id: "eventbridge-archive",
    title: "an event bus has no archive",
    severity: "low",
    loss: "data",
    practice: "REL09-BP01",
    type: BUS,
    judge: (bus, model) =>
      model.mentionsOf(bus, ARCHIVE).length > 0 ? undefined : fail("keeps no events: it has no archive"),
    why: "Events that a faulty consumer took and lost cannot be replayed.",
    fix: "add an `AWS::Events::Archive` with the bus as its `SourceArn`",
    source: `${GUIDE}/eb-archive.html`,
  }),
];
