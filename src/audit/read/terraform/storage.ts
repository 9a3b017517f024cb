import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import {
  type Attachment,
  type Family,
  alike,
  gathered,
  inner,
  inners,
  made,
  present,
  same,
  sameList,
  translated,
} from "./translation.ts";

const OF_BUCKET: Pick<Attachment, "of" | "to"> = { of: "aws_s3_bucket", to: "bucket" };

const FSX = alike("AutomaticBackupRetentionDays", "DeploymentType");

/** What the rules of replication are made of, for the fixes. */
const REPLICATION = {
  ...alike("DeleteMarkerReplication", "ReplicationTime", "SourceSelectionCriteria", "SseKmsEncryptedObjects"),
  ReplicaKmsKeyID: same("replica_kms_key_id"),
};

const ENCRYPTION = {
  ServerSideEncryptionByDefault: inner("apply_server_side_encryption_by_default", {
    SSEAlgorithm: same("sse_algorithm"),
    KMSMasterKeyID: same("kms_master_key_id"),
  }),
};

const TESTED = { ConditionKey: same("key"), ConditionValue: same("value") };

const CONDITIONS = {
  StringEquals: inners("string_equals", TESTED),
  StringLike: inners("string_like", TESTED),
  StringNotEquals: inners("string_not_equals", TESTED),
  StringNotLike: inners("string_not_like", TESTED),
};

