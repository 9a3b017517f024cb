import { every, not, some } from "../../../base/answer.ts";
import { isNumber, isOneOf, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";

const DOMAIN = "AWS::OpenSearchService::Domain";
const ELASTICSEARCH = "AWS::Elasticsearch::Domain";
const GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide";

/** What a majority needs to outlive one loss. */
const MAJORITY = 3;

/** Rules about OpenSearch, and the Elasticsearch domains before it. */
export const OPENSEARCH: readonly Rule[] = [
  resourceRule({
    id: "opensearch-one-zone",
    title: "a search domain stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: [DOMAIN, ELASTICSEARCH],
    judge: standsInOneZone,
    why: "With its zone the domain is gone, and all that was indexed since the last hourly snapshot.",
    fix: "set `ZoneAwarenessEnabled` to true, with `InstanceCount` and `AvailabilityZoneCount` of 3",
    source: `${GUIDE}/managedomains-multiaz.html`,
  }),
  resourceRule({
    id: "opensearch-data-nodes",
    title: "a search domain over zones has fewer than three data nodes",
    severity: "medium",
    practice: "REL10-BP01",
    type: [DOMAIN, ELASTICSEARCH],
    judge: hasFewNodes,
    why: "With two nodes the loss of one leaves shards without replica, and no majority where no master is apart.",
    fix: "set `InstanceCount` to 3 or more",
    source: `${GUIDE}/bp.html`,
  }),
  resourceRule({
    id: "opensearch-masters",
    title: "a search domain has no three dedicated masters",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP02",
    type: [DOMAIN, ELASTICSEARCH],
    judge: lacksMasters,
    why: "With one or two masters the loss of one stops the domain; with none, a busy data node can.",
    fix: "set `DedicatedMasterEnabled` to true and `DedicatedMasterCount` to 3",
    source: `${GUIDE}/managedomains-dedicatedmasternodes.html`,
  }),
  propertyRule({
    id: "opensearch-serverless-standby",
    title: "a serverless collection has no standby in another zone",
    severity: "high",
    practice: "REL10-BP01",
    type: "AWS::OpenSearchServerless::Collection",
    property: "StandbyReplicas",
    holds: (value) => not(isOneOf(value, ["DISABLED"])),
    why: "With its zone the collection neither indexes nor searches.",
    fix: "set `StandbyReplicas` to ENABLED",
    source: `${GUIDE}/serverless-overview.html`,
  }),
];

interface Cluster {
  readonly at: string;
  part(name: string): Value | undefined;
}

function clusterOf(domain: Resource): Cluster {
  const at = domain.type === DOMAIN ? "ClusterConfig" : "ElasticsearchClusterConfig";
  return { at, part: (name) => domain.at(`${at}.${name}`) };
}

function isOverZones({ part }: Cluster) {
  return some([isTrue(part("ZoneAwarenessEnabled")), isTrue(part("MultiAZWithStandbyEnabled"))]);
}

function standsInOneZone(domain: Resource): Verdict {
  const cluster = clusterOf(domain);
  const value = cluster.part("ZoneAwarenessEnabled");
  const nodes = shown(cluster.part("InstanceCount") ?? 1);
  return judged(
    not(isOverZones(cluster)),
    `stands in one zone: ZoneAwarenessEnabled is ${shown(value)}, InstanceCount ${nodes}`,
    {
      at: `${cluster.at}.ZoneAwarenessEnabled`,
      value,
    },
  );
}

function hasFewNodes(domain: Resource): Verdict {
  const cluster = clusterOf(domain);
  const value = cluster.part("InstanceCount");
  const few = judge(value, (plain) => (plain === undefined ? 1 : (numberOf(plain) ?? MAJORITY)) < MAJORITY);
  const wrong = every([few, isOverZones(cluster)]);
  return judged(wrong, `InstanceCount is ${shown(value)}`, { at: `${cluster.at}.InstanceCount`, value });
}

/** A domain of one zone is told as that; three masters more would not help it. */
function lacksMasters(domain: Resource): Verdict {
  const cluster = clusterOf(domain);
  const enabled = cluster.part("DedicatedMasterEnabled");
  const count = cluster.part("DedicatedMasterCount");
  const has = every([isTrue(enabled), isNumber(count, (masters) => masters >= MAJORITY)]);
  const message = `DedicatedMasterEnabled is ${shown(enabled)}, DedicatedMasterCount ${shown(count)}`;
  return judged(every([not(has), isOverZones(cluster)]), message, {
    at: `${cluster.at}.${isTrue(enabled) === "yes" ? "DedicatedMasterCount" : "DedicatedMasterEnabled"}`,
    value: isTrue(enabled) === "unknown" ? enabled : count,
  });
}
