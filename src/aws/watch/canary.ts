import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { CfnCanary } from "aws-cdk-lib/aws-synthetics";
import { SYNTHETICS } from "../../facts/watch.ts";
import { type Journey, type Topology, componentsOf } from "../../topology/topology.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, isDev } from "../ship.ts";
import { accessLogBucket } from "../storage/access-log.ts";
import { expireAfter, shipClosedBucket } from "../storage/closed-bucket.ts";
import { type ShippedRow, metricsOf, shipAlarm } from "./alarm.ts";

/** Once a minute: an objective of minutes is not watched by looking every five. */
const EVERY = "rate(1 minute)";
const EVERY_DEV = "rate(15 minutes)";

/** What a run may take; a request that hangs fails it. */
const TIMEOUT_SECONDS = 50;

const KEEP_DAYS = 31;
const KEEP_DAYS_DEV = 7;

/**
 * The key of an operation that nobody ever made: what asks for it must say so, which it cannot without its database.
 */
const NOBODYS_KEY = "holdfast-canary";

/** One request of a canary, as its script gets it. */
export interface CanaryRequest {
  readonly name: string;
  readonly path: string;
  /** Whether "there is no such thing" is as good an answer as the thing itself. */
  readonly mayBeMissing: boolean;
}

/**
 * What the journeys read, as a canary asks for it: it never writes. A journey that only its own module can do is left
 * out.
 */
export function canaryRequests(journeys: readonly Journey[]): readonly CanaryRequest[] {
  return journeys.flatMap(({ id, read }) =>
    read === null || read.method !== "GET"
      ? []
      : [{ name: id, path: read.path.replaceAll("{key}", NOBODYS_KEY), mayBeMissing: read.path.includes("{key}") }],
  );
}

/** Whether there is a name that customers come by, and something to read there. */
export function hasCanary(topology: Topology): boolean {
  const named = componentsOf(topology, "edge").some(({ settings }) => settings.hostedZoneId !== null);
  return named && canaryRequests(topology.journeys).length > 0;
}

/**
 * A canary that does, from this region, what customers do, by their own name for the system: so it sees what DNS, the
 * edge and whichever region serves make of it together. With two regions there is one in each, and the one in the
 * region that is well tells the truth about the other; with one region it shares its fate with it, and the health
 * checks of Route 53, which ask from all over the world, are what is left.
 *
 * `actions` are the alarm's own; in a region with states it has none, and they ask for it.
 *
 * Null without an edge that has a name, and without anything to read.
 */
export function shipCanary(site: Site, actions: readonly string[] = []): ShippedRow | null {
  const { shipment, stacks } = site;
  const settings = componentsOf(shipment.topology, "edge")[0]?.settings;
  const requests = canaryRequests(shipment.topology.journeys);
  if (settings === undefined || !hasCanary(shipment.topology)) return null;
  const stack = stacks.watch;
  const bucket = shipArtifacts(site);
  const name = physicalName(shipment, "outside").slice(0, SYNTHETICS.nameLength.value);
  const role = shipRole(stack, logicalId("canary", "role"), {
    assumedBy: "lambda.amazonaws.com",
    tellsAccount: false, // Lambda does not say for whom it takes on the role of a function
    statements: permissions(site, bucket.attrArn, name),
  });
  const canary = new CfnCanary(stack, logicalId("canary"), {
    name,
    runtimeVersion: SYNTHETICS.runtime.value,
    code: { handler: "index.handler", script: script(settings.domain, requests) },
    executionRoleArn: role.attrArn,
    artifactS3Location: `s3://${bucket.ref}/runs`,
    artifactConfig: { s3Encryption: { encryptionMode: "SSE_KMS", kmsKeyArn: site.keyArn } },
    schedule: { expression: isDev(shipment) ? EVERY_DEV : EVERY },
    runConfig: { timeoutInSeconds: TIMEOUT_SECONDS },
    successRetentionPeriod: isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS,
    failureRetentionPeriod: isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS,
    startCanaryAfterCreation: true,
    provisionedResourceCleanup: "AUTOMATIC",
    tags: [{ key: "Name", value: name }],
  });
  const row = shipAlarm(
    site,
    "canary",
    {
      name: "outside",
      says: `from ${site.region.name}, customers' requests to ${settings.domain} fail`,
      of: metricsOf("CloudWatchSynthetics", { CanaryName: name })("SuccessPercent", "Average"),
      is: ["<", 100],
      during: isDev(shipment) ? [1, 15] : [3, 5],
      silence: "bad", // a canary that does not run sees nothing
    },
    actions,
  );
  row.alarm.addResourceDependency(canary);
  return row;
}

/**
 * What a canary runs: each request in turn, and it fails when one fails.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Library_Nodejs.html
 */
export function script(hostname: string, requests: readonly CanaryRequest[]): string {
  return `const synthetics = require("@aws/synthetics-puppeteer");

const HOSTNAME = ${JSON.stringify(hostname)};
const REQUESTS = ${JSON.stringify(requests)};

function check(mayBeMissing) {
  return async (response) => {
    const { statusCode } = response;
    response.resume();
    const fine = (statusCode >= 200 && statusCode < 400) || (mayBeMissing && statusCode === 404);
    if (!fine) throw new Error("answered " + statusCode);
  };
}

exports.handler = async () => {
  for (const { name, path, mayBeMissing } of REQUESTS) {
    const request = { hostname: HOSTNAME, method: "GET", path, port: 443, protocol: "https:" };
    await synthetics.executeHttpStep(name, request, check(mayBeMissing));
  }
};
`;
}

function shipArtifacts(site: Site): CfnBucket {
  const { shipment, stacks, keyArn } = site;
  const { bucket } = shipClosedBucket(stacks.watch, logicalId("canary", "bucket"), {
    shipment,
    keyArn,
    lifecycleConfiguration: expireAfter(isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS),
    loggingConfiguration: { destinationBucketName: accessLogBucket(site), logFilePrefix: "canary/" },
    tags: [{ key: "Name", value: physicalName(shipment, "canary") }],
  });
  return bucket;
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
 */
function permissions({ region, keyArn }: Site, bucketArn: string, name: string): Statement[] {
  const group = arnOf("logs", region.name, `log-group:/aws/lambda/cwsyn-${name}-*`);
  return [
    { sid: "Artifacts", actions: ["s3:PutObject"], resources: [`${bucketArn}/runs/*`] },
    { sid: "Bucket", actions: ["s3:GetBucketLocation"], resources: [bucketArn] },
    { sid: "Buckets", actions: ["s3:ListAllMyBuckets"], resources: ["*"] },
    { sid: "Key", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
    {
      sid: "Logs",
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [group],
    },
    {
      sid: "Metrics",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" } },
    },
  ];
}
