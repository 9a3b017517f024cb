import type { Resource } from "../../src/aws/refused/estate.ts";
import { type Value, field, items, numberOf, textOf } from "../../src/aws/template.ts";

/**
 * A property that every resource of a type must have, by the line of the list of checks. What `of` says no to is not
 * meant.
 */
export interface PropertyCheck {
  readonly line: number;
  readonly what: string;
  readonly type: string;
  /** Fields with dots; the check is given the value there. */
  readonly path: string;
  readonly holds: (value: Value, resource: Resource) => boolean;
  readonly of?: (resource: Resource) => boolean;
}

const ELB = "AWS::ElasticLoadBalancingV2";
const yes = (value: Value): boolean => value === true || value === "true";
const atLeast = (count: number) => (value: Value) => (numberOf(value) ?? -1) >= count;
const several = (value: Value): boolean => new Set(items(value).map(textOf)).size >= 2;
const attribute = (key: string, holds: (value: string) => boolean) => (value: Value) =>
  items(value).some((each) => field(each, "Key") === key && holds(textOf(field(each, "Value"))));
const given = (value: Value): boolean => value !== undefined;
const isAurora = ({ properties }: Resource): boolean => textOf(properties["Engine"]).startsWith("aurora");
const isReplica = ({ properties }: Resource): boolean => properties["SourceDBInstanceIdentifier"] !== undefined;
const isApplication = ({ properties }: Resource): boolean => (properties["Type"] ?? "application") === "application";

const COMPUTE: readonly PropertyCheck[] = [
  {
    line: 22,
    what: "groups over zones",
    type: "AWS::AutoScaling::AutoScalingGroup",
    path: "VPCZoneIdentifier",
    holds: several,
  },
  {
    line: 38,
    what: "tasks over zones",
    type: "AWS::ECS::Service",
    path: "NetworkConfiguration.AwsvpcConfiguration.Subnets",
    holds: several,
  },
  {
    line: 42,
    what: "a circuit breaker that rolls back",
    type: "AWS::ECS::Service",
    path: "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback",
    holds: yes,
  },
  {
    line: 43,
    what: "no task less while deploying",
    type: "AWS::ECS::Service",
    path: "DeploymentConfiguration.MinimumHealthyPercent",
    holds: atLeast(100),
  },
  {
    line: 44,
    what: "a grace period behind a balancer",
    type: "AWS::ECS::Service",
    path: "HealthCheckGracePeriodSeconds",
    holds: atLeast(1),
    of: ({ properties }) => items(properties["LoadBalancers"]).length > 0,
  },
  {
    line: 47,
    what: "rebalancing over zones",
    type: "AWS::ECS::Service",
    path: "AvailabilityZoneRebalancing",
    holds: (value) => value === "ENABLED",
  },
  { line: 48, what: "nodes over zones", type: "AWS::EKS::Nodegroup", path: "Subnets", holds: several },
  {
    line: 49,
    what: "zonal shift of a cluster",
    type: "AWS::EKS::Cluster",
    path: "ZonalShiftConfig.Enabled",
    holds: yes,
  },
  {
    line: 50,
    what: "functions over zones",
    type: "AWS::Lambda::Function",
    path: "VpcConfig.SubnetIds",
    holds: several,
    of: ({ properties }) => properties["VpcConfig"] !== undefined,
  },
  {
    line: 54,
    what: "partial batches",
    type: "AWS::Lambda::EventSourceMapping",
    path: "FunctionResponseTypes",
    holds: (value) => items(value).includes("ReportBatchItemFailures"),
  },
];

