import { Aws, type Stack } from "aws-cdk-lib";
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from "aws-cdk-lib/aws-logs";
import type { CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { CfnLoggingConfiguration } from "aws-cdk-lib/aws-wafv2";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Shipment, isDev } from "../ship.ts";
import { type ClosedBucket, checkedBucketName, expireAfter, shipClosedBucket } from "../storage/closed-bucket.ts";

/** A year, as auditors ask for; a week in the cheap profile. */
const KEEP_DAYS = 365;
const KEEP_DAYS_DEV = 7;

/** What may let a customer in, and so must not stand in a log. */
const SECRET_HEADERS = ["authorization", "cookie"];

/**
 * The bucket with the logs of distribution, firewall and accelerators, made when it is first asked for. The firewall's
 * must have a name that begins with `aws-waf-logs-`. It has S3's own key: what delivers logs may use no key of a
 * customer's unless that key's policy says so, and this stack has none of its own.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
 */
export function globalLogs(global: Stack, shipment: Shipment): ClosedBucket {
  const id = logicalId("log", "bucket");
  const made = global.node.tryFindChild(id) as CfnBucket | undefined;
  if (made) return { bucket: made, policy: global.node.findChild(`${id}Policy`) as CfnBucketPolicy };
  return shipClosedBucket(global, id, {
    shipment,
    keyArn: null,
    bucketName: checkedBucketName(`aws-waf-logs-${physicalName(shipment)}-${Aws.ACCOUNT_ID}`, "edge"),
    lifecycleConfiguration: expireAfter(isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS),
    tags: [{ key: "Name", value: physicalName(shipment, "edge-logs") }],
    letIn: (arn) => deliveries(global, arn),
  });
}

function deliveries(global: Stack, bucketArn: string): object[] {
  const from = {
    StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
    ArnLike: { "aws:SourceArn": arnOf("logs", global.region, "*") },
  };
  const delivery = { Effect: "Allow", Principal: { Service: "delivery.logs.amazonaws.com" } };
  return [
    {
      Sid: "DeliveriesWrite",
      ...delivery,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/*`,
      Condition: {
        ...from,
        StringEquals: { ...from.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    {
      Sid: "DeliveriesLook",
      ...delivery,
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: from,
    },
  ];
}

/** Access logs of the distribution, without cookies, as JSON. */
export function shipAccessLogs(global: Stack, shipment: Shipment, distributionArn: string): void {
  const { bucket, policy } = globalLogs(global, shipment);
  const name = physicalName(shipment, "access-logs");
  const source = new CfnDeliverySource(global, logicalId("access-log", "source"), {
    name,
    resourceArn: distributionArn,
    logType: "ACCESS_LOGS",
  });
  const destination = new CfnDeliveryDestination(global, logicalId("access-log", "destination"), {
    name,
    destinationResourceArn: bucket.attrArn,
    outputFormat: "json",
  });
  destination.addResourceDependency(policy);
  const delivery = new CfnDelivery(global, logicalId("access-log", "delivery"), {
    deliverySourceName: name,
    deliveryDestinationArn: destination.attrArn,
  });
  delivery.addResourceDependency(source);
}

/** Logs of what the firewall blocked or would have blocked; what it let through is in the access logs. */
export function shipFirewallLogs(global: Stack, shipment: Shipment, firewallArn: string): void {
  const { bucket, policy } = globalLogs(global, shipment);
  const kept = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"];
  const logging = new CfnLoggingConfiguration(global, logicalId("firewall", "logs"), {
    resourceArn: firewallArn,
    logDestinationConfigs: [bucket.attrArn],
    redactedFields: SECRET_HEADERS.map((Name) => ({ singleHeader: { Name } })),
    loggingFilter: {
      DefaultBehavior: "DROP",
      Filters: [
        {
          Behavior: "KEEP",
          Requirement: "MEETS_ANY",
          Conditions: kept.map((Action) => ({ ActionCondition: { Action } })),
        },
      ],
    },
  });
  logging.addResourceDependency(policy);
}
