import { field, items, leastLength, numberOf, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const BUCKET = "AWS::S3::Bucket";
const REPLICATION_PAGE = "AmazonS3/latest/userguide/replication-add-config.html";
/** Classes that an object reaches only after 30 days in the standard one. */
const AFTER_A_MONTH = ["STANDARD_IA", "ONEZONE_IA"];

function rulesOf({ properties }: Resource) {
  return items(field(properties, "ReplicationConfiguration.Rules")).map((rule, at) => ({
    rule,
    path: `Properties.ReplicationConfiguration.Rules.${at}`,
  }));
}

const buckets: readonly Refusal[] = [
  refusalOf(
    BUCKET,
    [
      "s3-replication-versions",
      "a bucket that is replicated keeps versions",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html",
    ],
    ({ properties }) =>
      properties["ReplicationConfiguration"] !== undefined &&
      field(properties, "VersioningConfiguration.Status") !== "Enabled"
        ? [["Properties.VersioningConfiguration", "not Enabled"]]
        : [],
  ),
  refusalOf(
    BUCKET,
    [
      "s3-replication-destination-versions",
      "a bucket that is replicated to keeps versions",
      "AmazonS3/latest/userguide/replication-requirements.html",
    ],
    (resource, estate) =>
      rulesOf(resource).flatMap(({ rule, path }) => {
        const destination = estate.target(field(rule, "Destination.Bucket"), resource.stack);
        return destination && field(destination.properties, "VersioningConfiguration.Status") !== "Enabled"
          ? [[`${path}.Destination`, `${destination.logicalId} keeps no versions`]]
          : [];
      }),
  ),
  refusalOf(
    BUCKET,
    ["s3-replication-filter", "a rule with a filter has a priority, and says what delete markers do", REPLICATION_PAGE],
    (resource) =>
      rulesOf(resource)
        .filter(({ rule }) => field(rule, "Filter") !== undefined)
        .filter(
          ({ rule }) => field(rule, "Priority") === undefined || field(rule, "DeleteMarkerReplication") === undefined,
        )
        .map(({ path }) => [path, "lacks Priority or DeleteMarkerReplication"]),
  ),
  refusalOf(
    BUCKET,
    [
      "s3-replication-time-metrics",
      "replication time control comes with metrics",
      "AmazonS3/latest/userguide/replication-time-control.html",
    ],
    (resource) =>
      rulesOf(resource)
        .filter(({ rule }) => field(rule, "Destination.ReplicationTime.Status") === "Enabled")
        .filter(({ rule }) => field(rule, "Destination.Metrics.Status") !== "Enabled")
        .map(({ path }) => [`${path}.Destination.Metrics`, "not Enabled"]),
  ),
  refusalOf(
    BUCKET,
    [
      "s3-replication-key",
      "objects under a KMS key are replicated with a key of the destination",
      "AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
    ],
    (resource) =>
      rulesOf(resource)
        .filter(({ rule }) => {
          const selected = field(rule, "SourceSelectionCriteria.SseKmsEncryptedObjects.Status") === "Enabled";
          return selected !== (field(rule, "Destination.EncryptionConfiguration.ReplicaKmsKeyID") !== undefined);
        })
        .map(({ path }) => [path, "SseKmsEncryptedObjects and ReplicaKmsKeyID go together"]),
  ),
  refusalOf(
    BUCKET,
    [
      "s3-lifecycle-days",
      "an object moves to an infrequent-access class after at least 30 days, and expires later than it moves",
      "AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
    ],
    ({ properties }) =>
      items(field(properties, "LifecycleConfiguration.Rules")).flatMap((rule, at) => {
        const moves = items(field(rule, "Transitions"));
        const early = moves.some(
          (move) =>
            AFTER_A_MONTH.includes(textOf(field(move, "StorageClass"))) &&
            (numberOf(field(move, "TransitionInDays")) ?? 30) < 30,
        );
        const last = Math.max(-1, ...moves.map((move) => numberOf(field(move, "TransitionInDays")) ?? -1));
        const expires = numberOf(field(rule, "ExpirationInDays")) ?? Infinity;
        return early || expires <= last
          ? [[`Properties.LifecycleConfiguration.Rules.${at}`, "too early, or in the wrong order"] as const]
          : [];
      }),
  ),
  refusalOf(
    BUCKET,
    [
      "s3-name",
      "a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens",
      "AmazonS3/latest/userguide/bucketnamingrules.html",
    ],
    ({ properties }) => {
      const name = properties["BucketName"];
      if (name === undefined) return [];
      const literal = textOf(name).replaceAll(/\$\{[^}]*\}/g, "0");
      const wrong = leastLength(name) > 63 || !/^[a-z0-9][a-z0-9.-]+[a-z0-9]$/.test(literal);
      return wrong ? [["Properties.BucketName", `${textOf(name)} (${leastLength(name)} characters)`]] : [];
    },
  ),
];