const BALANCING: readonly PropertyCheck[] = [
  { line: 57, what: "balancers over zones", type: `${ELB}::LoadBalancer`, path: "Subnets", holds: several },
  {
    line: 59,
    what: "cross-zone balancing of TCP",
    type: `${ELB}::LoadBalancer`,
    path: "LoadBalancerAttributes",
    holds: attribute("load_balancing.cross_zone.enabled", (value) => value === "true"),
    of: (resource) => !isApplication(resource),
  },
  {
    line: 61,
    what: "balancers that are not deleted",
    type: `${ELB}::LoadBalancer`,
    path: "LoadBalancerAttributes",
    holds: attribute("deletion_protection.enabled", (value) => value === "true"),
  },
  {
    line: 62,
    what: "health checks of our own",
    type: `${ELB}::TargetGroup`,
    path: "HealthCheckIntervalSeconds",
    holds: (value) => (numberOf(value) ?? 30) < 30,
  },
  {
    line: 63,
    what: "a shorter deregistration",
    type: `${ELB}::TargetGroup`,
    path: "TargetGroupAttributes",
    holds: attribute("deregistration_delay.timeout_seconds", (value) => Number(value) < 300),
  },
  {
    line: 65,
    what: "DNS failover of an empty zone",
    type: `${ELB}::TargetGroup`,
    path: "TargetGroupAttributes",
    holds: attribute("target_group_health.dns_failover.minimum_healthy_targets.count", given),
  },
  {
    line: 66,
    what: "zonal shift of a balancer",
    type: `${ELB}::LoadBalancer`,
    path: "LoadBalancerAttributes",
    holds: attribute("zonal_shift.config.enabled", (value) => value === "true"),
  },
  {
    line: 70,
    what: "throttling",
    type: "AWS::ApiGatewayV2::Stage",
    path: "DefaultRouteSettings.ThrottlingRateLimit",
    holds: atLeast(1),
  },
];

const MESSAGING: readonly PropertyCheck[] = [
  {
    line: 73,
    what: "receives before a dead letter",
    type: "AWS::SQS::Queue",
    path: "RedrivePolicy.maxReceiveCount",
    holds: (value) => atLeast(2)(value) && (numberOf(value) ?? 0) <= 1_000,
    of: ({ properties }) => properties["RedrivePolicy"] !== undefined,
  },
  {
    line: 76,
    what: "dead letters of subscriptions",
    type: "AWS::SNS::Subscription",
    path: "RedrivePolicy",
    holds: given,
    of: ({ properties }) => properties["Protocol"] !== "email",
  },
];

