import { CfnOutput } from "aws-cdk-lib";
import { CfnVPC } from "aws-cdk-lib/aws-ec2";
import { assert } from "../base/error.ts";
import type { ExistingNetwork } from "../topology/shipping.ts";
import { physicalName } from "./name.ts";
import { shipEncryption } from "./network/encryption.ts";
import { shipEndpoints } from "./network/endpoint.ts";
import { shipFlowLogs } from "./network/flow-log.ts";
import { shipSubnets } from "./network/subnet.ts";
import { shipWaysOut } from "./network/way-out.ts";
import type { BareSite, Network } from "./ship.ts";
import { shippedZones } from "./zone.ts";

/**
 * The network of a region, in its network stack: its own, or one that exists. In a region that is not deployed there is
 * none: it has no zones.
 *
 * AWS makes a security group called `default` in every network, and CloudFormation cannot take its rules away. Nothing
 * is in it; the output `DefaultSecurityGroupId` says which one a person is to close, and `deploy` ends with that.
 */
export function shipNetwork(site: BareSite, keyArn: string): Network {
  const { shipment, region, stacks, presence } = site;
  const { existing, cidrs } = shipment.topology.shipping.network;
  const given = existing[region.name];
  if (given) return givenNetwork(site, given);
  const cidr = cidrs[region.index];
  assert(cidr !== undefined, `there is a range of addresses for ${region.name}`);
  if (!presence.deployed) return { vpcId: "", cidr, zones: [] };
  const vpc = new CfnVPC(stacks.network, "Vpc", {
    cidrBlock: cidr,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: [{ key: "Name", value: physicalName(shipment, "network") }],
  });
  const vpcId = vpc.attrVpcId;
  const zones = shippedZones(shipment, region).map(({ name }) => shipSubnets(site, vpcId, { zone: name, cidr }));
  shipWaysOut(site, vpcId, zones);
  shipEndpoints(site, { vpcId, cidr, zones });
  shipEncryption(site, vpcId);
  shipFlowLogs(site, vpcId, keyArn);
  new CfnOutput(stacks.network, "DefaultSecurityGroupId", { value: vpc.attrDefaultSecurityGroup });
  return { vpcId, cidr, zones: zones.map(({ subnets }) => subnets) };
}

/** Nothing is made in a network that exists: its subnets are taken as they are, one a zone in the zones' order. */
function givenNetwork({ shipment, region }: BareSite, given: ExistingNetwork): Network {
  const { vpcId, cidr, publicSubnets, privateSubnets, isolatedSubnets } = given;
  const closed = isolatedSubnets.length > 0 ? isolatedSubnets : privateSubnets;
  const zones = shippedZones(shipment, region).map(({ name }, index) => {
    const [publicSubnetId, privateSubnetId] = [publicSubnets[index], privateSubnets[index]];
    const isolatedSubnetId = closed[index];
    assert(publicSubnetId && privateSubnetId && isolatedSubnetId, `the existing network has subnets for ${name}`);
    return { zone: name, publicSubnetId, privateSubnetId, isolatedSubnetId };
  });
  return { vpcId, cidr, zones };
}