/** Buckets, file systems, volumes, backups, keys. */
export const STORAGE: Family = {
  translations: {
    aws_s3_bucket: {
      type: "AWS::S3::Bucket",
      properties: {
        BucketName: same("bucket"),
        VersioningConfiguration: made("aws_s3_bucket_versioning", (block) => {
          const found = block.block("versioning");
          const enabled = found?.value("enabled");
          if (enabled === undefined) return undefined;
          return typeof enabled === "boolean" ? { Status: enabled ? "Enabled" : "Suspended" } : { Status: enabled };
        }),
      },
    },
    aws_efs_file_system: {
      type: "AWS::EFS::FileSystem",
      properties: { AvailabilityZoneName: same("availability_zone_name"), Encrypted: same("encrypted") },
    },
    aws_efs_access_point: { type: "AWS::EFS::AccessPoint", properties: alike("FileSystemId") },
    aws_efs_mount_target: { type: "AWS::EFS::MountTarget", properties: alike("FileSystemId", "SubnetId") },
    aws_fsx_windows_file_system: {
      type: "AWS::FSx::FileSystem",
      properties: {
        FileSystemType: made("deployment_type", () => "WINDOWS"),
        SubnetIds: sameList("subnet_ids"),
        WindowsConfiguration: made("deployment_type", (block) => configurationOf(block, "SINGLE_AZ_1"), FSX),
      },
    },
    aws_fsx_lustre_file_system: {
      type: "AWS::FSx::FileSystem",
      properties: {
        FileSystemType: made("deployment_type", () => "LUSTRE"),
        SubnetIds: sameList("subnet_ids"),
        LustreConfiguration: made("deployment_type", (block) => configurationOf(block, "SCRATCH_1"), FSX),
      },
    },
    aws_fsx_ontap_file_system: {
      type: "AWS::FSx::FileSystem",
      properties: {
        FileSystemType: made("deployment_type", () => "ONTAP"),
        SubnetIds: sameList("subnet_ids"),
        OntapConfiguration: made("deployment_type", (block) => configurationOf(block, "MULTI_AZ_1"), FSX),
      },
    },
    aws_fsx_openzfs_file_system: {
      type: "AWS::FSx::FileSystem",
      properties: {
        FileSystemType: made("deployment_type", () => "OPENZFS"),
        SubnetIds: sameList("subnet_ids"),
        OpenZFSConfiguration: made("deployment_type", (block) => configurationOf(block, "SINGLE_AZ_1"), FSX),
      },
    },
    aws_ebs_volume: {
      type: "AWS::EC2::Volume",
      properties: alike("AvailabilityZone", "Encrypted", "Size", "SnapshotId"),
    },
    aws_volume_attachment: { type: "AWS::EC2::VolumeAttachment", properties: alike("InstanceId", "VolumeId") },
    aws_dlm_lifecycle_policy: {
      type: "AWS::DLM::LifecyclePolicy",
      properties: {
        ...alike("DefaultPolicy", "State"),
        PolicyDetails: inner("policy_details", {
          ResourceTypes: sameList("resource_types"),
          TargetTags: made("target_tags", (block) => {
            return Object.entries(block.mapping("target_tags") ?? {}).map(([Key, Value]) => ({ Key, Value }));
          }),
        }),
      },
    },
    aws_backup_vault: { type: "AWS::Backup::BackupVault", properties: { BackupVaultName: same("name") } },
    aws_backup_plan: {
      type: "AWS::Backup::BackupPlan",
      properties: {
        BackupPlan: gathered("rule", {
          BackupPlanName: same("name"),
          BackupPlanRule: inners("rule", {
            RuleName: same("rule_name"),
            TargetBackupVault: same("target_vault_name"),
            ScheduleExpression: same("schedule"),
            EnableContinuousBackup: same("enable_continuous_backup"),
            CopyActions: inners("copy_action", { DestinationBackupVaultArn: same("destination_vault_arn") }),
          }),
        }),
      },
    },
    aws_backup_selection: {
      type: "AWS::Backup::BackupSelection",
      properties: {
        BackupPlanId: same("plan_id"),
        BackupSelection: gathered("resources", {
          SelectionName: same("name"),
          Resources: sameList("resources"),
          NotResources: sameList("not_resources"),
          Conditions: inner("condition", CONDITIONS),
          ListOfTags: inners("selection_tag", {
            ConditionType: same("type"),
            ConditionKey: same("key"),
            ConditionValue: same("value"),
          }),
        }),
      },
    },
    aws_backup_restore_testing_plan: {
      type: "AWS::Backup::RestoreTestingPlan",
      properties: { RestoreTestingPlanName: same("name"), ...alike("ScheduleExpression") },
    },
    aws_kms_alias: {
      type: "AWS::KMS::Alias",
      properties: { AliasName: same("name"), ...alike("TargetKeyId") },
    },
    aws_kms_replica_key: { type: "AWS::KMS::ReplicaKey", properties: alike("PrimaryKeyArn") },
    aws_kms_key: { type: "AWS::KMS::Key", properties: { MultiRegion: same("multi_region") } },
    aws_secretsmanager_secret: {
      type: "AWS::SecretsManager::Secret",
      properties: { Name: same("name"), ReplicaRegions: inners("replica", alike("KmsKeyId", "Region")) },
    },
  },
  attachments: {
    aws_s3_bucket_acl: {
      ...OF_BUCKET,
      properties: {
        AccessControl: made("acl", (block) => {
          const acl = block.value("acl");
          return typeof acl === "string"
            ? acl.replaceAll(/(?:^|-)([a-z])/g, (_, first: string) => first.toUpperCase())
            : acl;
        }),
      },
    },
    aws_s3_bucket_logging: {
      ...OF_BUCKET,
      properties: {
        LoggingConfiguration: made("target_bucket", (block) => ({
          ...present("DestinationBucketName", block.value("target_bucket")),
        })),
      },
    },
    aws_s3_bucket_inventory: {
      ...OF_BUCKET,
      properties: {
        InventoryConfigurations: made("destination", (block) => [
          {
            Destination: { ...present("BucketArn", block.block("destination")?.block("bucket")?.value("bucket_arn")) },
          },
        ]),
      },
    },
    aws_s3_bucket_notification: {
      ...OF_BUCKET,
      properties: {
        NotificationConfiguration: made("lambda_function", (block) => ({
          LambdaConfigurations: inners("lambda_function", { Function: same("lambda_function_arn") }).read(block) ?? [],
          QueueConfigurations: inners("queue", { Queue: same("queue_arn") }).read(block) ?? [],
          TopicConfigurations: inners("topic", { Topic: same("topic_arn") }).read(block) ?? [],
        })),
      },
    },
    aws_s3_bucket_server_side_encryption_configuration: {
      ...OF_BUCKET,
      properties: {
        BucketEncryption: made("rule", (block) => ({
          ...present("ServerSideEncryptionConfiguration", inners("rule", ENCRYPTION).read(block)),
        })),
      },
    },
    aws_s3_bucket_versioning: {
      ...OF_BUCKET,
      properties: { VersioningConfiguration: inner("versioning_configuration", alike("Status")) },
    },
    aws_s3_bucket_replication_configuration: {
      ...OF_BUCKET,
      properties: {
        ReplicationConfiguration: gathered("rule", {
          Role: same("role"),
          Rules: made("rule", (block) => block.blocks("rule").map(replicationOf), REPLICATION),
        }),
      },
    },
    aws_s3_bucket_lifecycle_configuration: {
      ...OF_BUCKET,
      properties: {
        LifecycleConfiguration: made("rule", (block) => ({ Rules: block.blocks("rule").map(lifecycleOf) })),
      },
    },
    aws_efs_backup_policy: {
      of: "aws_efs_file_system",
      to: "file_system_id",
      properties: { BackupPolicy: inner("backup_policy", alike("Status")) },
    },
    aws_backup_vault_lock_configuration: {
      of: "aws_backup_vault",
      to: "backup_vault_name",
      properties: {
        LockConfiguration: gathered("min_retention_days", alike("MinRetentionDays")),
      },
    },
  },
};

