/**
 * What AWS Backup keeps of a resource, as far as the files tell: which plans select it by its ARN, a pattern or a tag.
 * Plans of other stacks are not seen.
 * Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
 */
import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, judge } from "../../evaluate/judge.ts";
import { Reference, Text, type Value, isList, isMap, partOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";

/** What one BackupSelection takes, taken apart once. */
interface Selection {
  /** The plan, where it is one of these files'. */
  readonly plan: Resource | undefined;
  readonly named: ReadonlySet<Resource>;
  readonly patterns: readonly Value[];
  readonly tags: readonly Value[];
  readonly conditions: Value | undefined;
  readonly left: { readonly named: ReadonlySet<Resource>; readonly patterns: readonly Value[] };
}

/** The service and the kind in the ARN of each type that AWS Backup takes, and the property that names it. */
const ARNS: Readonly<Record<string, { readonly service: string; readonly kind: string; readonly name?: string }>> = {
  "AWS::RDS::DBInstance": { service: "rds", kind: "db:", name: "DBInstanceIdentifier" },
  "AWS::RDS::DBCluster": { service: "rds", kind: "cluster:", name: "DBClusterIdentifier" },
  "AWS::DocDB::DBCluster": { service: "rds", kind: "cluster:", name: "DBClusterIdentifier" },
  "AWS::Neptune::DBCluster": { service: "rds", kind: "cluster:", name: "DBClusterIdentifier" },
  "AWS::DynamoDB::Table": { service: "dynamodb", kind: "table/", name: "TableName" },
  "AWS::DynamoDB::GlobalTable": { service: "dynamodb", kind: "table/", name: "TableName" },
  "AWS::EFS::FileSystem": { service: "elasticfilesystem", kind: "file-system/" },
  "AWS::FSx::FileSystem": { service: "fsx", kind: "file-system/" },
  "AWS::EC2::Volume": { service: "ec2", kind: "volume/" },
  "AWS::S3::Bucket": { service: "s3", kind: "", name: "BucketName" },
  "AWS::Redshift::Cluster": { service: "redshift", kind: "cluster:", name: "ClusterIdentifier" },
};

const selectionsOf = derived((model): readonly Selection[] =>
  model.of("AWS::Backup::BackupSelection").map((selection) => taken(selection, model)),
);

/** Whether a plan of these files backs a resource up; where `plans` are given, one of those. */
export function isBackedUp(resource: Resource, model: Model, plans?: (plan: Resource) => Answer): Answer {
  return some(
    selectionsOf(model).map((selection) => {
      const counts = plans === undefined ? "yes" : selection.plan === undefined ? "unknown" : plans(selection.plan);
      return counts === "no" ? "no" : every([counts, isSelected(resource, selection)]);
    }),
  );
}

function taken(selection: Resource, model: Model): Selection {
  const part = (name: string): Value | undefined => selection.at(`BackupSelection.${name}`);
  return {
    plan: model.target(selection.at("BackupPlanId")),
    ...arnsOf(part("Resources"), model),
    tags: elementsOf(part("ListOfTags")).elements,
    conditions: part("Conditions"),
    left: arnsOf(part("NotResources"), model),
  };
}

/** ARNs of resources of these files, and what may match others. */
function arnsOf(list: Value | undefined, model: Model): Pick<Selection, "named" | "patterns"> {
  const named = new Set<Resource>();
  const patterns: Value[] = [];
  for (const element of elementsOf(list).elements) {
    const target = model.target(element);
    if (target === undefined) patterns.push(element);
    else named.add(target);
  }
  return { named, patterns };
}

function isSelected(resource: Resource, selection: Selection): Answer {
  const { left, conditions } = selection;
  const chosen = isChosen(resource, selection);
  if (chosen === "no" || left.named.has(resource)) return "no";
  const leftOut = some(left.patterns.map((pattern) => matches(pattern, resource)));
  return every([chosen, not(leftOut), meets(resource, conditions)]);
}

/** By its ARN or by any of the tags; a selection that names neither takes everything. */
function isChosen(resource: Resource, { named, patterns, tags }: Selection): Answer {
  if (named.has(resource) || named.size + patterns.length + tags.length === 0) return "yes";
  return some([
    ...patterns.map((pattern) => matches(pattern, resource)),
    ...tags.map((tag) => hasTag(resource, partOf(tag, "ConditionKey"), partOf(tag, "ConditionValue"))),
  ]);
}

/** Whether an ARN with wildcards means a resource. A part that is not known may be any. */
function matches(pattern: Value, resource: Resource): Answer {
  if (pattern === "*") return "yes";
  const arn = ARNS[resource.type];
  const text = textOf(pattern);
  if (text === undefined) return "unknown";
  if (arn === undefined) return "no";
  const [, , service = "", , , ...rest] = text.split(":");
  const wanted = rest.join(":");
  if (service !== "*" && service !== arn.service) return "no";
  if (wanted === "*" || wanted === `${arn.kind}*`) return "yes";
  if (!wanted.startsWith(arn.kind)) return "no";
  const name = arn.name === undefined ? undefined : resource.at(arn.name);
  if (typeof name !== "string") return wanted.includes("*") || wanted.includes(OPEN) ? "unknown" : "no";
  return wanted.includes(OPEN) ? "unknown" : isLike(`${arn.kind}${name}`, wanted) ? "yes" : "no";
}

/** Stands for a part of a text that is not known. */
const OPEN = "\u0000";

function textOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  if (!(value instanceof Text) || value.parts.some((part) => part instanceof Reference)) return undefined;
  return value.parts.map((part) => (typeof part === "string" ? part : OPEN)).join("");
}

function isLike(text: string, pattern: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}

/** Whether a resource carries a tag, with a value where one is given. Tags of its stack are not seen. */
export function hasTag(resource: Resource, key: Value | undefined, value: Value | undefined, like = false): Answer {
  const name = judge(key, (plain) => typeof plain === "string");
  if (name !== "yes") return "unknown";
  const wanted = String(key).replace(/^aws:ResourceTag\//, "");
  const tag = tagOf(resource, wanted);
  if (tag === undefined || value === undefined) return tag === undefined ? "no" : "yes";
  return judge(value, (plain) =>
    judge(tag, (own) => (like ? isLike(String(own), String(plain)) : String(own) === String(plain))),
  );
}

function tagOf(resource: Resource, key: string): Value | undefined {
  const tags = resource.at("Tags") ?? resource.at("FileSystemTags") ?? resource.at("Replicas.0.Tags");
  if (isList(tags))
    return partOf(
      tags.find((tag) => isMap(tag) && tag["Key"] === key),
      "Value",
    );
  return isMap(tags) ? tags[key] : undefined;
}

/** Whether a resource meets every condition of a selection. */
function meets(resource: Resource, conditions: Value | undefined): Answer {
  const tests = (kind: string, wanted: Answer, like: boolean): readonly Answer[] =>
    elementsOf(partOf(conditions, kind)).elements.map((each) => {
      const has = hasTag(resource, partOf(each, "ConditionKey"), partOf(each, "ConditionValue"), like);
      return has === "unknown" ? "unknown" : has === wanted ? "yes" : "no";
    });
  return every([
    ...tests("StringEquals", "yes", false),
    ...tests("StringLike", "yes", true),
    ...tests("StringNotEquals", "no", false),
    ...tests("StringNotLike", "no", true),
  ]);
}
