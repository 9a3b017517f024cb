import { createHash } from "node:crypto";
import {
  CfnAlias,
  CfnEventInvokeConfig,
  CfnEventSourceMapping,
  CfnFunction,
  type CfnFunctionProps,
  CfnVersion,
} from "aws-cdk-lib/aws-lambda";
import type { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { LAMBDA } from "../../facts/serverless.ts";
import { mountPath } from "../../topology/binding.ts";
import type { FunctionComponent } from "../../topology/topology.ts";
import { shipLogGroup } from "../compute/cluster.ts";
import { shipCode } from "../compute/function-code.ts";
import { accessOf, onceEach, shipProgramGroup } from "../compute/program-access.ts";
import { functionEnvironment } from "../environment.ts";
import type { FunctionHandle } from "../handle.ts";
import { shipUndelivered } from "../messaging/undelivered.ts";
import { arnOf, logicalId } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, tagged } from "../ship.ts";

/** What callers call: it names a version, so that a deployment changes nothing halfway. */
const ALIAS = "live";

/** An event that nobody could work off for so long is set aside. */
const EVENT_AGE_SECONDS = 21_600;

/** What Lambda does by itself, beside the first attempt. */
const RETRIES = 2;

/** The fewest copies that a queue may be worked off by. */
const LEAST_CONCURRENCY = 2;

/**
 * A Lambda function: its folder, a version for each change of it and an alias that callers use. What it fails
 * asynchronously is tried again twice and then kept in a dead-letter queue; what it fails of a queue comes back alone.
 * It is traced, its log is encrypted, and where it uses what is in the network it is there, in every zone.
 */
export function shipFunction(site: Site, component: FunctionComponent): FunctionHandle {
  const { shipment, stacks, keyArn } = site;
  const { id, settings } = component;
  const code = shipCode(site, component);
  const logs = shipLogGroup(site, id);
  const undelivered = shipUndelivered(site, component, {});
  const role = shipRole(stacks.compute, logicalId(id, "role"), {
    assumedBy: "lambda.amazonaws.com",
    tellsAccount: false,
    statements: onceEach([...accessOf(site, settings), ...ownAccess(site, component, { logs, undelivered })]),
  });
  const props: CfnFunctionProps = {
    description: `Function ${id} of ${shipment.system}`,
    code: { s3Bucket: code.s3Bucket, s3Key: code.s3Key },
    handler: settings.handler,
    runtime: settings.runtime,
    architectures: ["x86_64"],
    role: role.attrArn,
    timeout: Math.ceil(settings.timeoutMs / 1_000),
    memorySize: settings.memoryMiB,
    environment: { variables: { ...functionEnvironment(site, component) } },
    kmsKeyArn: keyArn,
    loggingConfig: { logGroup: logs.ref, logFormat: "JSON" },
    tracingConfig: { mode: "Active" },
    recursiveLoop: "Terminate",
    ...inNetwork(site, component),
  };
  const { reservedConcurrency } = settings;
  const made = new CfnFunction(stacks.compute, logicalId(id, "function"), {
    ...props,
    ...(reservedConcurrency === null ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    tags: tagged(shipment, component),
  });
  const alias = shipAlias(site, component, { made, state: JSON.stringify([stacks.compute.resolve(props), code.hash]) });
  shipInvocation(site, component, { alias, undelivered });
  return {
    id,
    kind: "function",
    arn: made.attrArn,
    name: made.ref,
    aliasArn: alias.ref,
    access: [{ sid: logicalId("invoke", id), actions: ["lambda:InvokeFunction"], resources: [alias.ref] }],
    doors: [],
  };
}

/** A version is made once for what it holds, and named by that: the same code and settings make no new one. */
function shipAlias(
  { stacks }: Site,
  { id }: FunctionComponent,
  of: { readonly made: CfnFunction; readonly state: string },
): CfnAlias {
  const { made, state } = of;
  const hash = createHash("sha256").update(state).digest("hex").slice(0, 8);
  const version = new CfnVersion(stacks.compute, logicalId(id, "version", hash), { functionName: made.ref });
  return new CfnAlias(stacks.compute, logicalId(id, "alias"), {
    name: ALIAS,
    functionName: made.ref,
    functionVersion: version.attrVersion,
  });
}

function shipInvocation(
  { stacks, handles }: Site,
  { id, settings }: FunctionComponent,
  { alias, undelivered }: { readonly alias: CfnAlias; readonly undelivered: string },
): void {
  const config = new CfnEventInvokeConfig(stacks.compute, logicalId(id, "invocation"), {
    functionName: alias.functionName as string,
    qualifier: ALIAS,
    maximumRetryAttempts: RETRIES,
    maximumEventAgeInSeconds: EVENT_AGE_SECONDS,
    destinationConfig: { onFailure: { destination: undelivered } },
  });
  config.addResourceDependency(alias);
  if (settings.consumes === null) return;
  const most = Math.min(settings.reservedConcurrency ?? LAMBDA.reservedConcurrency.value, 1_000);
  new CfnEventSourceMapping(stacks.compute, logicalId(id, "consumes", settings.consumes), {
    functionName: alias.ref,
    eventSourceArn: handles.get("queue", settings.consumes).arn,
    batchSize: settings.batchSize,
    functionResponseTypes: ["ReportBatchItemFailures"],
    ...(most < LEAST_CONCURRENCY ? {} : { scalingConfig: { maximumConcurrency: most } }),
    enabled: true,
  });
}

/** Its place in the network, with the file systems that it mounts, where it uses something that is there. */
function inNetwork(
  site: Site,
  component: FunctionComponent,
): Pick<CfnFunctionProps, "vpcConfig" | "fileSystemConfigs"> {
  const { settings } = component;
  if (!settings.inNetwork) return {};
  const group = shipProgramGroup(site, component);
  const mounts = settings.uses.flatMap((used) => {
    const handle = site.handles.find(used);
    return handle?.kind === "file-system" && handle.accessPointArn !== null
      ? [{ arn: handle.accessPointArn, localMountPath: mountPath(used) }]
      : [];
  });
  return {
    vpcConfig: {
      subnetIds: site.network.zones.map(({ privateSubnetId }) => privateSubnetId),
      securityGroupIds: [group.attrGroupId],
    },
    ...(mounts.length === 0 ? {} : { fileSystemConfigs: mounts }),
  };
}

/** What it takes to run at all, whatever it uses. */
function ownAccess(
  { keyArn, region }: Site,
  { settings }: FunctionComponent,
  { logs, undelivered }: { readonly logs: CfnLogGroup; readonly undelivered: string },
): readonly Statement[] {
  const trace = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
  return [
    { sid: "WriteLogs", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logs.attrArn] },
    { sid: "Trace", actions: trace, resources: ["*"] }, // they know no resources
    { sid: "Undelivered", actions: ["sqs:SendMessage"], resources: [undelivered] },
    // Its variables and the queue for what it failed are encrypted with it.
    { sid: "Key", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
    ...(settings.inNetwork ? networkAccess(region.name) : []),
  ];
}

/**
 * Lambda makes its network interfaces in the function's name.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
function networkAccess(region: string): readonly Statement[] {
  const change = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ];
  const look = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
  return [
    { sid: "ChangeInterfaces", actions: change, resources: [arnOf("ec2", region, "*/*")] },
    { sid: "LookAtInterfaces", actions: look, resources: ["*"] }, // they know no resources
  ];
}
