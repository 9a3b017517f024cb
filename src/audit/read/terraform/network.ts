import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import { type Family, type Sources, alike, made, same, sameList, translated } from "./translation.ts";

const WAYS: Sources = {
  ...alike("GatewayId", "InstanceId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId"),
  ...alike("VpcEndpointId", "VpcPeeringConnectionId"),
  EgressOnlyInternetGatewayId: same("egress_only_gateway_id"),
};

/** Networks: subnets and their zones, routes, NAT gateways, endpoints, ways to other networks. */
export const NETWORK: Family = {
  translations: {
    aws_vpc: { type: "AWS::EC2::VPC", properties: alike("CidrBlock") },
    aws_default_vpc: { type: "AWS::EC2::VPC", properties: alike("CidrBlock") },
    aws_subnet: {
      type: "AWS::EC2::Subnet",
      properties: alike("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch", "VpcId"),
    },
    aws_default_subnet: { type: "AWS::EC2::Subnet", properties: alike("AvailabilityZone", "CidrBlock", "VpcId") },
    aws_internet_gateway: { type: "AWS::EC2::InternetGateway", properties: {} },
    aws_nat_gateway: {
      type: "AWS::EC2::NatGateway",
      properties: { ...alike("AllocationId", "AvailabilityMode", "ConnectivityType", "SubnetId", "VpcId") },
    },
    aws_route_table: { type: "AWS::EC2::RouteTable", properties: alike("VpcId"), also: routesOf },
    aws_default_route_table: { type: "AWS::EC2::RouteTable", properties: alike("VpcId"), also: routesOf },
    aws_route: {
      type: "AWS::EC2::Route",
      properties: {
        ...WAYS,
        ...alike("DestinationCidrBlock", "DestinationIpv6CidrBlock", "RouteTableId"),
      },
    },
    aws_route_table_association: {
      type: "AWS::EC2::SubnetRouteTableAssociation",
      properties: alike("RouteTableId", "SubnetId"),
    },
    aws_egress_only_internet_gateway: { type: "AWS::EC2::EgressOnlyInternetGateway", properties: alike("VpcId") },
    aws_vpc_peering_connection: {
      type: "AWS::EC2::VPCPeeringConnection",
      properties: { PeerRegion: same("peer_region"), PeerVpcId: same("peer_vpc_id"), VpcId: same("vpc_id") },
    },
    aws_vpc_endpoint: {
      type: "AWS::EC2::VPCEndpoint",
      properties: {
        ServiceName: same("service_name"),
        SubnetIds: sameList("subnet_ids"),
        VpcEndpointType: same("vpc_endpoint_type"),
        VpcId: same("vpc_id"),
      },
    },
    aws_security_group: {
      type: "AWS::EC2::SecurityGroup",
      properties: {
        GroupName: same("name"),
        SecurityGroupIngress: made("ingress", (block) => {
          const rules = block.blocks("ingress").flatMap((rule) => ingressOf(rule, rule.list("cidr_blocks")));
          return rules.length === 0 ? block.openBlocks("ingress") : rules;
        }),
        VpcId: same("vpc_id"),
      },
    },
    aws_ec2_transit_gateway_vpc_attachment: {
      type: "AWS::EC2::TransitGatewayAttachment",
      properties: { ...alike("TransitGatewayId", "VpcId"), SubnetIds: sameList("subnet_ids") },
    },
    aws_vpn_connection: {
      type: "AWS::EC2::VPNConnection",
      properties: alike("CustomerGatewayId", "StaticRoutesOnly", "TransitGatewayId", "Type", "VpnGatewayId"),
    },
    aws_dx_connection: { type: "AWS::DirectConnect::Connection", properties: { Location: same("location") } },
    aws_networkfirewall_firewall: {
      type: "AWS::NetworkFirewall::Firewall",
      properties: {
        VpcId: same("vpc_id"),
        SubnetMappings: made("subnet_mapping", (block) =>
          block.blocks("subnet_mapping").map((each) => ({ SubnetId: each.value("subnet_id") ?? null })),
        ),
      },
    },
    aws_route53_resolver_endpoint: {
      type: "AWS::Route53Resolver::ResolverEndpoint",
      properties: {
        Direction: same("direction"),
        IpAddresses: made("ip_address", (block) =>
          block.blocks("ip_address").map((each) => ({ SubnetId: each.value("subnet_id") ?? null })),
        ),
      },
    },
  },
  attachments: {
    aws_security_group_rule: {
      of: "aws_security_group",
      to: "security_group_id",
      properties: {
        SecurityGroupIngress: made("ingress", (block) =>
          block.value("type") === "ingress" ? ingressOf(block, block.list("cidr_blocks")) : undefined,
        ),
      },
    },
    aws_vpc_security_group_ingress_rule: {
      of: "aws_security_group",
      to: "security_group_id",
      properties: {
        SecurityGroupIngress: made("ingress", (block) => {
          const range = block.value("cidr_ipv4");
          return range === undefined ? undefined : ingressOf(block, [range]);
        }),
      },
    },
  },
};

/** One rule for each range of addresses. */
function ingressOf(rule: Block, ranges: Json | undefined): readonly Json[] {
  const ports = translated(rule, alike("FromPort", "ToPort"));
  return (Array.isArray(ranges) ? (ranges as readonly Json[]) : []).map((CidrIp) => ({ CidrIp, ...ports }));
}

/** The routes that stand in their table's own block. */
function routesOf(table: Block, own: Json) {
  return table.blocks("route").map((route) => ({
    type: "AWS::EC2::Route",
    properties: {
      RouteTableId: own,
      ...translated(route, {
        ...WAYS,
        DestinationCidrBlock: same("cidr_block"),
        DestinationIpv6CidrBlock: same("ipv6_cidr_block"),
      }),
    },
  }));
}
