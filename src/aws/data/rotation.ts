import { CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnFunction, CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { RDS } from "../../facts/database.ts";
import type { DatabaseComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { openDoor } from "./door.ts";
import { engineOf } from "./engine.ts";
import type { ShippedDatabase } from "./rds.ts";
import { ROTATION_HANDLER, rotationAsset } from "./rotation-code.ts";
import { type DatabaseSecrets, readSecrets, secretArns } from "./secret.ts";

const DAY_MS = 86_400_000;
const LOG_DAYS = 90;
const TIMEOUT_SECONDS = 60;
const MEMORY_MIB = 256;
/** The newest that Lambda has; it outlives the next year. */
const RUNTIME = "nodejs24.x";
/** Where that runtime keeps Amazon's certificates. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const CERTIFICATES = "/var/runtime/ca-cert.pem";

/**
 * The function that rotates the passwords of a database's users, in every region that has one; and, where the writer
 * is, the schedule. The first rotation runs when the schedule is made, and makes the users. In a region that only
 * follows, nothing could be rotated: a failover makes the secret that region's own, and the next deploy brings the
 * schedule.
 */
export function shipRotation(
  site: Site,
  component: DatabaseComponent,
  of: { readonly database: ShippedDatabase; readonly secrets: DatabaseSecrets; readonly door: Door },
): void {
  const { stacks, presence } = site;
  const { id } = component;
  if (presence.data === "headless") return; // nobody is there to log in to
  const { database, secrets } = of;
  const rotation = shipFunction(site, component, of);
  const permission = new CfnPermission(stacks.data, logicalId(id, "rotation-permission"), {
    functionName: rotation.ref,
    action: "lambda:InvokeFunction",
    principal: "secretsmanager.amazonaws.com",
    sourceAccount: stacks.data.account,
  });
  if (presence.data !== "writer") return;
  const schedule = new CfnRotationSchedule(stacks.data, logicalId(id, "rotation"), {
    secretId: secrets.app,
    rotationLambdaArn: rotation.attrArn,
    rotationRules: { automaticallyAfterDays: RDS.rotation.value / DAY_MS },
    rotateImmediatelyOnUpdate: true,
  });
  for (const each of [permission, ...secrets.resources, ...database.members]) schedule.addResourceDependency(each);
}

function shipFunction(
  site: Site,
  component: DatabaseComponent,
  {
    database,
    secrets,
    door,
  }: { readonly database: ShippedDatabase; readonly secrets: DatabaseSecrets; readonly door: Door },
): CfnFunction {
  const { shipment, stacks, network, keyArn } = site;
  const { id, settings } = component;
  const { language, port } = engineOf(settings);
  const asset = rotationAsset(stacks.data, logicalId(id, "rotation-code"), language);
  const groupId = shipGroup(site, component, port);
  openDoor(site, `${id}-from-rotation`, { door, groupId });
  const log = new CfnLogGroup(stacks.data, logicalId(id, "rotation-log"), {
    kmsKeyId: keyArn,
    retentionInDays: LOG_DAYS,
    tags: tagged(shipment, component),
  });
  keep(log, shipment);
  const role = shipRole(stacks.data, logicalId(id, "rotation-role"), {
    assumedBy: "lambda.amazonaws.com",
    tellsAccount: false,
    statements: statements(site, component, { secrets, logGroupArn: log.attrArn }),
    managedPolicyArns: [`arn:${stacks.data.partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess`],
  });
  return new CfnFunction(stacks.data, logicalId(id, "rotation-function"), {
    description: `Rotates the passwords of the users of ${physicalName(shipment, id)}`,
    runtime: RUNTIME,
    architectures: ["arm64"],
    handler: ROTATION_HANDLER,
    code: { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey },
    role: role.attrArn,
    timeout: TIMEOUT_SECONDS,
    memorySize: MEMORY_MIB,
    environment: {
      variables: {
        NODE_EXTRA_CA_CERTS: CERTIFICATES,
        ENGINE: language,
        DATABASE_HOST: database.clusterHost,
        DATABASE_PORT: String(port),
        DATABASE_NAME: settings.databaseName,
        OWNER: settings.user,
        USERS: JSON.stringify(secrets.users),
        MASTER_SECRET: secrets.master,
        SECRET_OF_USER: JSON.stringify(secrets.ofUser),
      },
    },
    loggingConfig: { logGroup: log.ref, logFormat: "JSON" },
    vpcConfig: {
      subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      securityGroupIds: [groupId],
    },
    tags: tagged(shipment, component),
  });
}

/** It dials the database, and Secrets Manager by HTTPS. */
function shipGroup({ shipment, stacks, network }: Site, component: DatabaseComponent, port: number): string {
  const group = new CfnSecurityGroup(stacks.data, logicalId(component.id, "rotation-security-group"), {
    groupDescription: `The rotation of ${physicalName(shipment, component.id)}`,
    vpcId: network.vpcId,
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: port, toPort: port, cidrIp: network.cidr, description: "The database" },
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0", description: "Secrets Manager" },
    ],
    tags: tagged(shipment, component),
  });
  return group.attrGroupId;
}

function statements(
  site: Site,
  { id }: DatabaseComponent,
  { secrets, logGroupArn }: { readonly secrets: DatabaseSecrets; readonly logGroupArn: string },
): Statement[] {
  const ofUser = Object.values(secrets.ofUser);
  const all = [secrets.master, secrets.app, ...ofUser];
  return [
    { sid: "Log", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroupArn] },
    ...readSecrets(site, id, all),
    {
      sid: "SealSecret",
      actions: ["kms:GenerateDataKey"],
      resources: [site.keyArn],
      conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${site.region.name}.amazonaws.com` } },
    },
    {
      sid: "Rotate",
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      resources: secretArns(site, [secrets.app]),
    },
    ...(ofUser.length === 0
      ? []
      : [
          {
            sid: "TellTheProxy",
            actions: [
              "secretsmanager:DescribeSecret",
              "secretsmanager:PutSecretValue",
              "secretsmanager:StopReplicationToReplica",
            ],
            resources: secretArns(site, ofUser),
          },
        ]),
  ];
}
