import { type Value, field, items, leastLength, listed, numberOf, textOf } from "../template.ts";
import type { Estate, Resource } from "./estate.ts";
import { type Finding, type Refusal, refusal, refusalOf } from "./refusal.ts";

const QUEUE = "AWS::SQS::Queue";

/** What a service's numbers may be. Source: the page of the row that uses it. */
const QUEUE_RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  MessageRetentionPeriod: [60, 1_209_600],
  VisibilityTimeout: [0, 43_200],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

/** A resource policy that replaces the one before it: the second of a thing makes the first undone, or is refused. */
function policyTwice(id: string, title: string, page: string, [type, property]: readonly [string, string]): Refusal {
  return refusal(id, title, page, (estate) => {
    const seen = new Map<string, Resource>();
    return estate.of(type).flatMap((resource) =>
      listed(resource.properties[property]).flatMap((value): Finding[] => {
        const key = identity(estate, resource, value);
        const first = seen.get(key);
        seen.set(key, first ?? resource);
        const path = `Properties.${property}`;
        return first ? [{ resource, path, message: `${first.logicalId} is its policy already` }] : [];
      }),
    );
  });
}

function identity(estate: Estate, { stack }: Resource, value: Value): string {
  const target = estate.target(value, stack);
  return target ? `${target.stack}/${target.logicalId}` : textOf(value);
}

/** Whether any policy of `policyType` that names `target` lets `principal` in. */
export function letsIn(
  estate: Estate,
  target: Resource,
  principal: string,
  [policyType, property]: readonly [string, string],
): boolean {
  return estate
    .of(policyType)
    .filter((policy) =>
      listed(policy.properties[property]).some((each) => estate.target(each, policy.stack) === target),
    )
    .flatMap((policy) => listed(field(policy.properties, "PolicyDocument.Statement")))
    .filter((statement) => field(statement, "Effect") === "Allow")
    .some((statement) => listed(field(statement, "Principal.Service")).map(textOf).includes(principal));
}

/** How each kind of receiver says who may send to it. */
const RECEIVER_POLICY: Readonly<Record<string, readonly [string, string]>> = {
  "AWS::SQS::Queue": ["AWS::SQS::QueuePolicy", "Queues"],
  "AWS::SNS::Topic": ["AWS::SNS::TopicPolicy", "Topics"],
};

/** Why a service cannot deliver to what `value` names; null where it can or where it is not known. */
function undelivered(estate: Estate, from: Resource, value: Value, principal: string): string | null {
  const target = estate.target(value, from.stack);
  if (target === undefined) return null;
  const policy = RECEIVER_POLICY[target.type];
  if (policy && !letsIn(estate, target, principal, policy)) return `${target.logicalId} does not let in ${principal}`;
  const key = textOf(target.properties["KmsMasterKeyId"]);
  return key.startsWith("alias/aws/") ? `${target.logicalId} has the key ${key}, which ${principal} cannot use` : null;
}

/** A permission names the function, its alias or a version of it, in any stack. */
function mayInvoke(estate: Estate, from: Resource, value: Value, principal: string): boolean {
  const target = estate.target(value, from.stack);
  if (target === undefined || !target.type.startsWith("AWS::Lambda::")) return true;
  return estate
    .of("AWS::Lambda::Permission")
    .some(
      ({ properties, stack }) =>
        textOf(properties["Principal"]) === principal && estate.target(properties["FunctionName"], stack) === target,
    );
}

