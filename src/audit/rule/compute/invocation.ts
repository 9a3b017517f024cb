import { type Answer, answerOf, some } from "../../../base/answer.ts";
import { isOneOf, isSet } from "../../evaluate/judge.ts";
import { writtenText } from "../../evaluate/text.ts";
import { type Value, isMap, keyOf, optionsOf } from "../../evaluate/value.ts";
import type { Mention, Model } from "../../model/model.ts";
import { mentionsOrNamesOf, targetOrNamed } from "../../model/name.ts";
import type { Resource } from "../../model/resource.ts";

/** CloudFormation's type of a Lambda function. */
export const FUNCTION = "AWS::Lambda::Function";
/** CloudFormation's type of what reads a queue or a stream for a function. */
export const MAPPING = "AWS::Lambda::EventSourceMapping";

const DOORS = ["AWS::Lambda::Alias", "AWS::Lambda::Version"];

/** A function, and the aliases and versions under which it is invoked too. */
function doorsOf(lambda: Resource, model: Model): readonly Resource[] {
  const others = mentionsOrNamesOf(lambda, model).filter(
    ({ from, path }) => DOORS.includes(from.type) && path === "FunctionName",
  );
  return [lambda, ...new Set(others.map(({ from }) => from))];
}

/** The function that a value names, itself or by an alias or a version. */
export function functionOf(value: Value | undefined, model: Model): Resource | undefined {
  const named = targetOrNamed(FUNCTION, value, model);
  return named?.type === FUNCTION || named === undefined
    ? named
    : targetOrNamed(FUNCTION, named.at("FunctionName"), model);
}

function mentions(lambda: Resource, model: Model): readonly Mention[] {
  return doorsOf(lambda, model).flatMap((door) => mentionsOrNamesOf(door, model));
}

/** How each kind of resource names a function that it hands events to, and does not wait for. */
const HANDS_OVER: Readonly<Record<string, string>> = {
  "AWS::SNS::Subscription": "Endpoint",
  "AWS::SNS::Topic": "Subscription.*.Endpoint",
  "AWS::S3::Bucket": "NotificationConfiguration.LambdaConfigurations.*.Function",
  "AWS::Events::Rule": "Targets.*.Arn",
  "AWS::IoT::TopicRule": "TopicRulePayload.Actions.*.Lambda.FunctionArn",
  "AWS::SES::ReceiptRule": "Rule.Actions.*.LambdaAction.FunctionArn",
};

/** Those that never wait; `iot` waits where a function is its authorizer. */
const ASYNCHRONOUS = ["sns", "s3", "ses"];

/** Whether events are handed to a function by what does not wait for its answer, a mere schedule aside. */
export function isHandedEvents(lambda: Resource, model: Model): Answer {
  return some(
    mentions(lambda, model).map(({ from, path }) => {
      if (from.type === "AWS::Lambda::Permission") return permits(from, model);
      if (HANDS_OVER[from.type] !== path) return "no";
      return from.type === "AWS::Events::Rule" ? isSet(from.at("EventPattern")) : "yes";
    }),
  );
}

/** Whether a schedule starts a function, or something that looks like one. */
export function isScheduled(lambda: Resource, model: Model): Answer {
  return some(
    mentions(lambda, model).map(({ from, path }) => {
      if (from.type === "AWS::Scheduler::Schedule") return path === "Target.Arn" ? "yes" : "no";
      if (from.type !== "AWS::Events::Rule" || path !== HANDS_OVER[from.type]) return "no";
      return isSet(from.at("ScheduleExpression"));
    }),
  );
}

function permits(permission: Resource, model: Model): Answer {
  const principal = permission.at("Principal");
  const byService = isOneOf(
    principal,
    ASYNCHRONOUS.map((service) => `${service}.amazonaws.com`),
  );
  // EventBridge's rule says whether it hands over events or keeps a schedule; one that is not here says nothing.
  const isOfRule = model.target(permission.at("SourceArn")) !== undefined;
  return some([byService, isOneOf(principal, ["events.amazonaws.com"]) === "yes" && !isOfRule ? "unknown" : "no"]);
}

