import { type Answer, every, not, some } from "../../../base/answer.ts";
import { LAMBDA as FACTS } from "../../../facts/serverless.ts";
import { SQS } from "../../../facts/timing.ts";
import { isFalse, isNumber, isSet, isTrue, judge } from "../../evaluate/judge.ts";
import { isSymbolic, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { MAPPING, functionOf, isSource } from "./invocation.ts";

const GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg";
const QUEUE = "AWS::SQS::Queue";
const SECOND = 1_000;
const ENDLESS = -1;

/** Whether a mapping reads, and reads a stream. */
function isStream(mapping: Resource, model: Model): Answer {
  return every([isSource(mapping, model, "stream"), not(isFalse(mapping.at("Enabled")))]);
}

/** Whether a record that fails is tried for ever, that is, until the stream forgets it. */
function triesForEver(mapping: Resource): Answer {
  return every(
    ["MaximumRetryAttempts", "MaximumRecordAgeInSeconds"].map((property) => {
      const value = mapping.at(property);
      return some([not(isSet(value)), isNumber(value, (number) => number === ENDLESS)]);
    }),
  );
}

const isAlone = (mapping: Resource): Answer => isNumber(mapping.at("BatchSize"), (size) => size === 1);

const reportsItems = (mapping: Resource): Answer =>
  judge(
    mapping.at("FunctionResponseTypes"),
    (types) => Array.isArray(types) && types.includes("ReportBatchItemFailures"),
  );

/** What is wrong with a queue that hides messages for less than six times as long as their function may run. */
function hidesTooShort(queue: Resource, lambda: Resource | undefined): Verdict {
  if (lambda === undefined) return undefined;
  const at = "VisibilityTimeout";
  const hidden = queue.at(at) ?? SQS.visibilityTimeout.value / SECOND;
  const runs = lambda.at("Timeout") ?? FACTS.timeoutUnset.value / SECOND;
  const factor = FACTS.visibilityFactor.value;
  const wrong = judge(runs, (seconds) => isNumber(hidden, (number) => number < factor * Number(seconds)));
  const message = `hides messages for ${shown(hidden)} s, and ${lambda.id} may run for ${shown(runs)} s`;
  return judged(wrong, message, { at, value: isSymbolic(runs) ? runs : hidden });
}

const QUEUES: readonly Rule[] = [
  resourceRule({
    id: "lambda-partial-batch",
    title: "one bad message sends its whole batch back to the queue",
    severity: "medium",
    loss: "load",
    practice: "REL05-BP03",
    type: MAPPING,
    judge: (mapping, model) => {
      const at = "FunctionResponseTypes";
      const value = mapping.at(at);
      const isQueue = isSource(mapping, model, "queue");
      const wrong = every([isQueue, not(isAlone(mapping)), not(reportsItems(mapping))]);
      return judged(wrong, `takes messages in batches, and FunctionResponseTypes is ${shown(value)}`, { at, value });
    },
    why: "Good messages are done again with the bad one, and follow it into the dead-letter queue.",
    fix: "set `FunctionResponseTypes` to ReportBatchItemFailures, and let the function return what failed",
    source: `${GUIDE}/services-sqs-errorhandling.html`,
  }),
  resourceRule({
    id: "lambda-visibility-timeout",
    title: "a queue shows messages again while a function may still be busy with them",
    severity: "medium",
    loss: "load",
    practice: "REL05-BP05",
    type: QUEUE,
    judge: (queue, model) =>
      model
        .mentionsOf(queue, MAPPING)
        .filter(({ path }) => path === "EventSourceArn")
        .map(({ from }) => hidesTooShort(queue, functionOf(from.at("FunctionName"), model))),
    why: "When the function is throttled, messages come back before they were tried, and end as dead letters.",
    fix: "set `VisibilityTimeout` to six times the function's `Timeout` at least",
    source: `${GUIDE}/services-sqs-configure.html`,
  }),
];

const STREAMS: readonly Rule[] = [
  resourceRule({
    id: "lambda-stream-retries",
    title: "one bad record of a stream stops its shard",
    severity: "medium",
    loss: "load",
    practice: "REL05-BP03",
    type: MAPPING,
    judge: (mapping, model) => {
      const at = "MaximumRetryAttempts";
      const value = mapping.at(at);
      const wrong = every([isStream(mapping, model), triesForEver(mapping)]);
      return judged(wrong, `tries a bad record until the stream forgets it: ${at} is ${shown(value)}`, { at, value });
    },
    why: "Nothing behind the record is read until the stream forgets it, a day later at least; by then much is lost.",
    fix: "set `MaximumRetryAttempts`, and `DestinationConfig.OnFailure` for what is given up",
    source: `${GUIDE}/kinesis-on-failure-destination.html`,
  }),
  resourceRule({
    id: "lambda-stream-on-failure",
    title: "records of a stream that are given up leave no trace",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP03",
    type: MAPPING,
    judge: (mapping, model) => {
      const at = "DestinationConfig.OnFailure.Destination";
      const value = mapping.at(at);
      const wrong = every([isStream(mapping, model), not(triesForEver(mapping)), not(isSet(value))]);
      return judged(wrong, "gives up on bad records, and has no destination on failure", { value });
    },
    why: "What is given up is skipped, and nobody can tell which records those were.",
    fix: "set `DestinationConfig.OnFailure.Destination` to a queue, a topic or a bucket",
    source: `${GUIDE}/kinesis-on-failure-destination.html`,
  }),
  resourceRule({
    id: "lambda-stream-bisect",
    title: "one bad record of a stream takes its whole batch along",
    severity: "low",
    loss: "data",
    practice: "REL05-BP03",
    type: MAPPING,
    judge: (mapping, model) => {
      const at = "BisectBatchOnFunctionError";
      const value = mapping.at(at);
      const wrong = every([
        isStream(mapping, model),
        not(isTrue(value)),
        not(reportsItems(mapping)),
        not(isAlone(mapping)),
      ]);
      return judged(wrong, `tries whole batches again: ${at} is ${shown(value)}`, { at, value });
    },
    why: "Good records are done again with the bad one, and given up with it.",
    fix: "set `BisectBatchOnFunctionError` to true, or `FunctionResponseTypes` to ReportBatchItemFailures",
    source: `${GUIDE}/services-kinesis-create.html`,
  }),
];

/** Rules about what reads queues and streams for functions. */
export const LAMBDA_SOURCE: readonly Rule[] = [...QUEUES, ...STREAMS];
