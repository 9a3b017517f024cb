/**
 * What SAM makes of the `Events` of a function or state machine.
 * Source:
 * https://github.com/aws/serverless-application-model/blob/develop/docs/internals/generated_resources.rst
 */
import { type Json, type JsonRecord, type Path, isRecord, own } from "../document.ts";
import { addRoute } from "./api.ts";
import { type SamStack, type Source, attribute, idPart, present, recordIn, without } from "./stack.ts";

/** What events start: a function (or its alias), or a state machine. */
export interface Target {
  readonly source: Source;
  /** What `Ref` of the function or of its alias gives. */
  readonly name: Json;
  readonly arn: Json;
  readonly kind: "function" | "state machine";
}

interface Event {
  /** `<function><event>`: SAM's own ids begin so. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: JsonRecord;
  readonly at: Path;
  readonly target: Target;
}

/** The property that names the source of an event source mapping. */
const MAPPED: Readonly<Record<string, string>> = {
  SQS: "Queue",
  Kinesis: "Stream",
  DynamoDB: "Stream",
  MSK: "Stream",
  MQ: "Broker",
  DocumentDB: "Cluster",
  SelfManagedKafka: "",
};

/** Adds what the events of a function or state machine make. */
export function addEvents(stack: SamStack, target: Target): void {
  const { source } = target;
  for (const [name, body] of Object.entries(recordIn(source.properties, "Events"))) {
    const type = own(body, "Type");
    if (typeof type !== "string") continue;
    const at = [...source.at, "Properties", "Events", name];
    const properties = recordIn(body, "Properties");
    addEvent(stack, { id: source.id + idPart(name), name, type, properties, at, target });
  }
}

function addEvent(stack: SamStack, event: Event): void {
  const { type, target, properties } = event;
  const sourceProperty = MAPPED[type];
  if (sourceProperty !== undefined) return addMapping(stack, event, sourceProperty);
  switch (type) {
    case "Api":
    case "HttpApi":
      addRoute(stack, { type, properties, at: event.at, target: target.arn, kind: target.kind, of: target.source });
      return addPermission(stack, event, "apigateway.amazonaws.com");
    case "SNS":
      return addSubscription(stack, event);
    case "S3":
      return addNotification(stack, event);
    case "Schedule":
    case "EventBridgeRule":
    case "CloudWatchEvent":
      return addRule(stack, event);
    case "ScheduleV2":
      return addSchedule(stack, event);
    case "CloudWatchLogs":
      make(stack, event, "AWS::Logs::SubscriptionFilter", { ...properties, DestinationArn: target.arn });
      return addPermission(stack, event, "logs.amazonaws.com");
    default:
      return undefined;
  }
}

function make(
  stack: SamStack,
  event: Event,
  type: string,
  properties: Readonly<Record<string, Json | undefined>>,
): void {
  const { id, at, target } = event;
  const attributes = { Condition: own(target.source.attributes, "Condition") };
  stack.make({ id, type, properties, at, propertiesAt: [...at, "Properties"], attributes });
}

function addPermission(stack: SamStack, { id, at, target }: Event, principal: string, from?: Json): void {
  if (target.kind !== "function") return;
  const properties = {
    Action: "lambda:InvokeFunction",
    FunctionName: target.name,
    Principal: principal,
    SourceArn: from,
  };
  const attributes = { Condition: own(target.source.attributes, "Condition") };
  stack.make({ id: `${id}Permission`, type: "AWS::Lambda::Permission", properties, at, attributes });
}

function addMapping(stack: SamStack, event: Event, sourceProperty: string): void {
  const { properties, target } = event;
  make(stack, event, "AWS::Lambda::EventSourceMapping", {
    ...without(properties, [sourceProperty]),
    EventSourceArn: own(properties, sourceProperty),
    FunctionName: target.name,
  });
}

function addSubscription(stack: SamStack, event: Event): void {
  const { id, at, properties, target } = event;
  const topic = { ...without(properties, ["Topic", "SqsSubscription"]), TopicArn: own(properties, "Topic") };
  const queue = own(properties, "SqsSubscription");
  if (queue === undefined || queue === false) {
    make(stack, event, "AWS::SNS::Subscription", { ...topic, Protocol: "lambda", Endpoint: target.arn });
    return addPermission(stack, event, "sns.amazonaws.com", own(properties, "Topic"));
  }
  const given = own(queue, "QueueArn");
  if (given === undefined) stack.make({ id: `${id}Queue`, type: "AWS::SQS::Queue", properties: {}, at });
  const arn = given ?? attribute(`${id}Queue`, "Arn");
  make(stack, event, "AWS::SNS::Subscription", { ...topic, Protocol: "sqs", Endpoint: arn });
  const polled = { EventSourceArn: arn, FunctionName: target.name, BatchSize: own(queue, "BatchSize") ?? 10 };
  return stack.make({ id: `${id}EventSourceMapping`, type: "AWS::Lambda::EventSourceMapping", properties: polled, at });
}

/** A bucket has its notifications in itself: SAM writes them there. */
function addNotification(stack: SamStack, event: Event): void {
  const bucket = own(own(event.properties, "Bucket"), "Ref");
  if (typeof bucket !== "string") return;
  const kinds = own(event.properties, "Events");
  const filter = own(event.properties, "Filter");
  for (const kind of Array.isArray(kinds) ? (kinds as readonly Json[]) : [kinds ?? "s3:ObjectCreated:*"]) {
    const item = { Event: kind, Function: event.target.arn, ...(filter === undefined ? {} : { Filter: filter }) };
    stack.notify(bucket, item);
  }
  addPermission(stack, event, "s3.amazonaws.com");
}

function addRule(stack: SamStack, event: Event): void {
  const { id, properties, target } = event;
  const enabled = own(properties, "Enabled");
  const state = enabled === undefined ? own(properties, "State") : enabled === false ? "DISABLED" : "ENABLED";
  make(stack, event, "AWS::Events::Rule", {
    Name: own(properties, "Name") ?? own(properties, "RuleName"),
    Description: own(properties, "Description"),
    State: state,
    EventBusName: own(properties, "EventBusName"),
    EventPattern: own(properties, "Pattern"),
    ScheduleExpression: own(properties, "Schedule"),
    Targets: [
      present({
        Id: `${id}Target`,
        Arn: target.arn,
        DeadLetterConfig: deadLetter(stack, event),
        RetryPolicy: own(properties, "RetryPolicy"),
        Input: own(properties, "Input"),
      }),
    ],
  });
  addPermission(stack, event, "events.amazonaws.com", attribute(id, "Arn"));
}

function addSchedule(stack: SamStack, event: Event): void {
  const { properties, target } = event;
  const about = [
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "FlexibleTimeWindow",
    "GroupName",
    "State",
    "Name",
  ];
  const plain = Object.fromEntries(about.map((name) => [name, own(properties, name)]));
  make(stack, event, "AWS::Scheduler::Schedule", {
    FlexibleTimeWindow: { Mode: "OFF" },
    ...plain,
    Target: present({
      Arn: target.arn,
      DeadLetterConfig: deadLetter(stack, event),
      RetryPolicy: own(properties, "RetryPolicy"),
      Input: own(properties, "Input"),
    }),
  });
}

/** A dead-letter queue is named, or SAM makes one. */
function deadLetter(stack: SamStack, { id, at, properties }: Event): Json | undefined {
  const config = own(properties, "DeadLetterConfig");
  if (!isRecord(config) || own(config, "Type") === undefined) return config;
  const queue = own(config, "QueueLogicalId");
  const queueId = typeof queue === "string" ? queue : `${id}Queue`;
  stack.make({ id: queueId, type: "AWS::SQS::Queue", properties: {}, at: [...at, "Properties", "DeadLetterConfig"] });
  return { Arn: attribute(queueId, "Arn") };
}
