import { every, not } from "../../../base/answer.ts";
import { isSet, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";

const CLUSTER = "AWS::Redshift::Cluster";
const GUIDE = "https://docs.aws.amazon.com/redshift/latest/mgmt";

/** Rules about Redshift clusters. Serverless workgroups are in several zones by themselves. */
export const REDSHIFT: readonly Rule[] = [
  resourceRule({
    id: "redshift-single-node",
    title: "a Redshift cluster is one node",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLUSTER,
    judge: isSingleNode,
    why: "A single node has no second copy of its blocks: with it the warehouse is gone until a restore.",
    fix: "set `ClusterType` to multi-node and `NumberOfNodes` to 2 or more",
    source: `${GUIDE}/working-with-clusters.html`,
  }),
  resourceRule({
    id: "redshift-one-zone",
    title: "a Redshift cluster can neither run in two zones nor move to another",
    severity: "medium",
    practice: "REL10-BP01",
    type: CLUSTER,
    judge: staysInOneZone,
    why: "With its zone the warehouse is gone until somebody restores a snapshot in another one.",
    fix: "set `MultiAZ` or `AvailabilityZoneRelocation` to true",
    source: `${GUIDE}/managing-cluster-multi-az.html`,
  }),
  propertyRule({
    id: "redshift-snapshots",
    title: "a Redshift cluster takes no snapshots",
    severity: "high",
    loss: "data",
    practice: "REL09-BP03",
    type: CLUSTER,
    property: "AutomatedSnapshotRetentionPeriod",
    holds: (value) => judge(value, (plain) => numberOf(plain) !== 0),
    unless: (cluster, model) => isBackedUp(cluster, model),
    message: (days) => `takes no snapshots: AutomatedSnapshotRetentionPeriod is ${days}`,
    why: "What a wrong load or a mistaken call destroys cannot be had back.",
    fix: "set `AutomatedSnapshotRetentionPeriod` to 7 or more",
    source: `${GUIDE}/working-with-snapshots.html`,
  }),
  resourceRule({
    id: "redshift-one-region",
    title: "snapshots of a Redshift cluster stay in its region, where objectives ask for more",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: CLUSTER,
    judge: staysInOneRegion,
    why: "With the region the warehouse and all its snapshots are out of reach.",
    fix: "set `DestinationRegion` to copy snapshots to a second region",
    source: `${GUIDE}/cross-region-snapshot-copy.html`,
  }),
];

/** An absent number of nodes is one, whatever type is asked for. */
function isSingleNode(cluster: Resource): Verdict {
  const nodes = cluster.at("NumberOfNodes");
  const one = judge(nodes, (plain) => numberOf(plain ?? 1) === 1);
  const message = `is one node: ClusterType is ${shown(cluster.at("ClusterType"))}, NumberOfNodes ${shown(nodes)}`;
  return judged(one, message, { at: "NumberOfNodes", value: nodes });
}

function staysInOneZone(cluster: Resource): Verdict {
  const value = cluster.at("MultiAZ");
  const moves = cluster.at("AvailabilityZoneRelocation");
  const wrong = every([not(isTrue(value)), not(isTrue(moves)), isSingleNode(cluster) === undefined ? "yes" : "no"]);
  const message = `stays in one zone: MultiAZ is ${shown(value)}, AvailabilityZoneRelocation ${shown(moves)}`;
  return judged(wrong, message, { at: "MultiAZ", value: isTrue(value) === "unknown" ? value : moves });
}

function staysInOneRegion(cluster: Resource, model: Model): Verdict {
  const value = cluster.at("DestinationRegion");
  const wrong = every([not(isSet(value)), not(isBackedUp(cluster, model))]);
  return judged(wrong, `its snapshots stay in its region: DestinationRegion is ${shown(value)}`, { value });
}
