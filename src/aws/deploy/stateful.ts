/** Types of resources that keep what customers gave: to replace or delete one is to lose it, or to be without it. */
const STATEFUL: ReadonlySet<string> = new Set([
  "AWS::Backup::BackupVault",
  "AWS::CloudTrail::Trail",
  "AWS::DynamoDB::GlobalTable",
  "AWS::DynamoDB::Table",
  "AWS::EC2::Volume",
  "AWS::EFS::FileSystem",
  "AWS::ElastiCache::GlobalReplicationGroup",
  "AWS::ElastiCache::ReplicationGroup",
  "AWS::Events::Archive",
  "AWS::Events::EventBus",
  "AWS::FSx::FileSystem",
  "AWS::KMS::Key",
  "AWS::KMS::ReplicaKey",
  "AWS::Logs::LogGroup",
  "AWS::RDS::DBCluster",
  "AWS::RDS::DBInstance",
  "AWS::RDS::GlobalCluster",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
  "AWS::SecretsManager::Secret",
]);

/** Whether resources of this type keep data. */
export function isStateful(type: string): boolean {
  return STATEFUL.has(type);
}
