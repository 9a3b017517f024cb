import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnVPCGatewayAttachment,
} from "aws-cdk-lib/aws-ec2";
import { logicalId, physicalName } from "../name.ts";
import { type BareSite, isDev } from "../ship.ts";
import { zoneLetter } from "../zone.ts";
import type { ZoneSubnets } from "./subnet.ts";

const ANYWHERE = "0.0.0.0/0";

/**
 * The ways from a network to the internet. Public subnets have the internet gateway; private ones the NAT gateway of
 * their own zone, so that no zone depends on another; or the regional one, which AWS keeps in every zone that has
 * something running (up to an hour after the first of it does); or none. The cheap profile has one gateway for all
 * zones. Isolated subnets have no way out.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
export function shipWaysOut(site: BareSite, vpcId: string, zones: readonly ZoneSubnets[]): void {
  const { shipment, stacks } = site;
  const gateway = new CfnInternetGateway(stacks.network, logicalId("internet-gateway"), {
    tags: [{ key: "Name", value: physicalName(shipment, "internet-gateway") }],
  });
  const attachment = new CfnVPCGatewayAttachment(stacks.network, logicalId("internet-gateway-attachment"), {
    vpcId,
    internetGatewayId: gateway.attrInternetGatewayId,
  });
  for (const { zone, publicTable } of zones) {
    const route = defaultRoute(site, `public-route-${zoneLetter(zone)}`, publicTable);
    route.gatewayId = gateway.attrInternetGatewayId;
    route.addResourceDependency(attachment);
  }
  const { nat } = shipment.topology.shipping.network;
  if (nat === "none") return;
  if (nat === "regional") {
    const regional = regionalNat(site, vpcId, attachment);
    for (const zone of zones) leadOut(site, zone, regional);
    return;
  }
  const withNat = isDev(shipment) ? zones.slice(0, 1) : zones;
  const nats = withNat.map((zone) => zonalNat(site, zone, attachment));
  zones.forEach((zone, index) => leadOut(site, zone, nats[index % nats.length]!)); // there is one at least
}

function leadOut(site: BareSite, { zone, privateTable }: ZoneSubnets, nat: CfnNatGateway): void {
  defaultRoute(site, `private-route-${zoneLetter(zone)}`, privateTable).natGatewayId = nat.attrNatGatewayId;
}

function defaultRoute({ stacks }: BareSite, id: string, table: CfnRouteTable): CfnRoute {
  return new CfnRoute(stacks.network, logicalId(id), {
    routeTableId: table.attrRouteTableId,
    destinationCidrBlock: ANYWHERE,
  });
}

function zonalNat(site: BareSite, { zone, subnets }: ZoneSubnets, attachment: CfnVPCGatewayAttachment): CfnNatGateway {
  const { shipment, stacks } = site;
  const tags = [{ key: "Name", value: physicalName(shipment, "nat", zone) }];
  const address = new CfnEIP(stacks.network, logicalId("nat-address", zoneLetter(zone)), { domain: "vpc", tags });
  address.addResourceDependency(attachment);
  const nat = new CfnNatGateway(stacks.network, logicalId("nat", zoneLetter(zone)), {
    subnetId: subnets.publicSubnetId,
    allocationId: address.attrAllocationId,
    tags,
  });
  nat.addResourceDependency(attachment);
  return nat;
}

/** It names no addresses and no zones, so AWS adds both as programs come to run in a zone. */
function regionalNat(site: BareSite, vpcId: string, attachment: CfnVPCGatewayAttachment): CfnNatGateway {
  const { shipment, stacks } = site;
  const nat = new CfnNatGateway(stacks.network, logicalId("regional-nat"), {
    vpcId,
    availabilityMode: "regional",
    connectivityType: "public",
    tags: [{ key: "Name", value: physicalName(shipment, "nat") }],
  });
  nat.addResourceDependency(attachment);
  return nat;
}
