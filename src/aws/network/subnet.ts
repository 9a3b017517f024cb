import type { CfnTag } from "aws-cdk-lib";
import { CfnRouteTable, CfnSubnet, CfnSubnetRouteTableAssociation } from "aws-cdk-lib/aws-ec2";
import { componentsOf } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { BareSite, NetworkZone } from "../ship.ts";
import { availabilityZone, zoneLetter } from "../zone.ts";
import { zoneRanges } from "./plan.ts";

/** A zone's subnets with their route tables. */
export interface ZoneSubnets {
  readonly zone: string;
  readonly subnets: NetworkZone;
  readonly publicTable: CfnRouteTable;
  readonly privateTable: CfnRouteTable;
  readonly isolatedTable: CfnRouteTable;
}

interface Place {
  readonly site: BareSite;
  readonly vpcId: string;
  readonly zone: string;
}

/** A public, a private and an isolated subnet of a zone, each with a route table of its own: no zone shares one. */
export function shipSubnets(site: BareSite, vpcId: string, of: { zone: string; cidr: string }): ZoneSubnets {
  const { zone } = of;
  const place = { site, vpcId, zone };
  const { publicCidr, privateCidr, isolatedCidr } = zoneRanges(of.cidr, zoneLetter(zone));
  const outer = shipSubnet(place, "public", publicCidr);
  const inner = shipSubnet(place, "private", privateCidr);
  const closed = shipSubnet(place, "isolated", isolatedCidr);
  return {
    zone,
    subnets: {
      zone,
      publicSubnetId: outer.subnetId,
      privateSubnetId: inner.subnetId,
      isolatedSubnetId: closed.subnetId,
    },
    publicTable: outer.table,
    privateTable: inner.table,
    isolatedTable: closed.table,
  };
}

function shipSubnet(
  { site, vpcId, zone }: Place,
  tier: "public" | "private" | "isolated",
  cidrBlock: string,
): { subnetId: string; table: CfnRouteTable } {
  const { shipment, stacks, region } = site;
  const letter = zoneLetter(zone);
  const tags = [{ key: "Name", value: physicalName(shipment, tier, zone) }];
  const subnet = new CfnSubnet(stacks.network, logicalId(`${tier}-subnet`, letter), {
    vpcId,
    cidrBlock,
    availabilityZone: availabilityZone(region.name, zone),
    // Balancers and NAT gateways bring addresses of their own; nothing else in a public subnet is to have one.
    mapPublicIpOnLaunch: false,
    tags: [...tags, ...kubernetesTags(site, tier)],
  });
  const table = new CfnRouteTable(stacks.network, logicalId(`${tier}-route-table`, letter), { vpcId, tags });
  new CfnSubnetRouteTableAssociation(stacks.network, logicalId(`${tier}-routes-of-subnet`, letter), {
    subnetId: subnet.attrSubnetId,
    routeTableId: table.attrRouteTableId,
  });
  return { subnetId: subnet.attrSubnetId, table };
}

/**
 * How Kubernetes' load balancer controller finds its subnets.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
function kubernetesTags({ shipment }: BareSite, tier: string): CfnTag[] {
  const services = componentsOf(shipment.topology, "service");
  if (tier === "isolated" || !services.some(({ settings }) => settings.platform === "eks")) return [];
  return [{ key: tier === "public" ? "kubernetes.io/role/elb" : "kubernetes.io/role/internal-elb", value: "1" }];
}
