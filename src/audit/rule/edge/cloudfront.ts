import { CLOUDFRONT } from "../../../facts/timing.ts";
import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, hasElement, isFalse, isNumber, isOneOf, numberOf } from "../../evaluate/judge.ts";
import { type Value, isMap, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule, unknown } from "../table.ts";
import { regionOf } from "./region.ts";

const DISTRIBUTION = "AWS::CloudFront::Distribution";
const GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide";
const CONFIG = "DistributionConfig";
const GROUPS = `${CONFIG}.OriginGroups.Items`;
const SECOND = 1_000;

/** What says that an origin cannot answer; of others, an application may mean something else. */
const OUTAGES: readonly number[] = [502, 503, 504];

const WRITES: readonly string[] = ["POST", "PUT", "PATCH", "DELETE"];

interface OriginGroup {
  readonly at: string;
  readonly value: Value;
}

function groupsOf(distribution: Resource): readonly OriginGroup[] {
  return elementsOf(distribution.at(GROUPS)).elements.map((value, at) => ({ at: `${GROUPS}.${at}`, value }));
}

/** The origins of a group, the primary first; of one that is not declared, undefined. */
function membersOf(group: OriginGroup, distribution: Resource): readonly (Value | undefined)[] {
  const origins = elementsOf(distribution.at(`${CONFIG}.Origins`)).elements;
  return elementsOf(partOf(group.value, "Members.Items")).elements.map((member) => {
    const id = partOf(member, "OriginId");
    return typeof id === "string" ? origins.find((origin) => partOf(origin, "Id") === id) : undefined;
  });
}

/** Whether a behavior takes writes: CloudFront gives it no origin group then. */
function takesWrites(behavior: Value | undefined): Answer {
  return some(elementsOf(partOf(behavior, "AllowedMethods")).elements.map((method) => isOneOf(method, WRITES)));
}

function lacksFailover(distribution: Resource): Verdict {
  const value = distribution.at(GROUPS);
  const behaviors = [
    distribution.at(`${CONFIG}.DefaultCacheBehavior`),
    ...elementsOf(distribution.at(`${CONFIG}.CacheBehaviors`)).elements,
  ];
  const wrong = every([
    not(hasElement(value)),
    not(isFalse(distribution.at(`${CONFIG}.Enabled`))),
    not(every(behaviors.map(takesWrites))),
  ]);
  const message = "has no origin to fail over to: OriginGroups has no items";
  return judged(wrong, message, { at: `${CONFIG}.Origins`, value });
}

function lacksOutages(group: OriginGroup): Verdict {
  const value = partOf(group.value, "FailoverCriteria.StatusCodes.Items");
  const { elements, whole } = elementsOf(value);
  const absent = OUTAGES.filter((code) => !elements.some((each) => numberOf(each) === code));
  if (absent.length === 0) return undefined;
  const open = !whole || elements.some((each) => numberOf(each) === undefined);
  const message = `does not fail over on ${absent.join(", ")}: StatusCodes is ${shown(value)}`;
  return judged(open ? "unknown" : "yes", message, { at: `${group.at}.FailoverCriteria`, value });
}

/** Where nothing is said, an origin is tried for half a minute before the next is asked. */
function isImpatient(origin: Value | undefined): Answer {
  const [attempts, timeout] = [CLOUDFRONT.connectionAttempts.value, CLOUDFRONT.connectionTimeout.value / SECOND];
  return some([
    isNumber(partOf(origin, "ConnectionAttempts") ?? attempts, (number) => number < attempts),
    isNumber(partOf(origin, "ConnectionTimeout") ?? timeout, (seconds) => seconds < timeout),
  ]);
}

function waitsLong(group: OriginGroup, distribution: Resource): Verdict {
  const [primary] = membersOf(group, distribution);
  if (!isMap(primary)) return undefined;
  const seconds = (CLOUDFRONT.connectionAttempts.value * CLOUDFRONT.connectionTimeout.value) / SECOND;
  const message = `asks an origin that does not answer for ${seconds} s before the next one`;
  const value = partOf(primary, "ConnectionTimeout") ?? partOf(primary, "ConnectionAttempts");
  return judged(not(isImpatient(primary)), message, { at: group.at, value });
}

