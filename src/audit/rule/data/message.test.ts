import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

function messagesOf(rule: string, resources: string): readonly string[] {
  const source = readSource("t.yaml", `Resources:\n${resources}`);
  const template = templateOf(source);
  const options = { objectives: { multiRegion: true } };
  return audit([template], options)
    .findings.filter((finding) => finding.rule === rule)
    .map(({ message }) => message);
}

function resource(type: string, properties: string): string {
  return `  It: { Type: "AWS::${type}", Properties: { ${properties} } }\n`;
}

const REPLICA = "  Copy: { Type: AWS::RDS::DBInstance, Properties: { SourceDBInstanceIdentifier: !Ref It } }\n";

function member(size: string): string {
  const properties = `{ DBClusterIdentifier: !Ref It, DBInstanceClass: db.r6g.${size} }`;
  return `  ${size}: { Type: AWS::RDS::DBInstance, Properties: ${properties} }\n`;
}

const BY_KMS = "ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }]";

/** A message shows the value that is wrong, or what its absence means. */
test.each([
  [
    "rds-multi-az",
    resource("RDS::DBInstance", "Engine: mysql") + REPLICA,
    "stands in one zone: MultiAZ is not set; its replica Copy is promoted by nobody",
  ],
  ["rds-multi-az", resource("RDS::DBInstance", "MultiAZ: false"), "stands in one zone: MultiAZ is false"],
  [
    "rds-backup-retention",
    resource("RDS::DBInstance", "Engine: mysql"),
    "keeps backups for less than a week: BackupRetentionPeriod is not set, so one day",
  ],
  [
    "rds-backup-retention",
    resource("RDS::DBInstance", "BackupRetentionPeriod: 3"),
    "keeps backups for less than a week: BackupRetentionPeriod is 3",
  ],
  [
    "aurora-failover-to-smaller",
    resource("RDS::DBCluster", "Engine: aurora-mysql") + member("xlarge") + member("large"),
    'large ("db.r6g.large") takes over from an instance of "db.r6g.xlarge"',
  ],
  [
    "dynamodb-capacity",
    resource("DynamoDB::Table", "TableName: orders"),
    "BillingMode is not set, so PROVISIONED, and its capacity is fixed",
  ],
  [
    "dynamodb-capacity",
    resource("DynamoDB::Table", "BillingMode: PROVISIONED"),
    'BillingMode is "PROVISIONED", and its capacity is fixed',
  ],
  [
    "dynamodb-pitr",
    resource("DynamoDB::Table", "PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false }"),
    "PointInTimeRecoveryEnabled is false",
  ],
  [
    "dynamodb-deletion-protection",
    resource("DynamoDB::GlobalTable", "Replicas: [{ Region: us-east-1, DeletionProtectionEnabled: false }]"),
    "DeletionProtectionEnabled is false",
  ],
  [
    "dynamodb-one-region",
    resource("DynamoDB::GlobalTable", "Replicas: [{ Region: us-east-1 }]"),
    "has one of Replicas",
  ],
  [
    "elasticache-no-replica",
    resource("ElastiCache::ReplicationGroup", "NumNodeGroups: 2, ReplicasPerNodeGroup: 0"),
    "has no replica: ReplicasPerNodeGroup is 0",
  ],
  [
    "elasticache-automatic-failover",
    resource("ElastiCache::ReplicationGroup", "NumCacheClusters: 2"),
    "does not fail over by itself: AutomaticFailoverEnabled is not set, MultiAZEnabled is not set",
  ],
  [
    "elasticache-automatic-failover",
    resource("ElastiCache::ReplicationGroup", "NumCacheClusters: 2, MultiAZEnabled: true"),
    "does not fail over by itself: AutomaticFailoverEnabled is not set",
  ],
  [
    "elasticache-memcached-zones",
    resource("ElastiCache::CacheCluster", "Engine: memcached, NumCacheNodes: 2"),
    "stands in one zone: AZMode is not set, so single-az",
  ],
  [
    "fsx-one-zone",
    resource("FSx::FileSystem", "FileSystemType: WINDOWS"),
    "stands in one zone: DeploymentType is not set, so SINGLE_AZ_1",
  ],
  [
    "opensearch-one-zone",
    resource("OpenSearchService::Domain", "DomainName: search"),
    "stands in one zone: ZoneAwarenessEnabled is not set, InstanceCount 1",
  ],
  [
    "stateful-deletion-policy",
    resource("DynamoDB::Table", "TableName: orders"),
    "DeletionPolicy is not set, so Delete, UpdateReplacePolicy is not set",
  ],
  [
    "stateful-deletion-policy",
    "  It: { Type: AWS::DynamoDB::Table, DeletionPolicy: Delete, UpdateReplacePolicy: Retain }\n",
    'DeletionPolicy is "Delete"',
  ],
  [
    "s3-replication-encrypted",
    resource(
      "S3::Bucket",
      `BucketEncryption: { ${BY_KMS} }, ReplicationConfiguration: { Rules: [{ Id: all, Status: Enabled }] }`,
    ),
    "rule all passes over objects with a key of KMS, and that is how the bucket encrypts them",
  ],
])("%s says what is wrong: case %#", (rule, resources, message) => {
  expect(messagesOf(rule, resources)).toEqual([message]);
});