/** Whether a request waits for the function's answer: API Gateway's, a balancer's, or one at its own URL. */
export function isWaitedFor(lambda: Resource, model: Model): Answer {
  return some(
    mentions(lambda, model).map(({ from, path }) => {
      if (from.type === "AWS::Lambda::Url") return path === "TargetFunctionArn" ? "yes" : "no";
      if (from.type !== "AWS::Lambda::Permission") return "no";
      return isOneOf(from.at("Principal"), ["apigateway.amazonaws.com", "elasticloadbalancing.amazonaws.com"]);
    }),
  );
}

/** Whether API Gateway, and nobody else, invokes a function, and waits for it no longer than it does by default. */
export function isOfApiAlone(lambda: Resource, model: Model): boolean {
  let waits = false;
  for (const { from, path } of mentions(lambda, model)) {
    if (from.type === "AWS::Lambda::Permission") {
      if (isOneOf(from.at("Principal"), ["apigateway.amazonaws.com"]) !== "yes") return false;
      waits = true;
    } else if ([MAPPING, "AWS::Lambda::Url", "AWS::Scheduler::Schedule"].includes(from.type)) return false;
    else if (HANDS_OVER[from.type] === path || isPatient(from)) return false;
  }
  return waits;
}

/** Whether an integration says how long it waits, hands over without waiting, or streams for as long as it takes. */
function isPatient(api: Resource): boolean {
  if (api.type === "AWS::ApiGateway::Method") {
    const headers = api.at("Integration.RequestParameters");
    const handsOver = isMap(headers) && Object.keys(headers).some((name) => /x-amz-invocation-type/i.test(name));
    const set = ["TimeoutInMillis", "ResponseTransferMode"].map((name) => isSet(api.at(`Integration.${name}`)));
    return handsOver || some(set) !== "no";
  }
  if (api.type !== "AWS::ApiGateway::RestApi") return false;
  const before = patience.get(api) ?? PATIENT.test(keyOf(api.at("Body")));
  patience.set(api, before);
  return before;
}

/** What a definition says of such an integration. */
const PATIENT = /x-amz-invocation-type|timeoutInMillis|responseTransferMode/i;

/** A definition is long, and each of its functions asks. */
const patience = new WeakMap<Resource, boolean>();

/** Whether what a function could not do goes anywhere. */
export function keepsFailures(lambda: Resource, model: Model): Answer {
  const configs = mentions(lambda, model).filter(
    ({ from, path }) => from.type === "AWS::Lambda::EventInvokeConfig" && path === "FunctionName",
  );
  return some([
    isSet(lambda.at("DeadLetterConfig.TargetArn")),
    ...configs.map(({ from }) => isSet(from.at("DestinationConfig.OnFailure.Destination"))),
  ]);
}

/** Whether a function runs while stacks are deployed alone, as the handler of a custom resource. */
export function isCustomResource(lambda: Resource, model: Model): Answer {
  return some(mentions(lambda, model).map(({ path }) => (path === "ServiceToken" ? "yes" : "no")));
}

/** What a mapping can read. */
export type Source = "queue" | "stream";

/**
 * Whether a mapping reads a queue, or a stream: by the resource, or by the ARN. Of an ARN that nobody tells it is open:
 * where to start is said of streams alone.
 */
export function isSource(mapping: Resource, model: Model, source: Source): Answer {
  const value = mapping.at("EventSourceArn");
  const type = model.target(value)?.type;
  // What a nested stack or a custom resource gives may be anything.
  if (type !== undefined && !/^(Custom::|AWS::CloudFormation::)/.test(type)) return answerOf(SOURCES[type] === source);
  const [, service] = /^arn:[^:]*:([a-z0-9]+):/.exec(writtenText(optionsOf(value)[0])) ?? [];
  if (service !== undefined) return answerOf(SERVICES[service] === source);
  if (value === undefined || ["Queues", "Topics"].some((property) => mapping.at(property) !== undefined)) return "no";
  return (isSet(mapping.at("StartingPosition")) === "yes") === (source === "stream") ? "unknown" : "no";
}

const SERVICES: Readonly<Record<string, Source>> = { sqs: "queue", kinesis: "stream", dynamodb: "stream" };

const SOURCES: Readonly<Record<string, Source>> = {
  "AWS::SQS::Queue": "queue",
  "AWS::Kinesis::Stream": "stream",
  "AWS::Kinesis::StreamConsumer": "stream",
  "AWS::DynamoDB::Table": "stream",
  "AWS::DynamoDB::GlobalTable": "stream",
};
