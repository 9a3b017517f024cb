import { Aws } from "aws-cdk-lib";
import { arnOf, logicalId } from "../name.ts";
import { type Runbook, type RunbookStep, shipRunbook } from "../recovery/runbook.ts";
import { type Statement, shipRole } from "../role.ts";
import type { Site } from "../ship.ts";
import { prefixOf } from "./kind/service.ts";

const DAY_SECONDS = 86_400;

/** The policy by which AWS Backup restores what it keeps, as AWS says that a role for it must have. */
const RESTORES = "service-role/AWSBackupServiceRolePolicyForRestores";

/**
 * The runbooks of a region: to leave a zone, and to restore from a backup. Those that move between regions are with the
 * plan that they start.
 */
export function shipRunbooks(site: Site): void {
  const { stacks, shipment } = site;
  const evacuation = evacuate(site);
  if (evacuation) shipRunbook(stacks.watch, shipment, evacuation);
  shipRunbook(stacks.watch, shipment, restore(site));
}

/** A shift of each balancer, since AWS takes one at a time; null where nothing is behind a balancer. */
function evacuate({ handles, shipment, region }: Site): Runbook | null {
  const behind = handles
    .all("service")
    .flatMap(({ id, balancers }) => balancers.map(({ arn }, index) => ({ id, arn, prefix: prefixOf(index) })));
  if (behind.length === 0) return null;
  const shift = ({ id, arn, prefix }: (typeof behind)[number]): RunbookStep => ({
    name: `shift${logicalId(id, prefix)}`,
    action: "aws:executeAwsApi",
    description: `${id} gets no more requests in the zone`,
    inputs: {
      Service: "arc-zonal-shift",
      Api: "StartZonalShift",
      resourceIdentifier: arn,
      awayFrom: "{{ Zone }}",
      expiresIn: "{{ ExpiresIn }}",
      comment: "{{ Comment }}",
    },
    outputs: [{ Name: "ShiftId", Selector: "$.zonalShiftId", Type: "String" }],
    onFailure: "Continue", // one that cannot be shifted is no reason to leave the others
  });
  return {
    name: "evacuate-zone",
    text: [
      `# Shift ${shipment.system} away from a zone of ${region.name}`,
      "",
      "Start this when an alarm says that services fail in one zone and in no other.",
      "Nothing is scaled for it: each zone has room for what another one did.",
      "",
      "It starts a zonal shift of each balancer. A shift ends by itself; to end it earlier, cancel it in",
      "ARC's console.",
      "Databases and caches fail over by themselves; tasks are still placed in the zone, and nobody calls them.",
      "",
      "`Zone` is the zone's id, such as `use1-az1`, not its name: names differ from account to account.",
    ].join("\n"),
    parameters: {
      Zone: {
        type: "String",
        description: "The id of the zone to leave, such as use1-az1",
        allowedPattern: "^[a-z0-9]+-az[0-9]+$",
      },
      ExpiresIn: {
        type: "String",
        description: "How long, in minutes or hours; at most three days",
        default: "1h",
        allowedPattern: "^[1-9][0-9]*[mh]$",
      },
      Comment: { type: "String", description: "Why", default: "evacuation by runbook" },
    },
    steps: behind.map(shift),
    statements: [
      {
        sid: "Shift",
        actions: ["arc-zonal-shift:GetManagedResource", "arc-zonal-shift:StartZonalShift"],
        resources: behind.map(({ arn }) => arn),
      },
    ],
  };
}

function restore(site: Site): Runbook {
  const { shipment, stacks, region, keyArn } = site;
  const role = shipRole(stacks.watch, logicalId("restore", "role"), {
    assumedBy: "backup.amazonaws.com",
    statements: [
      { sid: "Key", actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], resources: [keyArn] },
    ],
    managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${RESTORES}`],
  });
  const job = "{{ start.RestoreJobId }}";
  return {
    name: "restore",
    text: [
      `# Restore something of ${shipment.system} from a backup, in ${region.name}`,
      "",
      "Start this when data was deleted or spoilt, so that no replica has it either. What is restored is new",
      "and stands beside what is there; nothing is overwritten.",
      "",
      "1. Find the recovery point: AWS Backup, the vault, the last one from before the damage.",
      "2. `Metadata` says what the new one is to be like. AWS Backup tells what it was like",
      "   (`GetRecoveryPointRestoreMetadata`); give that with a new identifier.",
      "3. Look at what was restored before anything uses it. Then copy back what is missing, or let `holdfast restore`",
      "   make the system of it.",
    ].join("\n"),
    parameters: {
      RecoveryPointArn: { type: "String", description: "What to restore", allowedPattern: "^arn:" },
      Metadata: { type: "StringMap", description: "What the restored resource is to be like" },
    },
    steps: [
      {
        name: "start",
        action: "aws:executeAwsApi",
        inputs: {
          Service: "backup",
          Api: "StartRestoreJob",
          RecoveryPointArn: "{{ RecoveryPointArn }}",
          IamRoleArn: role.attrArn,
          Metadata: "{{ Metadata }}",
        },
        outputs: [{ Name: "RestoreJobId", Selector: "$.RestoreJobId", Type: "String" }],
        onFailure: "Abort",
      },
      {
        name: "wait",
        action: "aws:waitForAwsResourceProperty",
        inputs: {
          Service: "backup",
          Api: "DescribeRestoreJob",
          RestoreJobId: job,
          PropertySelector: "$.Status",
          DesiredValues: ["COMPLETED"],
        },
        timeoutSeconds: DAY_SECONDS,
        onFailure: "Abort",
      },
      {
        name: "tell",
        action: "aws:executeAwsApi",
        description: "what was made of it",
        inputs: { Service: "backup", Api: "DescribeRestoreJob", RestoreJobId: job },
        outputs: [{ Name: "CreatedResourceArn", Selector: "$.CreatedResourceArn", Type: "String" }],
        isEnd: true,
      },
    ],
    statements: restoreStatements(region.name, role.attrArn),
  };
}

function restoreStatements(region: string, roleArn: string): Statement[] {
  return [
    {
      sid: "Restore",
      actions: ["backup:StartRestoreJob"],
      // Recovery points have the ARN of the service that holds them; a backup of this account alone can be named.
      resources: RECOVERY_POINTS.map(({ of, resource }) => arnOf(of, region, resource)),
    },
    { sid: "Look", actions: ["backup:DescribeRestoreJob"], resources: ["*"] },
    {
      sid: "GiveRole",
      actions: ["iam:PassRole"],
      resources: [roleArn],
      conditions: { StringEquals: { "iam:PassedToService": "backup.amazonaws.com" } },
    },
  ];
}

/**
 * What recovery points are called, by the service that holds them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
 */
const RECOVERY_POINTS = [
  { of: "backup", resource: "recovery-point:*" },
  { of: "rds", resource: "cluster-snapshot:*" },
  { of: "rds", resource: "snapshot:*" },
  { of: "dynamodb", resource: "table/*/backup/*" },
  { of: "fsx", resource: "backup/*" },
] as const;
