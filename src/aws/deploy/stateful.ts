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

/** What may go without a loss, and why; to replace it is one all the same, for whoever knows it by its name. */
const HARMLESS_TO_REMOVE: Readonly<Record<string, string>> = {
  "AWS::Logs::LogGroup": "logs of what is gone with it; what must outlive it is retained",
  "AWS::CloudTrail::Trail": "its files are kept, and the region that serves has a trail of its own",
  "AWS::Events::EventBus": "keeps no event; what it archived can be replayed into no other bus",
  "AWS::SNS::Topic": "keeps no message; its subscriptions are in the definition",
};

/** Whether data is lost with a resource that goes and is not retained. */
export function losesDataRemoved(type: string, properties: Readonly<Record<string, unknown>> = {}): boolean {
  // A secret that is put together from others at deployment is made again from them.
  const isDerived = type === "AWS::SecretsManager::Secret" && properties["GenerateSecretString"] === undefined;
  return isStateful(type) && !(type in HARMLESS_TO_REMOVE) && !isDerived;
}
