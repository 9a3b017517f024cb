import type { CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Site, isDev } from "../ship.ts";
import { expireAfter, shipClosedBucket } from "./closed-bucket.ts";

/** A year, as auditors ask for; a week in the cheap profile. */
const KEEP_DAYS = 365;
const KEEP_DAYS_DEV = 7;

/** What the bucket is called, in names. */
const ACCESS_LOGS = "access-logs";

/** Where in the bucket the logs of balancers are. */
export const BALANCER_LOGS = "balancers";

/**
 * The name of the bucket that gets a region's access logs, in its data stack; made when it is first asked for. It has a
 * key of S3's own, because S3's access logs and a balancer's are not written with a customer's.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogBucket(site: Site): string {
  const { shipment, stacks } = site;
  const id = logicalId(ACCESS_LOGS, "bucket");
  const made = stacks.data.node.tryFindChild(id) as CfnBucket | undefined;
  if (made) return made.ref;
  const account = { StringEquals: { "aws:SourceAccount": stacks.data.account } };
  const { bucket } = shipClosedBucket(stacks.data, id, {
    shipment,
    keyArn: null,
    lifecycleConfiguration: expireAfter(isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS),
    tags: [{ key: "Name", value: physicalName(shipment, ACCESS_LOGS) }],
    letIn: (arn) => [
      {
        Sid: "LogsOfBuckets",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${arn}/*`,
        Condition: account,
      },
    ],
  });
  return bucket.ref;
}

/**
 * Lets the balancers of this account write their logs into the bucket: they try to when they are made. Application
 * balancers write by one of AWS's services, network balancers by another.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
 */
export function letBalancersLog(site: Site): void {
  const { stacks, region } = site;
  accessLogBucket(site);
  const bucket = stacks.data.node.findChild(logicalId(ACCESS_LOGS, "bucket")) as CfnBucket;
  const policy = stacks.data.node.findChild(logicalId(ACCESS_LOGS, "bucket", "policy")) as CfnBucketPolicy;
  const statements = (policy.policyDocument as { Statement: { Sid?: string }[] }).Statement;
  const sid = "LogsOfApplicationBalancers";
  if (statements.some(({ Sid }) => Sid === sid)) return;
  const { account } = stacks.data;
  const write = {
    Effect: "Allow",
    Action: "s3:PutObject",
    Resource: `${bucket.attrArn}/${BALANCER_LOGS}/AWSLogs/${account}/*`,
  };
  const byDelivery = {
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": arnOf("logs", region.name, "*") },
  };
  const delivery = { Principal: { Service: "delivery.logs.amazonaws.com" }, Condition: byDelivery };
  const all = [
    { ...write, Sid: sid, Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" } },
    { ...write, ...delivery, Sid: "LogsOfNetworkBalancers" },
    { Effect: "Allow", ...delivery, Sid: "OwnerOfBucket", Action: "s3:GetBucketAcl", Resource: bucket.attrArn },
  ];
  statements.push(...all);
}
