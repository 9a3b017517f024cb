import { every, not } from "../../../base/answer.ts";
import { REST_API, LAMBDA as FACTS } from "../../../facts/serverless.ts";
import { isNumber, isSet } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Rule } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";
import { firstPlace, zonalRule } from "../zonal.ts";
import {
  FUNCTION,
  isCustomResource,
  isHandedEvents,
  isOfApiAlone,
  isScheduled,
  isWaitedFor,
  keepsFailures,
} from "./invocation.ts";

const GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg";
const RESERVED = "ReservedConcurrentExecutions";
const API_SECONDS = REST_API.timeout.value / 1_000;

const PLACE: readonly Rule[] = [
  zonalRule({
    id: "lambda-zones",
    title: "a function in a VPC stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: FUNCTION,
    place: (lambda) => firstPlace(lambda, "VpcConfig.SubnetIds"),
    unless: isCustomResource,
    why: "Lambda runs in several zones, but this function's network is in one: with that zone every call fails.",
    fix: "set `VpcConfig.SubnetIds` to subnets of two zones or more",
    source: `${GUIDE}/configuration-vpc.html`,
  }),
];

const EVENTS: readonly Rule[] = [
  resourceRule({
    id: "lambda-on-failure",
    title: "events that a function fails on are thrown away",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP04",
    type: FUNCTION,
    judge: (lambda, model) => {
      const wrong = every([isHandedEvents(lambda, model), not(keepsFailures(lambda, model))]);
      const message = "is invoked asynchronously, and has neither DeadLetterConfig nor a destination on failure";
      return judged(wrong, message);
    },
    why: "After two retries Lambda drops the event, and nobody can tell what was in it.",
    fix: "set `DeadLetterConfig.TargetArn`, or `DestinationConfig.OnFailure` of an `AWS::Lambda::EventInvokeConfig`",
    source: `${GUIDE}/invocation-async-retain-records.html`,
  }),
  resourceRule({
    id: "lambda-schedule-on-failure",
    title: "a scheduled run of a function that fails leaves no trace",
    severity: "low",
    loss: "sight",
    practice: "REL05-BP04",
    type: FUNCTION,
    judge: (lambda, model) => {
      const alone = every([isScheduled(lambda, model), not(isHandedEvents(lambda, model))]);
      const message = "runs by a schedule, and has neither DeadLetterConfig nor a destination on failure";
      return judged(every([alone, not(keepsFailures(lambda, model))]), message);
    },
    why: "After two retries the run is given up, and only a log tells of it.",
    fix: "set `DeadLetterConfig.TargetArn`, or `DestinationConfig.OnFailure` of an `AWS::Lambda::EventInvokeConfig`",
    source: `${GUIDE}/invocation-async-retain-records.html`,
  }),
];

const CAPACITY: readonly Rule[] = [
  propertyRule({
    id: "lambda-reserved-concurrency",
    title: "a function shares the concurrency of its account with all others",
    severity: "low",
    loss: "load",
    applies: "tier0",
    practice: "REL10-BP03",
    type: FUNCTION,
    property: RESERVED,
    holds: isSet,
    unless: isCustomResource,
    why: "Another function that runs away takes all of the account's concurrency, and this one is refused.",
    fix: `set \`${RESERVED}\` for what must always run`,
    source: `${GUIDE}/configuration-concurrency.html`,
  }),
  propertyRule({
    id: "lambda-reserved-too-low",
    title: "a function that requests wait for runs once at a time, or never",
    severity: "medium",
    loss: "load",
    practice: "REL07-BP03",
    type: FUNCTION,
    property: RESERVED,
    holds: (value) => not(isNumber(value, (count) => count <= 1)),
    unless: (lambda, model) => not(isWaitedFor(lambda, model)),
    message: (value) => `answers requests, and ${RESERVED} is ${value}`,
    why: "A second request at the same time is refused.",
    fix: `set \`${RESERVED}\` to what its callers need at a peak, or leave it out`,
    source: `${GUIDE}/configuration-concurrency.html`,
  }),
  resourceRule({
    id: "lambda-api-timeout",
    title: "a function may run for longer than API Gateway waits",
    severity: "low",
    loss: "load",
    practice: "REL05-BP05",
    type: FUNCTION,
    judge: (lambda, model) => {
      if (!isOfApiAlone(lambda, model)) return undefined;
      const at = "Timeout";
      const value = lambda.at(at) ?? FACTS.timeoutUnset.value / 1_000;
      // HTTP APIs wait a second longer than REST APIs: which of the two it is makes no difference to anybody.
      const wrong = isNumber(value, (seconds) => seconds > API_SECONDS + 1);
      return judged(wrong, `may run for ${shown(value)} s, and API Gateway waits ${API_SECONDS} s`, { at, value });
    },
    why: "The caller is told of a time-out and tries again, while the first run goes on and does its work as well.",
    fix: "set `Timeout` below what API Gateway waits, or hand long work to a queue",
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  }),
];

/** Rules about Lambda functions. */
export const LAMBDA: readonly Rule[] = [...PLACE, ...EVENTS, ...CAPACITY];
