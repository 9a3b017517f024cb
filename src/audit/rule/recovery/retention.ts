import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isOneOf, isTrue } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import { isMomentary } from "../data/dynamodb.ts";
import { isMemberOrReplica } from "../data/rds.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

const REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference";

/**
 * What holds data that nothing else has, and goes with its stack. A bucket is not deleted while it holds anything, and
 * what caches, queues and search domains hold can be made again.
 */
const STATEFUL = [
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::DocDB::DBCluster",
  "AWS::Neptune::DBCluster",
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
  "AWS::EFS::FileSystem",
  "AWS::EC2::Volume",
  "AWS::Redshift::Cluster",
  "AWS::MemoryDB::Cluster",
  "AWS::Cassandra::Table",
  "AWS::Cognito::UserPool",
];

/** Those that CloudFormation takes a last snapshot of where nothing is said; members of clusters are not among them. */
const SNAPSHOT_BY_DEFAULT = new Set(["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"]);

const KEEPING = ["Retain", "RetainExceptOnCreate", "Snapshot"];

/** Rules about what becomes of data when its stack changes. */
export const RETENTION: readonly Rule[] = [
  resourceRule({
    id: "stateful-deletion-policy",
    title: "data goes with the stack that declares it",
    severity: "medium",
    loss: "change",
    practice: "REL09-BP01",
    type: STATEFUL,
    judge: isDeletedWithStack,
    why: "Deleting the stack, or taking the resource out of its template, deletes the data with it.",
    fix: "set `DeletionPolicy` and `UpdateReplacePolicy` to Retain or Snapshot",
    source: `${REFERENCE}/aws-attribute-deletionpolicy.html`,
  }),
  resourceRule({
    id: "stateful-replace-policy",
    title: "data goes with a change that replaces its resource",
    severity: "low",
    loss: "change",
    practice: "REL09-BP01",
    type: STATEFUL,
    judge: isDeletedByReplacement,
    why: "A change that cannot be made in place creates an empty resource, and deletes the one with the data.",
    fix: "set `UpdateReplacePolicy` to Retain or Snapshot",
    source: `${REFERENCE}/aws-attribute-updatereplacepolicy.html`,
  }),
];

function keepsOnDeletion(resource: Resource): Answer {
  const policy = resource.attributes["DeletionPolicy"];
  if (policy === undefined && SNAPSHOT_BY_DEFAULT.has(resource.type)) return "yes";
  return isOneOf(policy, KEEPING);
}

function isDeletedWithStack(resource: Resource): Verdict {
  const { DeletionPolicy: policy, UpdateReplacePolicy: replace } = resource.attributes;
  const wrong = every([not(keepsOnDeletion(resource)), isMeant(resource)]);
  const also = isOneOf(replace, KEEPING) === "yes" ? "" : `, UpdateReplacePolicy is ${shown(replace)}`;
  return judged(wrong, `DeletionPolicy is ${told(policy)}${also}`, { value: policy });
}

/** Told where the deletion is in order, or else both would tell the same. */
function isDeletedByReplacement(resource: Resource): Verdict {
  const { UpdateReplacePolicy: policy } = resource.attributes;
  const wrong = every([not(isOneOf(policy, KEEPING)), keepsOnDeletion(resource), isMeant(resource)]);
  return judged(wrong, `UpdateReplacePolicy is ${told(policy)}`, { value: policy });
}

function told(policy: Value | undefined): string {
  return policy === undefined ? "not set, so Delete" : shown(policy);
}

/** What is protected cannot be deleted, replicas and members have no data of their own, and plans have no policies. */
function isMeant(resource: Resource): Answer {
  if (resource.template.dialect === "terraform" || isMomentary(resource)) return "no";
  const replicas = elementsOf(resource.at("Replicas")).elements;
  return not(
    some([
      isTrue(resource.at("DeletionProtection")),
      isTrue(resource.at("DeletionProtectionEnabled")),
      isOneOf(resource.at("DeletionProtection"), ["ACTIVE"]),
      replicas.length > 0 ? every(replicas.map((each) => isTrue(partOf(each, "DeletionProtectionEnabled")))) : "no",
      resource.type === "AWS::RDS::DBInstance" ? isMemberOrReplica(resource) : "no",
    ]),
  );
}
