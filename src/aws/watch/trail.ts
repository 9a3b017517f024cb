import { CfnTrail } from "aws-cdk-lib/aws-cloudtrail";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { Aws } from "aws-cdk-lib";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Site, isDev, keep, presenceIn } from "../ship.ts";
import { accessLogBucket } from "../storage/access-log.ts";
import { type ClosedBucket, expireAfter, shipClosedBucket } from "../storage/closed-bucket.ts";

/** Seven years, as auditors of money ask for; a week in the cheap profile. */
const KEEP_DAYS = 2_557;
const KEEP_DAYS_DEV = 7;

/** What is searched is a year old at most. */
const SEARCH_DAYS = 365;

/** After so many days nobody looks at it every day. */
const COLD_DAYS = 90;

/**
 * Who changed what, in every region of the account: a trail whose files cannot be changed unnoticed, encrypted; unless
 * the definition names one that exists. It is in the primary region, and in the other one while the primary is left
 * with copies of backups alone.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
 */
export function shipTrail(site: Site): void {
  const { shipment, stacks, region, keyArn } = site;
  if (region.name !== homeOf(shipment) || shipment.topology.shipping.trail !== null) return;
  const stack = stacks.watch;
  const trailName = physicalName(shipment, "trail");
  const trailArn = arnOf("cloudtrail", region.name, `trail/${trailName}`);
  const { bucket, policy } = shipBucket(site, trailArn);
  const group = new CfnLogGroup(stack, logicalId("trail", "log-group"), {
    kmsKeyId: keyArn,
    retentionInDays: isDev(shipment) ? KEEP_DAYS_DEV : SEARCH_DAYS,
  });
  keep(group, shipment);
  const role = shipRole(stack, logicalId("trail", "role"), {
    assumedBy: "cloudtrail.amazonaws.com",
    tellsAccount: false, // it tells the trail and not the account when it writes to a log group
    statements: [
      {
        sid: "WriteLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [group.attrArn],
      },
    ],
  });
  const trail = new CfnTrail(stack, logicalId("trail"), {
    trailName,
    isLogging: true,
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    enableLogFileValidation: true,
    kmsKeyId: keyArn,
    s3BucketName: bucket.ref,
    cloudWatchLogsLogGroupArn: group.attrArn,
    cloudWatchLogsRoleArn: role.attrArn,
    tags: [{ key: "Name", value: trailName }],
  });
  trail.addResourceDependency(policy);
}

function homeOf(shipment: Site["shipment"]): string {
  const primary = shipment.topology.regions[0]!; // a topology has a region
  return presenceIn(shipment, primary).deployed ? primary.name : shipment.active;
}

function shipBucket(site: Site, trailArn: string): ClosedBucket {
  const { shipment, stacks, keyArn } = site;
  const dev = isDev(shipment);
  const cold = dev ? {} : { transitions: [{ storageClass: "GLACIER_IR", transitionInDays: COLD_DAYS }] };
  return shipClosedBucket(stacks.watch, logicalId("trail", "bucket"), {
    shipment,
    keyArn,
    lifecycleConfiguration: expireAfter(dev ? KEEP_DAYS_DEV : KEEP_DAYS, {
      noncurrentVersionExpiration: { noncurrentDays: COLD_DAYS },
      ...cold,
    }),
    loggingConfiguration: { destinationBucketName: accessLogBucket(site), logFilePrefix: "trail/" },
    tags: [{ key: "Name", value: physicalName(shipment, "trail") }],
    letIn: (bucketArn) => statements(bucketArn, trailArn),
  });
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
function statements(bucketArn: string, trailArn: string): object[] {
  const principal = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
  const ofTrail = { "aws:SourceArn": trailArn };
  return [
    {
      Sid: "TrailLooksAtIt",
      ...principal,
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: ofTrail },
    },
    {
      Sid: "Trail",
      ...principal,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${Aws.ACCOUNT_ID}/*`,
      Condition: { StringEquals: { ...ofTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ];
}