const queues: readonly Refusal[] = [
  policyTwice(
    "sqs-policy-twice",
    "a second policy of a queue overwrites the first",
    "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html",
    ["AWS::SQS::QueuePolicy", "Queues"],
  ),
  policyTwice(
    "sns-policy-twice",
    "a second policy of a topic overwrites the first",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html",
    ["AWS::SNS::TopicPolicy", "Topics"],
  ),
  policyTwice(
    "s3-policy-twice",
    "a bucket has one policy; a second is refused as existing already",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html",
    ["AWS::S3::BucketPolicy", "Bucket"],
  ),
  refusalOf(
    QUEUE,
    [
      "sqs-name",
      "a queue's name has at most 80 characters, and a FIFO queue's ends in .fifo",
      "AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    ],
    ({ properties }) => {
      const name = properties["QueueName"];
      if (name === undefined) return [];
      if (leastLength(name) > 80) return [["Properties.QueueName", `${leastLength(name)} characters`]];
      const fifo = properties["FifoQueue"] === true;
      return fifo === textOf(name).endsWith(".fifo")
        ? []
        : [["Properties.QueueName", "its end does not tell its kind"]];
    },
  ),
  refusalOf(
    QUEUE,
    [
      "sqs-dead-letter-kind",
      "the dead-letter queue of a FIFO queue is a FIFO queue, that of a standard queue is a standard one",
      "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    ],
    ({ properties, stack }, estate) => {
      const target = estate.target(field(properties, "RedrivePolicy.deadLetterTargetArn"), stack);
      if (target === undefined) return [];
      return (target.properties["FifoQueue"] === true) === (properties["FifoQueue"] === true)
        ? []
        : [["Properties.RedrivePolicy", `${target.logicalId} is of the other kind`]];
    },
  ),
  refusalOf(
    QUEUE,
    [
      "sqs-range",
      "a queue's times and receive count are within SQS's ranges",
      "AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    ],
    ({ properties }) => {
      const wrong = Object.entries(QUEUE_RANGES).flatMap(([key, [min, max]]) => {
        const value = numberOf(properties[key]);
        return value === undefined || (value >= min && value <= max && Number.isInteger(value))
          ? []
          : [[`Properties.${key}`, `${value} is not from ${min} to ${max}`] as const];
      });
      const receives = numberOf(field(properties, "RedrivePolicy.maxReceiveCount")) ?? 1;
      return receives >= 1 && receives <= 1_000
        ? wrong
        : [...wrong, ["Properties.RedrivePolicy", `${receives} receives are not from 1 to 1000`]];
    },
  ),
];

const deliveries: readonly Refusal[] = [
  refusalOf(
    "AWS::SNS::Subscription",
    [
      "sns-queue-closed",
      "a queue gets a topic's messages when its policy and its key let SNS in",
      "sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    ],
    (resource, estate) => {
      if (textOf(resource.properties["Protocol"]) !== "sqs") return [];
      const why = undelivered(estate, resource, resource.properties["Endpoint"], "sns.amazonaws.com");
      return why === null ? [] : [["Properties.Endpoint", why]];
    },
  ),
  refusalOf(
    "AWS::SNS::Subscription",
    [
      "sns-function-closed",
      "a function gets a topic's messages when a permission lets SNS invoke it",
      "lambda/latest/dg/with-sns.html",
    ],
    (resource, estate) =>
      textOf(resource.properties["Protocol"]) === "lambda" &&
      !mayInvoke(estate, resource, resource.properties["Endpoint"], "sns.amazonaws.com")
        ? [["Properties.Endpoint", "no permission for sns.amazonaws.com"]]
        : [],
  ),
  refusalOf(
    "AWS::Events::Rule",
    [
      "events-target-closed",
      "EventBridge delivers to queues, topics and functions that let it in, dead-letter queues included",
      "eventbridge/latest/userguide/eb-use-resource-based.html",
    ],
    (resource, estate) =>
      items(resource.properties["Targets"]).flatMap((target, at) => {
        const path = `Properties.Targets.${at}`;
        const arn = field(target, "Arn");
        const letters = field(target, "DeadLetterConfig.Arn");
        const found: (readonly [string, string])[] = [];
        const closed = undelivered(estate, resource, arn, "events.amazonaws.com");
        if (closed !== null && field(target, "RoleArn") === undefined) found.push([`${path}.Arn`, closed]);
        if (!mayInvoke(estate, resource, arn, "events.amazonaws.com")) found.push([`${path}.Arn`, "no permission"]);
        const lost = undelivered(estate, resource, letters, "events.amazonaws.com");
        if (lost !== null) found.push([`${path}.DeadLetterConfig`, lost]);
        return found;
      }),
  ),
  refusalOf(
    "AWS::CloudWatch::Alarm",
    [
      "alarm-topic-closed",
      "an alarm reaches a topic with a key of the customer's own, which lets CloudWatch in",
      "AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    ],
    ({ properties, stack }, estate) =>
      items(properties["AlarmActions"]).flatMap((action, at) => {
        const topic = estate.target(action, stack);
        return textOf(topic?.properties["KmsMasterKeyId"]) === "alias/aws/sns"
          ? [[`Properties.AlarmActions.${at}`, `${topic?.logicalId} has AWS's own key`] as const]
          : [];
      }),
  ),
  refusalOf(
    "AWS::S3::Bucket",
    [
      "s3-notification-closed",
      "S3 tests its way to a destination when a notification is set, so the permission comes first",
      "AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
    ],
    (resource, estate) => {
      const all = [
        ["LambdaConfigurations", "Function"],
        ["QueueConfigurations", "Queue"],
        ["TopicConfigurations", "Topic"],
      ] as const;
      return all.flatMap(([list, key]) =>
        items(field(resource.properties, `NotificationConfiguration.${list}`)).flatMap((each, at) => {
          const value = field(each, key);
          const why = undelivered(estate, resource, value, "s3.amazonaws.com");
          const may = mayInvoke(estate, resource, value, "s3.amazonaws.com");
          return why !== null || !may
            ? [[`Properties.NotificationConfiguration.${list}.${at}`, why ?? "no permission"] as const]
            : [];
        }),
      );
    },
  ),
];

const schedules: readonly Refusal[] = [
  refusalOf(
    ["AWS::Scheduler::Schedule", "AWS::Events::Rule"],
    [
      "schedule-expression",
      "a schedule is at(…), rate(…) or a cron(…) of six fields with one ? for the day",
      "scheduler/latest/UserGuide/schedule-types.html",
    ],
    ({ properties }) => {
      const text = properties["ScheduleExpression"];
      return typeof text !== "string" || isSchedule(text) ? [] : [["Properties.ScheduleExpression", text]];
    },
  ),
];

function isSchedule(text: string): boolean {
  if (/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/.test(text)) return true;
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(text);
  if (rate) return (rate[1] === "1") === (rate[3] === "");
  const fields = /^cron\((.*)\)$/.exec(text)?.[1]?.split(" ") ?? [];
  return fields.length === 6 && (fields[2] === "?") !== (fields[4] === "?");
}

/** What SQS, SNS, EventBridge and their receivers refuse. */
export const MESSAGING: readonly Refusal[] = [...queues, ...deliveries, ...schedules];
