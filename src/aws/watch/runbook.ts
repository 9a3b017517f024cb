import { Aws } from "aws-cdk-lib";
import { arnOf, logicalId } from "../name.ts";
import { type Runbook, shipRunbook } from "../recovery/runbook.ts";
import { type Statement, shipRole } from "../role.ts";
import type { Site } from "../ship.ts";
import { evacuations } from "./evacuation.ts";

const DAY_SECONDS = 86_400;

/** The policy by which AWS Backup restores what it keeps, as AWS says that a role for it must have. */
const RESTORES = "service-role/AWSBackupServiceRolePolicyForRestores";

/**
 * The runbooks of a region: to leave a zone and to come back, and to restore from a backup. Those that move between
 * regions are with the plan that they start.
 */
export function shipRunbooks(site: Site): void {
  const { stacks, shipment } = site;
  for (const evacuation of evacuations(site)) shipRunbook(stacks.watch, shipment, evacuation);
  shipRunbook(stacks.watch, shipment, restore(site));
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
