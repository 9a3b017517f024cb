import { Aws, type Stack } from "aws-cdk-lib";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import { arnOf } from "../name.ts";

/** A statement of a key's policy; its resource is always the key itself, written as `*`. */
interface Grant {
  readonly sid: string;
  readonly principal: Readonly<Record<string, string | readonly string[]>>;
  readonly actions: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const OPEN_AND_SEAL = ["kms:Decrypt", "kms:GenerateDataKey"];
/** All that who keeps something encrypted does with a key. */
export const ALL_OF_ENCRYPTION = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** AWS's services that publish to encrypted topics: alarms, rules, events of databases and of backups. */
const PUBLISHERS = [
  "backup.amazonaws.com",
  "cloudwatch.amazonaws.com",
  "events.amazonaws.com",
  "events.rds.amazonaws.com",
];

/**
 * Who may use a region's key: the account, whose own policies say which role may do what, and the services of AWS that
 * come without a role, each for what is in this account alone.
 *
 * A condition on `aws:SourceAccount` would shut EventBridge out of encrypted topics, without an error that anyone sees:
 * there the topic in the encryption context says whose it is.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function keyPolicy(stack: Stack, topology: Topology, trail: boolean): object {
  const account = { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } };
  const context = (key: string, arn: string) => ({ ArnLike: { [`kms:EncryptionContext:${key}`]: arn } });
  const here = (service: string, resource: string): string => arnOf(service, stack.region, resource);
  const grants: readonly Grant[] = [
    { sid: "Account", principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` }, actions: ["kms:*"] },
    {
      sid: "Logs",
      principal: { Service: `logs.${stack.region}.amazonaws.com` },
      actions: ALL_OF_ENCRYPTION,
      condition: context("aws:logs:arn", here("logs", "*")),
    },
    {
      sid: "PublishersToTopics",
      principal: { Service: PUBLISHERS },
      actions: OPEN_AND_SEAL,
      condition: context("aws:sns:topicArn", here("sns", "*")),
    },
    {
      sid: "SendersToQueues",
      principal: { Service: ["events.amazonaws.com", "sns.amazonaws.com"] },
      actions: OPEN_AND_SEAL,
      condition: account,
    },
    ...buses(topology, here),
    ...(trail ? trails() : []),
    ...distributions(topology),
    ...nodes(topology),
  ];
  return { Version: "2012-10-17", Statement: grants.map(statement) };
}

function statement({ sid, principal, actions, condition }: Grant): object {
  const Action = actions.length === 1 ? actions[0] : actions;
  const said = { Sid: sid, Effect: "Allow", Principal: principal, Action, Resource: "*" };
  return condition === undefined ? said : { ...said, Condition: condition };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html */
function buses(topology: Topology, here: (service: string, resource: string) => string): Grant[] {
  if (componentsOf(topology, "bus").length === 0) return [];
  const principal = { Service: "events.amazonaws.com" };
  return [
    {
      sid: "BusesLookAtTheKey",
      principal,
      actions: ["kms:DescribeKey"],
      condition: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    },
    {
      sid: "BusesAndArchives",
      principal,
      actions: [...OPEN_AND_SEAL, "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      condition: { ArnLike: { "kms:EncryptionContext:aws:events:event-bus:arn": here("events", "event-bus/*") } },
    },
  ];
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
function trails(): Grant[] {
  const principal = { Service: "cloudtrail.amazonaws.com" };
  const trail = `arn:${Aws.PARTITION}:cloudtrail:*:${Aws.ACCOUNT_ID}:trail/*`;
  return [
    {
      sid: "TrailLooksAtTheKey",
      principal,
      actions: ["kms:DescribeKey"],
      condition: { ArnLike: { "aws:SourceArn": trail } },
    },
    {
      sid: "Trail",
      principal,
      actions: ["kms:GenerateDataKey"],
      condition: { ArnLike: { "aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail } },
    },
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html */
function distributions(topology: Topology): Grant[] {
  if (componentsOf(topology, "edge").length === 0) return [];
  const distribution = `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*`;
  return [
    {
      sid: "Distributions",
      principal: { Service: "cloudfront.amazonaws.com" },
      actions: ["kms:Decrypt"],
      condition: { ArnLike: { "aws:SourceArn": distribution } },
    },
  ];
}

/**
 * Auto Scaling starts nodes with encrypted disks in the name of its own role. That role may not exist yet, and KMS
 * refuses a policy that names one that does not: so it stands in a condition.
 *
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
function nodes(topology: Topology): Grant[] {
  if (!componentsOf(topology, "service").some(({ settings }) => settings.platform !== "fargate")) return [];
  const role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
  const principal = { AWS: "*" };
  const condition = {
    StringEquals: { "kms:CallerAccount": Aws.ACCOUNT_ID },
    ArnEquals: { "aws:PrincipalArn": `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${role}` },
  };
  return [
    { sid: "DisksOfNodes", principal, actions: ALL_OF_ENCRYPTION, condition },
    {
      sid: "GrantsForDisksOfNodes",
      principal,
      actions: ["kms:CreateGrant"],
      condition: { ...condition, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
