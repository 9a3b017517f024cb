import { ROUTE_53 } from "../../../facts/timing.ts";
import { type Answer, every } from "../../../base/answer.ts";
import { isNumber, isOneOf, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { fail, judged, propertyRule, resourceRule, unknown } from "../table.ts";

const HEALTH_CHECK = "AWS::Route53::HealthCheck";
const GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide";
const CONFIG = "HealthCheckConfig";
const SECOND = 1_000;

/** Whether it asks an endpoint itself, and follows neither an alarm nor other health checks. */
function asksEndpoint(check: Resource): Answer {
  return judge(check.at(`${CONFIG}.Type`), (type) => /^(HTTPS?(_STR_MATCH)?|TCP)$/.test(String(type)));
}

function isSlowerThanObjective(check: Resource, { objectives }: Context): Verdict {
  if (objectives.regionRtoMs === null || asksEndpoint(check) === "no") return undefined;
  const interval = numberOf(check.at(`${CONFIG}.RequestInterval`) ?? ROUTE_53.healthInterval.value / SECOND);
  const threshold = numberOf(check.at(`${CONFIG}.FailureThreshold`) ?? ROUTE_53.healthThreshold.value);
  const objective = objectives.regionRtoMs / SECOND;
  if (interval === undefined || threshold === undefined) {
    return unknown(`may find a loss too late for ${objective} s: its interval and threshold are known at deployment`);
  }
  const seconds = interval * threshold;
  if (seconds < objective) return undefined;
  const message = `finds a loss after ${seconds} s (${interval} s × ${threshold}), and ${objective} s are all there is`;
  return fail(message, CONFIG);
}

/** Rules about Route 53's health checks. */
export const HEALTH_CHECKS: readonly Rule[] = [
  propertyRule({
    id: "route53-health-check-path",
    title: "a health check asks for the front page",
    severity: "low",
    loss: "instance",
    practice: "REL11-BP01",
    type: HEALTH_CHECK,
    property: `${CONFIG}.ResourcePath`,
    holds: (value: Value | undefined) => judge(value, (path) => typeof path === "string" && !["", "/"].includes(path)),
    unless: (check) => judge(check.at(`${CONFIG}.Type`), (type) => type !== "HTTP" && type !== "HTTPS"),
    message: (path) => `asks for the front page: ResourcePath is ${path}`,
    why: "A front page is often static: it answers while what customers need behind it is lost.",
    fix: "set `ResourcePath` to a path that answers only when the program can do its work",
    source: `${GUIDE}/health-checks-creating-values.html`,
  }),
  resourceRule({
    id: "route53-health-check-objective",
    title: "a health check finds a loss later than the objective allows",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP01",
    type: HEALTH_CHECK,
    judge: (check, _, context) => isSlowerThanObjective(check, context),
    why: "Detection is the first part of a recovery: with all of its time gone, nothing has yet been moved.",
    fix: "lower `RequestInterval` to 10 and `FailureThreshold`",
    source: `${GUIDE}/health-checks-creating-values.html`,
  }),
  resourceRule({
    id: "route53-health-check-threshold",
    title: "a calculated health check is always healthy",
    severity: "high",
    loss: "region",
    practice: "REL11-BP01",
    type: HEALTH_CHECK,
    judge: (check) => {
      const at = `${CONFIG}.HealthThreshold`;
      const value = check.at(at);
      const isCalculated = isOneOf(check.at(`${CONFIG}.Type`), ["CALCULATED"]);
      const wrong = every([isCalculated, isNumber(value, (least) => least === 0)]);
      return judged(wrong, `is healthy whatever its children are: HealthThreshold is ${shown(value)}`, { at, value });
    },
    why: "What follows it never fails over: with a threshold of 0, no child has to be well.",
    fix: "set `HealthThreshold` to the number of children that must be healthy",
    source: `${GUIDE}/health-checks-creating-values.html`,
  }),
];
