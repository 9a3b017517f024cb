import { Aws } from "aws-cdk-lib";
import { CfnSecurityGroup, CfnVPCEndpoint } from "aws-cdk-lib/aws-ec2";
import { componentsOf } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { BareSite } from "../ship.ts";
import { neededEndpoints } from "./needed-endpoints.ts";
import type { ZoneSubnets } from "./subnet.ts";

/**
 * Endpoints whose documentation says that they take a policy; the others refuse one.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
const TAKES_POLICY = new Set([
  "ecr.api",
  "ecr.dkr",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "sts",
]);

interface Surroundings {
  readonly vpcId: string;
  readonly cidr: string;
  readonly zones: readonly ZoneSubnets[];
}

/**
 * Ways to AWS's services that need no NAT gateway: S3 and DynamoDB through the route tables, the others by an address
 * in every zone, so that the loss of a zone closes none. Each lets through only what this account's own identities ask.
 */
export function shipEndpoints(site: BareSite, { vpcId, cidr, zones }: Surroundings): void {
  const { shipment, stacks } = site;
  const stack = stacks.network;
  const tables = zones.flatMap(({ privateTable, isolatedTable }) => [privateTable, isolatedTable]);
  const named = (service: string) => [{ key: "Name", value: physicalName(shipment, service) }];
  const gateways = { s3: [ownAccount(), ...buckets(site)], dynamodb: [ownAccount()] };
  for (const [service, statements] of Object.entries(gateways)) {
    new CfnVPCEndpoint(stack, logicalId(service, "endpoint"), {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: serviceName(service),
      routeTableIds: tables.map((table) => table.attrRouteTableId),
      policyDocument: { Version: "2012-10-17", Statement: statements },
      tags: named(service),
    });
  }
  const needed = neededEndpoints(shipment.topology);
  if (needed.length === 0) return;
  const door = new CfnSecurityGroup(stack, logicalId("endpoint-security-group"), {
    vpcId,
    groupDescription: "TLS from the network to the interface endpoints",
    securityGroupIngress: [
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: cidr, description: "TLS from the network" },
    ],
    // An endpoint opens no connections; without a rule of its own AWS would let it reach everything.
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: cidr, description: "nothing beyond the network" },
    ],
    tags: named("endpoints"),
  });
  for (const service of needed) {
    new CfnVPCEndpoint(stack, logicalId(service, "endpoint"), {
      vpcId,
      vpcEndpointType: "Interface",
      serviceName: serviceName(service),
      privateDnsEnabled: true,
      subnetIds: zones.map(({ subnets }) => subnets.privateSubnetId),
      securityGroupIds: [door.attrGroupId],
      ...(TAKES_POLICY.has(service) ? { policyDocument: { Version: "2012-10-17", Statement: [ownAccount()] } } : {}),
      tags: named(service),
    });
  }
}

function serviceName(service: string): string {
  return `com.amazonaws.${Aws.REGION}.${service}`;
}

/** A boundary, no grant: what an identity may do is said by its own policies. */
function ownAccount(): object {
  return {
    Sid: "OwnAccount",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": Aws.ACCOUNT_ID } },
  };
}

/**
 * AWS's own buckets that are read without an identity of this account: the layers of images in ECR, and the packages of
 * Amazon Linux where there are nodes.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 * https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html
 */
function buckets({ shipment }: BareSite): object[] {
  const nodes = componentsOf(shipment.topology, "service").some(({ settings }) => settings.platform !== "fargate");
  const read = (bucket: string): string => `arn:${Aws.PARTITION}:s3:::${bucket}/*`;
  const names = [`prod-${Aws.REGION}-starport-layer-bucket`, ...(nodes ? [`al2023-repos-${Aws.REGION}-de612dc2`] : [])];
  return [{ Sid: "BucketsOfAws", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: names.map(read) }];
}