const files: readonly Refusal[] = [
  refusal(
    "efs-mount-target-twice",
    "a file system has one mount target a zone",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-efs-mounttarget.html",
    (estate) => {
      const seen = new Set<string>();
      return estate.of("AWS::EFS::MountTarget").flatMap((resource) => {
        const { FileSystemId, SubnetId } = resource.properties;
        const key = `${resource.stack} ${textOf(FileSystemId)} ${textOf(SubnetId)}`;
        const again = seen.has(key);
        seen.add(key);
        return again ? [{ resource, path: "Properties.SubnetId", message: "a second one in this subnet" }] : [];
      });
    },
  ),
];

const backups: readonly Refusal[] = [
  refusal(
    "backup-cold-storage",
    "what moved to cold storage is kept there for at least 90 days",
    "aws-backup/latest/devguide/API_Lifecycle.html",
    (estate) =>
      lifecycles(estate.of("AWS::Backup::BackupPlan")).flatMap(({ resource, path, lifecycle }) => {
        const cold = numberOf(field(lifecycle, "MoveToColdStorageAfterDays"));
        const gone = numberOf(field(lifecycle, "DeleteAfterDays"));
        return cold !== undefined && cold > 0 && gone !== undefined && gone < cold + 90
          ? [{ resource, path, message: `cold after ${cold} days, deleted after ${gone}` }]
          : [];
      }),
  ),
  refusal(
    "backup-vault-retention",
    "a locked vault refuses backups that are kept shorter or longer than it says",
    "aws-backup/latest/devguide/vault-lock.html",
    (estate) =>
      lifecycles(estate.of("AWS::Backup::BackupPlan")).flatMap(({ resource, path, lifecycle, vault }) => {
        const found = estate.target(vault, resource.stack) ?? byName(estate.of("AWS::Backup::BackupVault"), vault);
        const least = numberOf(field(found?.properties, "LockConfiguration.MinRetentionDays")) ?? 0;
        const most = numberOf(field(found?.properties, "LockConfiguration.MaxRetentionDays")) ?? Infinity;
        const days = numberOf(field(lifecycle, "DeleteAfterDays")) ?? Infinity;
        return days < least || days > most
          ? [{ resource, path, message: `${days} days, where the vault takes ${least} to ${most}` }]
          : [];
      }),
  ),
  refusalOf(
    "AWS::Backup::BackupVault",
    [
      "backup-lock-grace",
      "a compliance lock has at least three days in which it can be taken back",
      "aws-backup/latest/devguide/vault-lock.html",
    ],
    ({ properties }) => {
      const days = numberOf(field(properties, "LockConfiguration.ChangeableForDays"));
      return days !== undefined && days < 3 ? [["Properties.LockConfiguration.ChangeableForDays", `${days}`]] : [];
    },
  ),
  refusalOf(
    "AWS::Backup::BackupPlan",
    [
      "backup-continuous-retention",
      "a continuous backup is kept for at most 35 days",
      "aws-backup/latest/devguide/point-in-time-recovery.html",
    ],
    ({ properties }) =>
      items(field(properties, "BackupPlan.BackupPlanRule")).flatMap((rule, at) => {
        const days = numberOf(field(rule, "Lifecycle.DeleteAfterDays")) ?? Infinity;
        return field(rule, "EnableContinuousBackup") === true && days > 35
          ? [[`Properties.BackupPlan.BackupPlanRule.${at}.Lifecycle`, `${days} days`] as const]
          : [];
      }),
  ),
];

/** Every lifecycle of plans, with the vault that it is in force in. */
function lifecycles(plans: readonly Resource[]) {
  return plans.flatMap((resource) =>
    items(field(resource.properties, "BackupPlan.BackupPlanRule")).flatMap((rule, at) => {
      const path = `Properties.BackupPlan.BackupPlanRule.${at}`;
      const own = { resource, path, lifecycle: field(rule, "Lifecycle"), vault: field(rule, "TargetBackupVault") };
      const copies = items(field(rule, "CopyActions")).map((copy, index) => ({
        resource,
        path: `${path}.CopyActions.${index}`,
        lifecycle: field(copy, "Lifecycle"),
        vault: field(copy, "DestinationBackupVaultArn"),
      }));
      return [own, ...copies];
    }),
  );
}

function byName(vaults: readonly Resource[], value: Resource["properties"][string]): Resource | undefined {
  const text = textOf(value);
  const region = /^arn:[^:]*:backup:([^:]+):/.exec(text)?.[1];
  return vaults.find((vault) => {
    const name = textOf(vault.properties["BackupVaultName"]);
    return region === undefined ? text === name : region === vault.region && text.endsWith(`:${name}`);
  });
}

/** What S3, EFS and AWS Backup refuse. */
export const STORAGE: readonly Refusal[] = [...buckets, ...files, ...backups];