function replicationOf(rule: Block): Json {
  const destination = rule.block("destination");
  const { prefix, tags } = filterOf(rule);
  const selection = rule.block("source_selection_criteria")?.block("sse_kms_encrypted_objects");
  return {
    ...translated(rule, { Id: same("id"), ...alike("Prefix", "Priority", "Status") }),
    ...(rule.block("filter") && {
      Filter: { ...present("Prefix", prefix), ...(tags.length > 0 && { TagFilters: tags }) },
    }),
    ...present("DeleteMarkerReplication", statusOf(rule.block("delete_marker_replication"))),
    ...(selection && { SourceSelectionCriteria: { SseKmsEncryptedObjects: statusOf(selection) ?? {} } }),
    Destination: {
      Bucket: destination?.value("bucket") ?? "",
      ...present("ReplicationTime", statusOf(destination?.block("replication_time"))),
    },
  };
}

function lifecycleOf(rule: Block): Json {
  const { prefix, tags, sizes } = filterOf(rule);
  return {
    ...translated(rule, alike("Prefix", "Status")),
    ...present("Prefix", prefix),
    ...(tags.length === 0 ? {} : { TagFilters: tags }),
    ...(sizes.length === 0 ? {} : { Filter: sizes }),
    ...present("ExpirationInDays", rule.block("expiration")?.value("days")),
  };
}

/** What a rule is for; without any of these it is for all. */
function filterOf(rule: Block) {
  const filter = rule.block("filter");
  const and = filter?.block("and");
  const one = (name: string): Json | undefined => and?.value(name) ?? filter?.value(name);
  const tags = [and?.value("tags"), filter?.block("tag")?.value("key")];
  return {
    prefix: one("prefix"),
    tags: tags.filter((each) => each !== undefined),
    sizes: ["object_size_greater_than", "object_size_less_than"].flatMap((name) => one(name) ?? []),
  };
}

function configurationOf(block: Block, preset: string): Json {
  return {
    DeploymentType: block.value("deployment_type") ?? preset,
    ...present("AutomaticBackupRetentionDays", block.value("automatic_backup_retention_days")),
  };
}

function statusOf(block: Block | undefined): Json | undefined {
  const status = block?.value("status");
  return status === undefined ? undefined : { Status: status };
}
