/** Which queues are dead-letter queues, whoever sends to them: what is one is asked for none of its own. */
import { type Answer, answerOf, some } from "../../../base/answer.ts";
import { fromJsonText } from "../../evaluate/json-text.ts";
import { isOneOf } from "../../evaluate/judge.ts";
import { split } from "../../evaluate/text.ts";
import { Choice, Text, type Value, isList, isMap, keyOf, partOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Resource } from "../../model/resource.ts";
import type { Model } from "../../model/model.ts";

/** CloudFormation's type of queues. */
export const QUEUE = "AWS::SQS::Queue";

/** Properties that name where something goes which could not be delivered or done. */
const TO_DEAD_LETTERS = /dead.?letter|redrivepolicy|on_?failure|dlq|error_?action|undeliver/i;

/** How a queue is called that only another stack names as a dead-letter queue. */
const CALLED_DEAD_LETTERS = /dlq|dead[-_.]?letter|undeliver|poison|failed|failure/i;

/** Types that name dead-letter queues by text, for queues that are named and not referred to. */
const SENDERS: readonly string[] = [
  QUEUE,
  "AWS::SNS::Subscription",
  "AWS::Events::Rule",
  "AWS::Scheduler::Schedule",
  "AWS::Pipes::Pipe",
  "AWS::Lambda::Function",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::EventSourceMapping",
  "AWS::IoT::TopicRule",
];

/** Where a queue sends what was received too often. */
export function redrivePolicyOf(queue: Resource): Value | undefined {
  return fromJsonText(queue.at("RedrivePolicy"));
}

/** Whether a queue is a dead-letter queue, as far as anything names it as one or it is called so. */
export function isDeadLetterQueue(queue: Resource, model: Model): Answer {
  const isNamed = model
    .mentionsOf(queue)
    .some(({ path }) => TO_DEAD_LETTERS.test(path) && !path.startsWith("RedriveAllow"));
  const name = queue.at("QueueName");
  const isCalled = [queue.id, shown(name)].some((each) => CALLED_DEAD_LETTERS.test(each));
  const isNamedByText = name !== undefined && namedByText(model).has(keyOf(name));
  return some([answerOf(isNamed || isCalled || isNamedByText), allowsSources(queue)]);
}

/**
 * A queue that names those from which it takes dead letters is one; that it takes all says no more than the default.
 */
function allowsSources(queue: Resource): Answer {
  const permission = partOf(fromJsonText(queue.at("RedriveAllowPolicy")), "redrivePermission");
  return isOneOf(permission, ["allowAll"]) === "yes" ? "unknown" : isOneOf(permission, ["byQueue"]);
}

/** The queues that a dead-letter queue takes from, by its key in the model. */
export const sourcesOf = derived((model) => {
  const sources = new Map<string, Resource[]>();
  for (const queue of model.of(QUEUE)) {
    const policy = redrivePolicyOf(queue);
    const target = model.target(partOf(policy, "deadLetterTargetArn") ?? policy);
    if (target?.type !== QUEUE) continue;
    const before = sources.get(target.key);
    if (before === undefined) sources.set(target.key, [queue]);
    else before.push(queue);
  }
  return sources;
});

/** The names at the ends of ARNs and URLs that are written out where dead letters go. */
const namedByText = derived((model) => {
  const names = new Set<string>();
  for (const sender of model.of(...SENDERS)) gather(sender.properties, "", names);
  return names;
});

function gather(value: Value | undefined, path: string, into: Set<string>): void {
  if (value instanceof Choice) for (const option of value.options) gather(option, path, into);
  else if (isList(value)) for (const each of value) gather(each, path, into);
  else if (isMap(value)) for (const [key, each] of Object.entries(value)) gather(each, `${path}.${key}`, into);
  else if ((typeof value === "string" || value instanceof Text) && isForDeadLetters(path)) {
    const read = path.endsWith("RedrivePolicy") ? fromJsonText(value) : undefined;
    if (isMap(read)) return gather(read, path, into);
    into.add(keyOf(lastOf(lastOf(value, ":"), "/")));
  }
}

/** What follows the last separator of a text. */
function lastOf(text: Value | undefined, separator: string): Value | undefined {
  const parts = split(text, separator);
  return isList(parts) ? parts.at(-1) : text;
}

function isForDeadLetters(path: string): boolean {
  return TO_DEAD_LETTERS.test(path) && !path.includes("RedriveAllow");
}
