import { every, not } from "../../../base/answer.ts";
import { elementsOf, isOneOf, isSet } from "../../evaluate/judge.ts";
import { type Value, partOf } from "../../evaluate/value.ts";
import { judged, resourceRule } from "../table.ts";
import type { Rule, Verdict } from "../rule.ts";

const SUBSCRIPTION = "AWS::SNS::Subscription";
const TOPIC = "AWS::SNS::Topic";

/** Protocols by which programs are told; people who are told by mail or SMS read no dead letters. */
const PROGRAMS: readonly string[] = ["sqs", "lambda", "http", "https", "firehose"];

/** A subscription that is written within its topic cannot have a policy: it is none of its properties. */
function lacksDeadLetters(subscription: Value, at: string): Verdict {
  const value = partOf(subscription, "RedrivePolicy");
  const wrong = every([not(isSet(value)), isOneOf(partOf(subscription, "Protocol"), PROGRAMS)]);
  const message = "has no dead-letter queue for what cannot be delivered: RedrivePolicy is not set";
  return judged(wrong, message, { at, value: value ?? partOf(subscription, "Protocol") });
}

/** Rules about SNS. */
export const SNS_RULES: readonly Rule[] = [
  resourceRule({
    id: "sns-subscription-dead-letter-queue",
    title: "a subscription has no dead-letter queue",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP04",
    type: [SUBSCRIPTION, TOPIC],
    judge: (resource) =>
      resource.type === SUBSCRIPTION
        ? lacksDeadLetters(resource.properties, "RedrivePolicy")
        : elementsOf(resource.at("Subscription")).elements.map((each, at) =>
            lacksDeadLetters(each, `Subscription.${at}`),
          ),
    why: "What cannot be delivered is dropped when retries end, and at once where the subscriber is gone.",
    fix: "set `RedrivePolicy` of an `AWS::SNS::Subscription` with `deadLetterTargetArn`",
    source: "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
  }),
];
