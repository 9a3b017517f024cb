import { DAX as DAX_FACTS } from "../../../facts/database.ts";
import { not } from "../../../base/answer.ts";
import { isNumber, judge, numberOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { zonesOf, hasZones } from "../../model/zone.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";

const CLUSTER = "AWS::DAX::Cluster";
const GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.concepts.cluster.html";
const NODES = DAX_FACTS.nodes.value;

/** Rules about DynamoDB's accelerator. */
export const DAX: readonly Rule[] = [
  propertyRule({
    id: "dax-single-node",
    title: "a DAX cluster has one node",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLUSTER,
    property: "ReplicationFactor",
    holds: (value) => judge(value, (plain) => numberOf(plain) !== 1),
    message: (nodes) => `has one node: ReplicationFactor is ${nodes}`,
    why: "With its only node, programs that read and write through the cluster are cut off from their tables.",
    fix: "set `ReplicationFactor` to 3 or more",
    source: GUIDE,
  }),
  propertyRule({
    id: "dax-few-nodes",
    title: "a DAX cluster has fewer nodes than zones to live through",
    severity: "low",
    loss: "zone",
    practice: "REL10-BP01",
    type: CLUSTER,
    property: "ReplicationFactor",
    holds: (value) => isNumber(value, (nodes) => nodes >= NODES || nodes === 1),
    message: (nodes) => `ReplicationFactor is ${nodes}, and AWS asks for ${NODES}`,
    why: "After one zone is lost the last node carries all reads, and nothing stands in for it.",
    fix: "set `ReplicationFactor` to 3 or more",
    source: GUIDE,
  }),
  resourceRule({
    id: "dax-zones",
    title: "a DAX cluster stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: CLUSTER,
    judge: standsInOneZone,
    why: "With that zone all nodes are gone, and programs that read through the cluster are cut off from their tables.",
    fix: "name subnets of two zones or more in `SubnetIds` of its `AWS::DAX::SubnetGroup`, and in `AvailabilityZones`",
    source: GUIDE,
  }),
];

function standsInOneZone(cluster: Resource, model: Model): Verdict {
  if (isNumber(cluster.at("ReplicationFactor"), (nodes) => nodes > 1) === "no") return undefined;
  const zones = cluster.at("AvailabilityZones");
  const group = model.target(cluster.at("SubnetGroupName"));
  const [at, value] = zones === undefined ? ["SubnetIds", group?.at("SubnetIds")] : ["AvailabilityZones", zones];
  if (value === undefined) return undefined;
  const message = `all nodes stand in one zone: ${at} is ${shown(value)}`;
  return judged(not(hasZones(zonesOf(value, model), 2)), message, {
    at: zones === undefined ? "SubnetGroupName" : at,
    value,
  });
}
