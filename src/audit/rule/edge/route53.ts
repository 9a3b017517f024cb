import { DNS } from "../../../facts/network.ts";
import { every, not } from "../../../base/answer.ts";
import { elementsOf, isNumber, isOneOf, isSet } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, fail, unknown } from "../table.ts";
import { type DnsRecord, hasTraffic, recordRule, recordSets, secondaries } from "./record.ts";

const GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide";
const SECOND = 1_000;

/** What makes Route 53 choose among records of one name. */
const ROUTINGS: readonly string[] = [
  "Weight",
  "Region",
  "GeoLocation",
  "GeoProximityLocation",
  "CidrRoutingConfig",
  "MultiValueAnswer",
];

const isPrimary = (record: DnsRecord): boolean => record.at("Failover") === "PRIMARY";

function lacksCheck(record: DnsRecord): Verdict {
  if (!isPrimary(record)) return undefined;
  const value = record.at("HealthCheckId") ?? record.at("AliasTarget.EvaluateTargetHealth");
  const message = "never fails over: the primary has no HealthCheckId, and no EvaluateTargetHealth that is true";
  return judged(not(record.isChecked), message, { at: record.path("Failover"), value });
}

function lacksSecondary(record: DnsRecord, model: Model): Verdict {
  if (!isPrimary(record)) return undefined;
  const at = record.path("Failover");
  if (recordSets(model).get(record.set)?.hasOther === true) return undefined;
  const other = secondaries(model).get(record.name);
  const type = shown(record.at("Type"));
  return other === undefined
    ? unknown("has no secondary in these templates; it may be in those of another region", at)
    : fail(`has no secondary of type ${type}, though its name has one of type ${shown(other.at("Type"))}`, at);
}

function isCachedLong(record: DnsRecord): Verdict {
  const value = record.at("TTL");
  const most = DNS.failoverTtl.value / SECOND;
  const moves = isSet(record.at("Failover"));
  const wrong = every([moves, isNumber(value, (seconds) => seconds > most)]);
  const message = `is cached longer than ${most} s: TTL is ${shown(value)}`;
  return judged(wrong, message, { at: record.path("TTL"), value });
}

/** The answer for whoever is in none of the other places: there is nothing to go to instead of it. */
function isLastResort(record: DnsRecord): boolean {
  return record.at("GeoLocation.CountryCode") === "*" || record.at("CidrRoutingConfig.LocationName") === "*";
}

function lacksRoutingCheck(record: DnsRecord, model: Model): Verdict {
  const routing = ROUTINGS.find((property) => record.at(property) !== false && isSet(record.at(property)) === "yes");
  if (routing === undefined || isSet(record.at("Failover")) !== "no" || isLastResort(record)) return undefined;
  const { size = 1, live = 1 } = recordSets(model).get(record.set) ?? {};
  if (!hasTraffic(record) || (size > 1 && live === 1)) return undefined;
  const at = record.path(routing);
  const message = `is answered when what it leads to is down: ${routing} is ${shown(record.at(routing))}`;
  const value = record.at("HealthCheckId") ?? record.at("AliasTarget.EvaluateTargetHealth");
  const wrong = not(record.isChecked);
  if (wrong === "yes" && routing === "Weight" && size === 1) {
    return unknown(`${message}, without a health check; the other records of its name are not in these templates`, at);
  }
  return judged(wrong, `${message}, without a health check`, { at, value });
}

function isHalfDelegated(record: DnsRecord): Verdict {
  const value = record.at("ResourceRecords");
  const { elements, whole } = elementsOf(value);
  const isAws = elements.some((each) => typeof each === "string" && /\.awsdns-\d+\./.test(each));
  if (!whole || !isAws || elements.length >= DNS.nameServers.value) return undefined;
  const wrong = isOneOf(record.at("Type"), ["NS"]);
  const message = `names ${elements.length} of the ${DNS.nameServers.value} name servers of a zone`;
  return judged(wrong, message, { at: record.path("ResourceRecords"), value });
}

/** Rules about Route 53's records. */
export const RECORDS: readonly Rule[] = [
  recordRule({
    id: "route53-primary-health-check",
    title: "the primary of a failover pair has no health check",
    severity: "high",
    loss: "region",
    practice: "REL11-BP02",
    judge: lacksCheck,
    why: "Route 53 takes it for healthy whatever happens: when it is lost, customers are still sent there.",
    fix: "set `HealthCheckId`, or for an alias `EvaluateTargetHealth` to true",
    source: `${GUIDE}/dns-failover-types.html`,
  }),
  recordRule({
    id: "route53-secondary",
    title: "the primary of a failover pair has no secondary",
    severity: "high",
    loss: "region",
    practice: "REL11-BP02",
    judge: lacksSecondary,
    why: "When the primary is lost there is nothing else to answer with.",
    fix: "add a record of the same name and type whose `Failover` is SECONDARY",
    source: `${GUIDE}/dns-failover-types.html`,
  }),
  recordRule({
    id: "route53-failover-ttl",
    title: "a record that fails over is cached for long",
    severity: "medium",
    loss: "region",
    practice: "REL11-BP02",
    judge: isCachedLong,
    why: "Until the time is over, resolvers send customers to what is lost, however soon the failover was.",
    fix: "set `TTL` to 60 or less",
    source: `${GUIDE}/resource-record-sets-values-failover.html`,
  }),
  recordRule({
    id: "route53-routing-health-check",
    title: "one of several records of a name has no health check",
    severity: "medium",
    loss: "region",
    practice: "REL11-BP02",
    judge: lacksRoutingCheck,
    why: "When what it leads to is lost, its share of the customers is sent there all the same.",
    fix: "set `HealthCheckId`, or for an alias `EvaluateTargetHealth` to true",
    source: `${GUIDE}/dns-failover-complex-configs.html`,
  }),
  recordRule({
    id: "route53-delegation",
    title: "a zone is delegated to some of its name servers only",
    severity: "low",
    loss: "instance",
    practice: "REL02-BP01",
    judge: isHalfDelegated,
    why: "Each of a zone's name servers fails apart from the others; fewer of them are fewer ways to be found.",
    fix: "list all four name servers of the zone in `ResourceRecords`",
    source: "https://docs.aws.amazon.com/awssupport/latest/user/fault-tolerance-checks.html",
  }),
];
