import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnDBSubnetGroup } from "aws-cdk-lib/aws-rds";
import { RDS } from "../../facts/database.ts";
import type { DatabaseComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import { shipRole } from "../role.ts";
import { type Site, isDev, keep, tagged } from "../ship.ts";
import type { Engine } from "./engine.ts";

/** Times at which there is the least to disturb, in the night of the region that most use; never the same. */
export const BACKUP_WINDOW = "03:00-03:30";
/** After the backups. */
export const MAINTENANCE_WINDOW = "sun:04:30-sun:05:30";

const DAY_MS = 86_400_000;
const LOG_DAYS = 90;
const LOG_DAYS_DEV = 7;

/** The subnets of all zones that have no way to the internet. */
export function shipSubnetGroup({ shipment, stacks, network }: Site, component: DatabaseComponent): string {
  const group = new CfnDBSubnetGroup(stacks.data, logicalId(component.id, "subnet-group"), {
    dbSubnetGroupDescription: `The isolated subnets of ${physicalName(shipment, component.id)}`,
    subnetIds: network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId),
    tags: tagged(shipment, component),
  });
  return group.ref;
}

/** What is watched of an instance: its system every minute, and what its queries wait for. */
export function shipMonitoring({ shipment, stacks, keyArn }: Site, { id }: DatabaseComponent) {
  // The smallest classes of MySQL have no Performance Insights.
  if (isDev(shipment)) return { monitoringInterval: 0 };
  const role = shipRole(stacks.data, logicalId(id, "monitoring-role"), {
    assumedBy: "monitoring.rds.amazonaws.com",
    statements: [],
    managedPolicyArns: [`arn:${stacks.data.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`],
  });
  return {
    monitoringInterval: RDS.monitoringSeconds.value,
    monitoringRoleArn: role.attrArn,
    enablePerformanceInsights: true,
    performanceInsightsKmsKeyId: keyArn,
    performanceInsightsRetentionPeriod: RDS.insightsDays.value,
  };
}

/**
 * The logs that RDS writes to, made before it does: it would make them without an end to how long they are kept, and
 * without the key.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
 */
export function shipLogGroups(
  { shipment, stacks, keyArn }: Site,
  component: DatabaseComponent,
  of: { readonly engine: Engine; readonly kind: "cluster" | "instance"; readonly identifier: string },
): CfnLogGroup[] {
  return of.engine.logs.map((log) => {
    const part = of.identifier.slice(physicalName(shipment, component.id).length);
    const group = new CfnLogGroup(stacks.data, logicalId(component.id, part, log, "log"), {
      logGroupName: `/aws/rds/${of.kind}/${of.identifier}/${log}`,
      kmsKeyId: keyArn,
      retentionInDays: isDev(shipment) ? LOG_DAYS_DEV : LOG_DAYS,
      tags: tagged(shipment, component),
    });
    keep(group, shipment);
    return group;
  });
}

/** What every cluster and instance has of its own data, whichever engine it is. */
export function safeguards(site: Site, component: DatabaseComponent) {
  const { shipment, stacks, keyArn } = site;
  return {
    storageEncrypted: true,
    kmsKeyId: keyArn,
    backupRetentionPeriod: Math.max(1, Math.round(component.settings.backupRetentionMs / DAY_MS)),
    preferredBackupWindow: BACKUP_WINDOW,
    preferredMaintenanceWindow: MAINTENANCE_WINDOW,
    deletionProtection: deletionProtection(stacks.data, shipment, [component.id]),
    // Backups that were taken outlive the database for as long as they were to be kept.
    deleteAutomatedBackups: isDev(shipment),
    enableIamDatabaseAuthentication: true,
    autoMinorVersionUpgrade: true,
  };
}

/** The class of all members; the smallest in the cheap profile, a global database's where there is one. */
export function instanceClass({ shipment, other }: Site, { settings }: DatabaseComponent): string {
  if (!isDev(shipment)) return settings.size;
  const isGlobal = other !== null && settings.engine.startsWith("aurora-");
  return isGlobal ? RDS.smallestGlobalClass.value : RDS.smallestClass.value;
}
