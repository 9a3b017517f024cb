import { type CfnBackupVault, CfnRestoreTestingPlan, CfnRestoreTestingSelection } from "aws-cdk-lib/aws-backup";
import { CfnDBSubnetGroup } from "aws-cdk-lib/aws-rds";
import { BACKUP_VAULT } from "../../facts/database.ts";
import { shipDoor } from "../data/door.ts";
import { checkedName } from "../data/name-length.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/** Something that is backed up, with AWS Backup's name for its kind. */
export interface Protected {
  readonly arn: string;
  readonly type: "Aurora" | "RDS" | "DynamoDB" | "S3" | "EFS" | "FSx";
}

/** On Mondays, when somebody is there to read what failed; after the night's backups. */
const SCHEDULE = "cron(0 9 ? * MON *)";
const START_WINDOW_HOURS = 8;
const VALIDATION_HOURS = 4;
const WINDOW_DAYS = 7;

/**
 * Restores the latest copy of everything once a week and throws it away again, so that it is known that it can be. AWS
 * Backup itself says whether each restore ended well, and how long it took. Copies of FSx are left out: a file system
 * is restored with what it is mounted by, which AWS cannot tell by itself.
 *
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
 */
export function shipRestoreTests(
  site: Site,
  of: { readonly vault: CfnBackupVault; readonly roleArn: string; readonly kept: readonly Protected[] },
): void {
  const { shipment, stacks } = site;
  const name = physicalName(shipment, "restores");
  const what = "the plan of restore tests";
  const plan = new CfnRestoreTestingPlan(stacks.data, "RestoreTests", {
    restoreTestingPlanName: underscored(checkedName(name, BACKUP_VAULT.nameLength.value, { what, at: "name" })),
    scheduleExpression: SCHEDULE,
    scheduleExpressionTimezone: "UTC",
    startWindowHours: START_WINDOW_HOURS,
    recoveryPointSelection: {
      algorithm: "LATEST_WITHIN_WINDOW",
      includeVaults: [of.vault.attrBackupVaultArn],
      recoveryPointTypes: ["SNAPSHOT"],
      selectionWindowDays: WINDOW_DAYS,
    },
  });
  const types = [...new Set(of.kept.map(({ type }) => type))].filter((type) => type !== "FSx");
  const apart = types.some(isDatabase) ? shipPlaceApart(site) : {};
  for (const type of types) {
    new CfnRestoreTestingSelection(stacks.data, logicalId("restore-test-of", type), {
      restoreTestingPlanName: plan.ref,
      restoreTestingSelectionName: type,
      iamRoleArn: of.roleArn,
      protectedResourceType: type,
      protectedResourceArns: of.kept.filter((each) => each.type === type).map(({ arn }) => arn),
      ...(isDatabase(type) ? { restoreMetadataOverrides: apart } : {}),
      validationWindowHours: VALIDATION_HOURS,
    });
  }
}

function isDatabase(type: Protected["type"]): boolean {
  return type === "Aurora" || type === "RDS";
}

/**
 * Where a restored database stands: in subnets of this network, and nobody is let in. Left to itself, AWS would put it
 * in the default network of the account, which may be open, or not be there.
 *
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
 */
function shipPlaceApart(site: Site): Record<string, string> {
  const { stacks, network, shipment } = site;
  const subnets = new CfnDBSubnetGroup(stacks.data, "RestoreTestSubnets", {
    dbSubnetGroupDescription: `Where restores of ${physicalName(shipment)} are tested`,
    subnetIds: network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId),
  });
  const { securityGroupId } = shipDoor(site, { id: "restore-tests" }, 0);
  return { dbSubnetGroupName: subnets.ref, vpcSecurityGroupIds: `["${securityGroupId}"]` };
}

/** These names take letters, digits and underscores alone. */
function underscored(name: string): string {
  return name.replaceAll("-", "_");
}
