import { type Template, partsNamed, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusal } from "./refusal.ts";

const LIMITS_PAGE = "AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

/** The property that gives a stateful resource a name: a retained one of that name blocks the next attempt. */
const NAMES: Readonly<Record<string, string>> = {
  "AWS::Backup::BackupVault": "BackupVaultName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
  "AWS::ElastiCache::User": "UserId",
  "AWS::ElastiCache::UserGroup": "UserGroupId",
  "AWS::Events::EventBus": "Name",
  "AWS::KMS::Alias": "AliasName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::RDS::DBCluster": "DBClusterIdentifier",
  "AWS::RDS::DBInstance": "DBInstanceIdentifier",
  "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
  "AWS::S3::Bucket": "BucketName",
  "AWS::SNS::Topic": "TopicName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::SecretsManager::Secret": "Name",
};

/** The largest template that CloudFormation takes from S3, in bytes. */
const MOST_BYTES = 1_000_000;
const MOST_RESOURCES = 500;
const MOST_PARAMETERS = 200;
const MOST_OUTPUTS = 200;

/** What a template has too much of. @example ["501 resources of 500"] */
export function overLimits(template: Template): readonly string[] {
  const counts = [
    ["bytes", Buffer.byteLength(JSON.stringify(template)), MOST_BYTES],
    ["resources", Object.keys(template.Resources ?? {}).length, MOST_RESOURCES],
    ["parameters", Object.keys(template.Parameters ?? {}).length, MOST_PARAMETERS],
    ["outputs", Object.keys(template.Outputs ?? {}).length, MOST_OUTPUTS],
  ] as const;
  return counts.filter(([, count, most]) => count > most).map(([what, count, most]) => `${count} ${what} of ${most}`);
}

/** What CloudFormation itself refuses, of any resource. */
export const STACK: readonly Refusal[] = [
  refusal(
    "retained-after-failed-create",
    "a retained resource with a name is in the way of the next attempt, unless its failed creation removes it",
    "AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    (estate) =>
      estate.resources
        .filter(({ deletionPolicy }) => deletionPolicy === "Retain")
        .filter(({ type, properties }) => properties[NAMES[type] ?? ""] !== undefined)
        .map((resource) => ({ resource, path: "DeletionPolicy", message: "Retain, with a name of its own" })),
  ),
  refusal(
    "name-twice",
    "two resources of a type and region cannot have one name",
    "AWSCloudFormation/latest/UserGuide/aws-properties-name.html",
    (estate) => {
      const seen = new Map<string, Resource>();
      return estate.resources.flatMap((resource) => {
        const property = NAMES[resource.type];
        const name = property === undefined ? undefined : resource.properties[property];
        if (name === undefined) return [];
        const worldwide = resource.type === "AWS::S3::Bucket" || resource.type === "AWS::RDS::GlobalCluster";
        const key = `${resource.type} ${worldwide ? "" : resource.region} ${textOf(name)}`;
        const first = seen.get(key);
        seen.set(key, first ?? resource);
        return first && !textOf(name).includes("${AWS::StackId}")
          ? [{ resource, path: `Properties.${property}`, message: `${first.logicalId} has it already` }]
          : [];
      });
    },
  ),
  refusal(
    "import-unknown",
    "a stack imports what a stack of its own region exports",
    "AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",
    (estate) =>
      estate.resources.flatMap((resource) =>
        partsNamed(resource.properties, "Fn::ImportValue")
          .filter(({ value }) => estate.exportOf(textOf(value))?.region !== resource.region)
          .map(({ path, value }) => ({
            resource,
            path,
            message: `${textOf(value)} is not exported in ${resource.region}`,
          })),
      ),
  ),
  refusal(
    "template-limits",
    "a template has at most 1 MB, 500 resources, 200 parameters and 200 outputs",
    LIMITS_PAGE,
    (estate) =>
      estate.templates.flatMap(({ stack, template }) => {
        const resource = estate.resources.find((each) => each.stack === stack);
        return resource === undefined ? [] : overLimits(template).map((message) => ({ resource, path: "", message }));
      }),
  ),
];
