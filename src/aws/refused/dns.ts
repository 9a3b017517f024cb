import { field, items, numberOf, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Finding, type Refusal, refusal, refusalOf } from "./refusal.ts";

const RECORD = "AWS::Route53::RecordSet";
const ROUTING = ["Failover", "Weight", "Region", "GeoLocation", "MultiValueAnswer", "CidrRoutingConfig"];
/** RFC 1918, loopback, link-local, carrier-grade NAT and multicast. */
const NOT_PUBLIC =
  /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2[2-5]\d)\./;

function routingOf({ properties }: Resource): string {
  return ROUTING.filter((each) => properties[each] !== undefined).join("+");
}

/** Records by zone, name and type, over all stacks. */
function groups(records: readonly Resource[]): readonly (readonly Resource[])[] {
  const found = new Map<string, Resource[]>();
  for (const record of records) {
    const { HostedZoneId, HostedZoneName, Name, Type } = record.properties;
    const key = [HostedZoneId ?? HostedZoneName, Name, Type].map(textOf).join(" ").toLowerCase();
    found.set(key, [...(found.get(key) ?? []), record]);
  }
  return [...found.values()].filter((group) => group.length > 1);
}

function twice(group: readonly Resource[], key: string): readonly Finding[] {
  const values = group.map(({ properties }) => textOf(properties[key]));
  return group.flatMap((resource, at) =>
    resource.properties[key] !== undefined && values.indexOf(values[at]!) !== at
      ? [{ resource, path: `Properties.${key}`, message: `${values[at]} is another record's` }]
      : [],
  );
}

/** What Route 53 refuses. */
export const DNS: readonly Refusal[] = [
  refusalOf(
    RECORD,
    ["route53-alias-ttl", "an alias has no TTL of its own", "Route53/latest/APIReference/API_ResourceRecordSet.html"],
    ({ properties }) =>
      properties["AliasTarget"] !== undefined && properties["TTL"] !== undefined
        ? [["Properties.TTL", "on an alias"]]
        : [],
  ),
  refusalOf(
    RECORD,
    [
      "route53-set-identifier",
      "a record has a set identifier if, and only if, it has a routing policy",
      "Route53/latest/APIReference/API_ResourceRecordSet.html",
    ],
    (resource) => {
      const identified = resource.properties["SetIdentifier"] !== undefined;
      return identified === (routingOf(resource) !== "")
        ? []
        : [
            [
              "Properties.SetIdentifier",
              identified ? "without a routing policy" : `missing beside ${routingOf(resource)}`,
            ],
          ];
    },
  ),
  refusal(
    "route53-set-identifier-twice",
    "each record of a name and type has a set identifier of its own",
    "Route53/latest/APIReference/API_ResourceRecordSet.html",
    (estate) => groups(estate.of(RECORD)).flatMap((group) => twice(group, "SetIdentifier")),
  ),
  refusal(
    "route53-routing-mixed",
    "all records of a name and type have the same routing policy",
    "Route53/latest/DeveloperGuide/routing-policy.html",
    (estate) =>
      groups(estate.of(RECORD)).flatMap((group) =>
        group
          .filter((resource) => routingOf(resource) !== routingOf(group[0]!))
          .map((resource) => ({
            resource,
            path: "Properties",
            message: `${routingOf(resource) || "simple"} beside ${routingOf(group[0]!) || "simple"}`,
          })),
      ),
  ),
  refusal(
    "route53-failover-twice",
    "a name and type has one primary and one secondary record",
    "Route53/latest/DeveloperGuide/routing-policy-failover.html",
    (estate) => groups(estate.of(RECORD)).flatMap((group) => twice(group, "Failover")),
  ),
  refusalOf(
    "AWS::Route53::HealthCheck",
    [
      "route53-health-check-private",
      "Route 53's checkers reach public addresses alone",
      "Route53/latest/APIReference/API_HealthCheckConfig.html",
    ],
    ({ properties }) => {
      const address = textOf(field(properties, "HealthCheckConfig.IPAddress"));
      return NOT_PUBLIC.test(address) ? [["Properties.HealthCheckConfig.IPAddress", `${address} is not public`]] : [];
    },
  ),
  refusalOf(
    "AWS::Route53::HealthCheck",
    [
      "route53-health-check-interval",
      "a health check runs every 10 or 30 seconds, and counts 1 to 10 failures",
      "Route53/latest/APIReference/API_HealthCheckConfig.html",
    ],
    ({ properties }) => {
      const interval = numberOf(field(properties, "HealthCheckConfig.RequestInterval")) ?? 30;
      const threshold = numberOf(field(properties, "HealthCheckConfig.FailureThreshold")) ?? 3;
      return (interval === 10 || interval === 30) && threshold >= 1 && threshold <= 10
        ? []
        : [["Properties.HealthCheckConfig", `every ${interval} s, ${threshold} failures`]];
    },
  ),
  refusalOf(
    "AWS::Route53::HealthCheck",
    [
      "route53-health-check-tcp-path",
      "a TCP health check has no path",
      "Route53/latest/APIReference/API_HealthCheckConfig.html",
    ],
    ({ properties }) =>
      field(properties, "HealthCheckConfig.Type") === "TCP" &&
      field(properties, "HealthCheckConfig.ResourcePath") !== undefined
        ? [["Properties.HealthCheckConfig.ResourcePath", "on a TCP check"]]
        : [],
  ),
  refusalOf(
    RECORD,
    [
      "route53-empty-record",
      "a record is an alias, or has values and a TTL",
      "Route53/latest/APIReference/API_ResourceRecordSet.html",
    ],
    ({ properties }) => {
      const alias = properties["AliasTarget"] !== undefined;
      const values = items(properties["ResourceRecords"]).length > 0 && properties["TTL"] !== undefined;
      return alias !== (properties["ResourceRecords"] !== undefined) && (alias || values)
        ? []
        : [["Properties", alias ? "an alias with values" : "no alias, and no values with a TTL"]];
    },
  ),
];