function failsOverOnWrites(distribution: Resource): readonly Verdict[] {
  const groups = new Set(groupsOf(distribution).map(({ value }) => partOf(value, "Id")));
  const behaviors = elementsOf(distribution.at(`${CONFIG}.CacheBehaviors`)).elements;
  const all: readonly (readonly [string, Value | undefined])[] = [
    [`${CONFIG}.DefaultCacheBehavior`, distribution.at(`${CONFIG}.DefaultCacheBehavior`)],
    ...behaviors.map((each, at): readonly [string, Value] => [`${CONFIG}.CacheBehaviors.${at}`, each]),
  ];
  return all.map(([at, behavior]) => {
    const target = partOf(behavior, "TargetOriginId");
    const methods = partOf(behavior, "AllowedMethods");
    const wrong = takesWrites(behavior);
    if (typeof target !== "string" || !groups.has(target)) return undefined;
    return judged(wrong, `sends writes to an origin group: AllowedMethods is ${shown(methods)}`, {
      at,
      value: methods,
    });
  });
}

function sharesRegion(group: OriginGroup, distribution: Resource, model: Model): Verdict {
  const [first, ...others] = membersOf(group, distribution).map((origin) =>
    regionOf(partOf(origin, "DomainName"), distribution, model),
  );
  if (others.length === 0) return undefined;
  const message = "may have both origins in one region: where they are is only known at deployment";
  if (first === undefined || others.includes(undefined)) return unknown(message, group.at);
  return others.every((region) => region === first) ? fail(`has both origins in ${first}`, group.at) : undefined;
}

const eachGroup =
  (judge: (group: OriginGroup, distribution: Resource, model: Model) => Verdict) =>
  (distribution: Resource, model: Model): readonly Verdict[] =>
    groupsOf(distribution).map((group) => judge(group, distribution, model));

/** Rules about CloudFront. */
export const CLOUDFRONT_RULES: readonly Rule[] = [
  resourceRule({
    id: "cloudfront-origin-failover",
    title: "a distribution has no origin to fail over to",
    severity: "low",
    loss: "region",
    practice: "REL11-BP02",
    type: DISTRIBUTION,
    judge: lacksFailover,
    why: "When its only origin, or the region of it, cannot answer, what is not cached is answered with an error.",
    fix: "add a second origin, put both into `OriginGroups`, and name the group as `TargetOriginId`",
    source: `${GUIDE}/high_availability_origin_failover.html`,
  }),
  resourceRule({
    id: "cloudfront-failover-status-codes",
    title: "an origin group does not fail over when its origin is down",
    severity: "medium",
    loss: "region",
    practice: "REL11-BP02",
    type: DISTRIBUTION,
    judge: eachGroup(lacksOutages),
    why: "An origin that cannot be reached counts as 503, one that is too slow as 504: neither moves a request.",
    fix: "add 502, 503 and 504 to `FailoverCriteria`",
    source: `${GUIDE}/high_availability_origin_failover.html`,
  }),
  resourceRule({
    id: "cloudfront-failover-region",
    title: "both origins of a group are in one region",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: DISTRIBUTION,
    judge: eachGroup(sharesRegion),
    why: "When the region is lost, the origin to fail over to is lost with it.",
    fix: "give `OriginGroups` a second member whose `DomainName` is in another region",
    source: `${GUIDE}/high_availability_origin_failover.html`,
  }),
  resourceRule({
    id: "cloudfront-failover-writes",
    title: "writes go to an origin group",
    severity: "medium",
    loss: "region",
    practice: "REL11-BP02",
    type: DISTRIBUTION,
    judge: failsOverOnWrites,
    why: "Only GET, HEAD and OPTIONS fail over; CloudFront refuses a group for a behavior that takes other methods.",
    fix: "leave POST, PUT, PATCH and DELETE out of `AllowedMethods`, and give writes a behavior of their own",
    source: `${GUIDE}/high_availability_origin_failover.html`,
  }),
  resourceRule({
    id: "cloudfront-failover-timeout",
    title: "an origin group waits long before it fails over",
    severity: "low",
    loss: "region",
    practice: "REL05-BP05",
    type: DISTRIBUTION,
    judge: eachGroup(waitsLong),
    why: "While the first origin does not answer, every request waits so long, and most customers leave before.",
    fix: "lower `ConnectionAttempts` and `ConnectionTimeout` of the first origin",
    source: `${GUIDE}/high_availability_origin_failover.html`,
  }),
];
