import type { CfnResource } from "aws-cdk-lib";
import { CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnFunction, CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { RDS } from "../../facts/database.ts";
import type { CacheComponent, DatabaseComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { type LambdaCode, handlerOf, lambdaAsset } from "../lambda-code.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { openDoor } from "./door.ts";
import { makeVersions } from "./secret.ts";

const DAY_MS = 86_400_000;
const LOG_DAYS = 90;
const MEMORY_MIB = 256;
/** The newest that Lambda has; it outlives the next year. */
const RUNTIME = "nodejs24.x";
/** Where that runtime keeps Amazon's certificates. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const CERTIFICATES = "/var/runtime/ca-cert.pem";

/** A secret that rotates. */
export interface RotatedSecret {
  /** As its schedule names it. */
  readonly id: string;
  /** In policies. */
  readonly arn: string;
  /** What its schedule is called beside the component; null: nothing more. */
  readonly part: string | null;
  /** Whether it rotates when its schedule is made, and not only a month later. */
  readonly atOnce: boolean;
}

/** The secrets of a component, and what rotates them. */
export interface Rotated {
  readonly secrets: readonly RotatedSecret[];
  readonly code: LambdaCode;
  /** Where the function comes in to try a password. */
  readonly door: Door;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  /** What it may do besides making versions of the secrets. */
  readonly may: readonly Statement[];
  /** What must be there before the first rotation, and so before the schedules; null: none are made here. */
  readonly after: readonly CfnResource[] | null;
}

/** Ships the function that rotates the secrets of a component, and the schedules that call it. */
export function shipRotation(site: Site, component: DatabaseComponent | CacheComponent, rotated: Rotated): void {
  const { stacks } = site;
  const { id } = component;
  const rotation = shipFunction(site, component, rotated);
  const permission = new CfnPermission(stacks.data, logicalId(id, "rotation-permission"), {
    functionName: rotation.ref,
    action: "lambda:InvokeFunction",
    principal: "secretsmanager.amazonaws.com",
    sourceAccount: stacks.data.account,
  });
  if (rotated.after === null) return;
  for (const secret of rotated.secrets) {
    const part = secret.part === null ? [] : [secret.part];
    const schedule = new CfnRotationSchedule(stacks.data, logicalId(id, ...part, "rotation"), {
      secretId: secret.id,
      rotationLambdaArn: rotation.attrArn,
      rotationRules: { automaticallyAfterDays: RDS.rotation.value / DAY_MS },
      rotateImmediatelyOnUpdate: secret.atOnce,
    });
    for (const each of [permission, ...rotated.after]) schedule.addResourceDependency(each);
  }
}

function shipFunction(
  site: Site,
  component: DatabaseComponent | CacheComponent,
  { code, door, timeoutSeconds, variables, secrets, may }: Rotated,
): CfnFunction {
  const { shipment, stacks, network } = site;
  const { id } = component;
  const asset = lambdaAsset(stacks.data, logicalId(id, "rotation-code"), code);
  const groupId = shipGroup(site, component, door.port);
  openDoor(site, `${id}-from-rotation`, { door, groupId });
  const log = new CfnLogGroup(stacks.data, logicalId(id, "rotation-log"), {
    kmsKeyId: site.keyArn,
    retentionInDays: LOG_DAYS,
    tags: tagged(shipment, component),
  });
  keep(log, shipment);
  const role = shipRole(stacks.data, logicalId(id, "rotation-role"), {
    assumedBy: "lambda.amazonaws.com",
    tellsAccount: false,
    statements: [
      { sid: "Log", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [log.attrArn] },
      ...makeVersions(
        site,
        secrets.map(({ arn }) => arn),
      ),
      ...may,
    ],
    managedPolicyArns: [`arn:${stacks.data.partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess`],
  });
  return new CfnFunction(stacks.data, logicalId(id, "rotation-function"), {
    description: `Rotates the passwords of the users of ${physicalName(shipment, id)}`,
    runtime: RUNTIME,
    architectures: ["arm64"],
    handler: handlerOf(code),
    code: { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey },
    role: role.attrArn,
    timeout: timeoutSeconds,
    memorySize: MEMORY_MIB,
    environment: { variables: { NODE_EXTRA_CA_CERTS: CERTIFICATES, ...variables } },
    loggingConfig: { logGroup: log.ref, logFormat: "JSON" },
    vpcConfig: {
      subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      securityGroupIds: [groupId],
    },
    tags: tagged(shipment, component),
  });
}

/** It dials what has the users, and AWS's APIs by HTTPS. */
function shipGroup(
  { shipment, stacks, network }: Site,
  component: DatabaseComponent | CacheComponent,
  port: number,
): string {
  const { id, kind } = component;
  const group = new CfnSecurityGroup(stacks.data, logicalId(id, "rotation-security-group"), {
    groupDescription: `The rotation of ${physicalName(shipment, id)}`,
    vpcId: network.vpcId,
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: port, toPort: port, cidrIp: network.cidr, description: `The ${kind}` },
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0", description: "APIs of AWS" },
    ],
    tags: tagged(shipment, component),
  });
  return group.attrGroupId;
}
