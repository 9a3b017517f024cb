import type { Stack } from "aws-cdk-lib";
import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnKey, CfnAlias } from "aws-cdk-lib/aws-kms";
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from "aws-cdk-lib/aws-sns";
import { keyPolicy } from "../key/policy.ts";
import { logicalId, physicalName } from "../name.ts";
import { tlsOnly } from "../resource-policy.ts";
import { type Shipment, type Site, isDev } from "../ship.ts";

/** A region as the world outside sees it. */
export interface WatchedEndpoint {
  readonly serviceId: string;
  readonly region: string;
  readonly healthCheckId: string;
}

/** Requests that fail at the edge, in percent, above which somebody should look; a single failure is no trouble. */
const FAILING_PERCENT = 5;
const PERIOD_S = 60;
const PENDING_DAYS = 30;
const PENDING_DAYS_DEV = 7;

/**
 * Alarms on what only us-east-1 has metrics of: Route 53's checks of each region that is deployed, and the share of
 * requests that fail at the distribution.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export function watchEdge(
  global: Stack,
  sites: readonly Site[],
  seen: { readonly distributionId: string; readonly endpoints: readonly WatchedEndpoint[] },
): void {
  const { shipment } = sites[0]!; // a system has a region
  const actions = [alertTopic(global, sites)];
  const common = { period: PERIOD_S, alarmActions: actions, okActions: actions };
  for (const { serviceId, region, healthCheckId } of seen.endpoints) {
    new CfnAlarm(global, logicalId(serviceId, region, "unreachable"), {
      ...common,
      alarmDescription: `${serviceId} in ${region} is not reached from around the world; look at that region's alarms`,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: [{ name: "HealthCheckId", value: healthCheckId }],
      statistic: "Minimum",
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      treatMissingData: "breaching", // checks never rest
    });
  }
  new CfnAlarm(global, logicalId("edge", "failing"), {
    ...common,
    alarmDescription: `More than ${FAILING_PERCENT}% of the requests to ${physicalName(shipment)} fail at the edge`,
    namespace: "AWS/CloudFront",
    metricName: "5xxErrorRate",
    dimensions: [
      { name: "DistributionId", value: seen.distributionId },
      { name: "Region", value: "Global" },
    ],
    statistic: "Average",
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    threshold: FAILING_PERCENT,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching", // without requests none fails
  });
}

/** Who is told of the global stack's alarms: the definition's topic in its region, or one of its own. */
function alertTopic(global: Stack, sites: readonly Site[]): string {
  const { shipment } = sites[0]!; // the caller has looked
  const { emails, topicArns } = shipment.topology.shipping.alerts;
  const given = topicArns[global.region];
  if (given !== undefined) return given;
  const topic = new CfnTopic(global, logicalId("alert", "topic"), {
    displayName: physicalName(shipment),
    kmsMasterKeyId: keyOf(global, sites),
    tags: [{ key: "Name", value: physicalName(shipment, "edge-alerts") }],
  });
  new CfnTopicPolicy(global, logicalId("alert", "topic", "policy"), {
    topics: [topic.ref],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic.ref,
          Condition: { StringEquals: { "aws:SourceAccount": global.account } },
        },
        tlsOnly("sns:Publish", topic.ref),
      ],
    },
  });
  for (const [index, endpoint] of emails.entries()) {
    const id = logicalId("alert", "email", String(index + 1));
    new CfnSubscription(global, id, { topicArn: topic.ref, protocol: "email", endpoint });
  }
  return topic.ref;
}

/** The key of the global stack's region: the system's own where it has one there, else one for this. */
function keyOf(global: Stack, sites: readonly Site[]): string {
  const { shipment } = sites[0]!; // the caller has looked
  const here = sites.find(({ region }) => region.name === global.region);
  const given = here?.keyArn ?? shipment.topology.shipping.keys[global.region];
  return given ?? ownKey(global, shipment);
}

function ownKey(global: Stack, shipment: Shipment): string {
  const key = new CfnKey(global, "Key", {
    description: `Alerts of the edge of ${physicalName(shipment)}`,
    enableKeyRotation: true,
    pendingWindowInDays: isDev(shipment) ? PENDING_DAYS_DEV : PENDING_DAYS,
    keyPolicy: keyPolicy(global, shipment.topology, false),
    tags: [{ key: "Name", value: physicalName(shipment, "edge-key") }],
  });
  new CfnAlias(global, "KeyAlias", { aliasName: `alias/${physicalName(shipment, "edge")}`, targetKeyId: key.attrArn });
  return key.attrArn;
}
