import { type Template, type TemplateResource, textOf } from "../../src/aws/template.ts";

/** The property by which AWS tells two resources of a type apart; the names of others are made up by CloudFormation. */
const NAME: Readonly<Record<string, string>> = {
  "AWS::Backup::BackupVault": "BackupVaultName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
  "AWS::GlobalAccelerator::Accelerator": "Name",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::RDS::DBCluster": "DBClusterIdentifier",
  "AWS::RDS::DBInstance": "DBInstanceIdentifier",
  "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
  "AWS::S3::Bucket": "BucketName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::SecretsManager::Secret": "Name",
};

/**
 * The names of what stays when a stack goes from one template to another, or is deleted (null): an update or a deletion
 * keeps what is retained, the rollback of a creation only what is retained at any price. It is written apart from what
 * it judges.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function retainedBy(before: Template, next: Template | null, why: "update" | "rollback"): readonly string[] {
  const policies = why === "rollback" ? ["Retain"] : ["Retain", "RetainExceptOnCreate"];
  return newIn(next ?? {}, before)
    .filter(({ DeletionPolicy = "" }) => policies.includes(DeletionPolicy))
    .flatMap(nameOf);
}

/** The names that a stack's next template takes which its former one did not have. */
export function takenBy(before: Template, next: Template): readonly string[] {
  return newIn(before, next).flatMap(nameOf);
}

function newIn(before: Template, after: Template): readonly TemplateResource[] {
  return Object.entries(after.Resources ?? {}).flatMap(([id, resource]) =>
    before.Resources?.[id] === undefined ? [resource] : [],
  );
}

function nameOf({ Type, Properties }: TemplateResource): readonly string[] {
  const name = Properties?.[NAME[Type] ?? ""];
  return name === undefined ? [] : [`${Type} ${textOf(name)}`];
}