const DATA: readonly PropertyCheck[] = [
  {
    line: 85,
    what: "a standby",
    type: "AWS::RDS::DBInstance",
    path: "MultiAZ",
    holds: yes,
    of: (resource) =>
      !isAurora(resource) && !isReplica(resource) && resource.properties["DBClusterIdentifier"] === undefined,
  },
  {
    line: 90,
    what: "a week of backups",
    type: "AWS::RDS::DBCluster",
    path: "BackupRetentionPeriod",
    holds: atLeast(7),
  },
  {
    line: 90,
    what: "a week of backups",
    type: "AWS::RDS::DBInstance",
    path: "BackupRetentionPeriod",
    holds: atLeast(7),
    of: (resource) => !isAurora(resource) && !isReplica(resource),
  },
  {
    line: 91,
    what: "clusters that are not deleted",
    type: "AWS::RDS::DBCluster",
    path: "DeletionProtection",
    holds: yes,
  },
  {
    line: 91,
    what: "databases that are not deleted",
    type: "AWS::RDS::DBInstance",
    path: "DeletionProtection",
    holds: yes,
    of: (resource) => !isAurora(resource),
  },
  { line: 93, what: "minor upgrades", type: "AWS::RDS::DBInstance", path: "AutoMinorVersionUpgrade", holds: yes },
  {
    line: 94,
    what: "storage that grows",
    type: "AWS::RDS::DBInstance",
    path: "MaxAllocatedStorage",
    holds: atLeast(1),
    of: (resource) => !isAurora(resource),
  },
  {
    line: 100,
    what: "recovery to a point in time, on every replica",
    type: "AWS::DynamoDB::GlobalTable",
    path: "Replicas",
    holds: (value) =>
      items(value).every(
        (each) => field(each, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled") === true,
      ) && given(value),
  },
  {
    line: 101,
    what: "tables that are not deleted",
    type: "AWS::DynamoDB::GlobalTable",
    path: "Replicas",
    holds: (value) => items(value).every((each) => field(each, "DeletionProtectionEnabled") === true) && given(value),
  },
  { line: 106, what: "three DAX nodes", type: "AWS::DAX::Cluster", path: "ReplicationFactor", holds: atLeast(3) },
  {
    line: 108,
    what: "failover of caches",
    type: "AWS::ElastiCache::ReplicationGroup",
    path: "AutomaticFailoverEnabled",
    holds: yes,
  },
  {
    line: 108,
    what: "caches over zones",
    type: "AWS::ElastiCache::ReplicationGroup",
    path: "MultiAZEnabled",
    holds: yes,
  },
  {
    line: 110,
    what: "snapshots of caches",
    type: "AWS::ElastiCache::ReplicationGroup",
    path: "SnapshotRetentionLimit",
    holds: atLeast(1),
  },
  {
    line: 118,
    what: "backups of files",
    type: "AWS::EFS::FileSystem",
    path: "BackupPolicy.Status",
    holds: (value) => value === "ENABLED",
  },
  {
    line: 119,
    what: "files in two zones",
    type: "AWS::FSx::FileSystem",
    path: "WindowsConfiguration.DeploymentType",
    holds: (value) => value === "MULTI_AZ_1",
    of: ({ properties }) => properties["FileSystemType"] === "WINDOWS",
  },
];

const WATCHING: readonly PropertyCheck[] = [
  {
    line: 148,
    what: "missing data has a meaning",
    type: "AWS::CloudWatch::Alarm",
    path: "TreatMissingData",
    holds: given,
  },
  {
    line: 152,
    what: "experiments that stop",
    type: "AWS::FIS::ExperimentTemplate",
    path: "StopConditions",
    holds: (value) => items(value).some((each) => field(each, "Source") === "aws:cloudwatch:alarm"),
  },
];

/** Encryption and what else every template has on it. Lines of 200 and more are not of the list. */
const SECURITY: readonly PropertyCheck[] = [
  { line: 201, what: "encrypted clusters", type: "AWS::RDS::DBCluster", path: "StorageEncrypted", holds: yes },
  {
    line: 201,
    what: "encrypted caches",
    type: "AWS::ElastiCache::ReplicationGroup",
    path: "AtRestEncryptionEnabled",
    holds: yes,
  },
  {
    line: 201,
    what: "TLS of caches",
    type: "AWS::ElastiCache::ReplicationGroup",
    path: "TransitEncryptionEnabled",
    holds: yes,
  },
  {
    line: 201,
    what: "encrypted queues",
    type: "AWS::SQS::Queue",
    path: "KmsMasterKeyId",
    holds: given,
    of: ({ properties }) => properties["SqsManagedSseEnabled"] !== true,
  },
  { line: 201, what: "encrypted topics", type: "AWS::SNS::Topic", path: "KmsMasterKeyId", holds: given },
  { line: 201, what: "encrypted files", type: "AWS::EFS::FileSystem", path: "Encrypted", holds: yes },
  { line: 201, what: "encrypted logs", type: "AWS::Logs::LogGroup", path: "KmsKeyId", holds: given },
  { line: 201, what: "encrypted secrets", type: "AWS::SecretsManager::Secret", path: "KmsKeyId", holds: given },
  {
    line: 202,
    what: "buckets that nobody sees",
    type: "AWS::S3::Bucket",
    path: "PublicAccessBlockConfiguration.BlockPublicPolicy",
    holds: yes,
  },
  { line: 203, what: "logs that end", type: "AWS::Logs::LogGroup", path: "RetentionInDays", holds: atLeast(1) },
  { line: 204, what: "keys that rotate", type: "AWS::KMS::Key", path: "EnableKeyRotation", holds: yes },
];

/** What every template of production must have. */
export const PROPERTY_CHECKS: readonly PropertyCheck[] = [
  ...COMPUTE,
  ...BALANCING,
  ...MESSAGING,
  ...DATA,
  ...WATCHING,
  ...SECURITY,
];
