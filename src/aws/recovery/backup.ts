import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from "aws-cdk-lib/aws-backup";
import { BACKUP_VAULT } from "../../facts/database.ts";
import { findComponent } from "../../topology/topology.ts";
import { checkedName } from "../data/name-length.ts";
import { tellKey } from "../data/peer-value.ts";
import { arnOf, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Shipment, type Site, isDev, keep } from "../ship.ts";
import { type Protected, shipRestoreTests } from "./restore-test.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After the databases' own backups and their maintenance; RDS refuses a snapshot while those are under way. */
const FIRST_HOUR = 6;
const START_WINDOW_MINUTES = 60;

/**
 * The vault of a region; and where the writer is, a plan by which all that holds data is copied to it, and on to the
 * vault of the other region. The vault is there in both regions whatever the strategy: it is all that backup-restore
 * has there, and a strategy that comes after it must find it. A copy needs the other vault when it is made, not before.
 *
 * Point-in-time recovery is the services' own. AWS Backup offers it too, but takes a database's automated backups over
 * for it, and then no template can set their window or their retention any more.
 *
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
 */
export function shipBackups(site: Site): void {
  const vault = shipVault(site);
  tellKey(site);
  if (!site.presence.deployed || site.presence.data !== "writer") return;
  const kept = protectedIn(site);
  if (kept.length > 0) shipPlan(site, vault, kept);
}

/** A vault's name, the same in each region. */
export function vaultName(shipment: Shipment): string {
  const of = { what: "the vault of backups", at: "name" };
  return checkedName(physicalName(shipment, "backups"), BACKUP_VAULT.nameLength.value, of);
}

/**
 * A lock in governance mode can be taken away by who has the permission to; one with a date from which it cannot be
 * changed, by nobody. https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
function shipVault({ shipment, stacks, keyArn }: Site): CfnBackupVault {
  const { lock } = shipment.topology.shipping.backups;
  const locked = lock === "off" || isDev(shipment);
  const vault = new CfnBackupVault(stacks.data, "BackupVault", {
    backupVaultName: vaultName(shipment),
    encryptionKeyArn: keyArn,
    ...(locked
      ? {}
      : {
          lockConfiguration: {
            minRetentionDays: keepDays(shipment),
            ...(lock === "compliance" ? { changeableForDays: BACKUP_VAULT.coolingDays.value } : {}),
          },
        }),
    backupVaultTags: { Name: vaultName(shipment) },
  });
  keep(vault, shipment);
  return vault;
}

function keepDays({ topology }: Shipment): number {
  return Math.max(1, Math.round(topology.shipping.backups.keepMs / DAY_MS));
}

/** All that holds data here and is not snapshotted otherwise, as volumes are; queues and caches are passed by. */
function protectedIn({ handles, shipment }: Site): Protected[] {
  return [
    ...handles.all("database").map(({ arn, clusterIdentifier }) => ({
      arn,
      type: clusterIdentifier === null ? ("RDS" as const) : ("Aurora" as const),
    })),
    ...handles.all("table").map(({ arn }) => ({ arn, type: "DynamoDB" as const })),
    ...handles.all("bucket").map(({ arn }) => ({ arn, type: "S3" as const })),
    ...handles.all("file-system").flatMap(({ id, arn }) => {
      const engine = findComponent(shipment.topology, "file-system", id)?.settings.engine;
      return [{ arn, type: engine === "efs" ? ("EFS" as const) : ("FSx" as const) }];
    }),
  ];
}

function shipPlan(site: Site, vault: CfnBackupVault, kept: readonly Protected[]): void {
  const { shipment, stacks, other } = site;
  const { everyMs, testRestores } = shipment.topology.shipping.backups;
  const lifecycle = { deleteAfterDays: keepDays(shipment) };
  const plan = new CfnBackupPlan(stacks.data, "BackupPlan", {
    backupPlan: {
      backupPlanName: vaultName(shipment),
      backupPlanRule: [
        {
          ruleName: "everything",
          targetBackupVault: vault.ref,
          scheduleExpression: schedule(everyMs / HOUR_MS),
          scheduleExpressionTimezone: "UTC",
          startWindowMinutes: START_WINDOW_MINUTES,
          completionWindowMinutes: Math.max(2 * START_WINDOW_MINUTES, everyMs / 60_000),
          lifecycle,
          ...(other === null
            ? {}
            : {
                copyActions: [
                  {
                    destinationBackupVaultArn: arnOf("backup", other.name, `backup-vault:${vaultName(shipment)}`),
                    lifecycle,
                  },
                ],
              }),
        },
      ],
    },
  });
  const roleArn = shipBackupRole(site, kept);
  new CfnBackupSelection(stacks.data, "BackupSelection", {
    backupPlanId: plan.ref,
    backupSelection: { selectionName: "everything", iamRoleArn: roleArn, resources: kept.map(({ arn }) => arn) },
  });
  if (testRestores && !isDev(shipment)) shipRestoreTests(site, { vault, roleArn, kept });
}

/** @example schedule(24) // "cron(0 6 * * ? *)" @example schedule(4) // "cron(0 2/4 * * ? *)" */
function schedule(hours: number): string {
  return hours >= 24 ? `cron(0 ${FIRST_HOUR} * * ? *)` : `cron(0 ${FIRST_HOUR % hours}/${hours} * * ? *)`;
}

/** AWS's own policies: what a backup of each service needs is AWS's to know. */
function shipBackupRole({ stacks }: Site, kept: readonly Protected[]): string {
  const policies = [
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    ...(kept.some(({ type }) => type === "S3")
      ? ["AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"]
      : []),
  ];
  const role = shipRole(stacks.data, "BackupRole", {
    assumedBy: "backup.amazonaws.com",
    tellsAccount: false,
    statements: [],
    managedPolicyArns: policies.map((policy) => `arn:${stacks.data.partition}:iam::aws:policy/${policy}`),
  });
  return role.attrArn;
}
