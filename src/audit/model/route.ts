import type { Value } from "../evaluate/value.ts";
import { derived } from "./derived.ts";
import type { Model } from "./model.ts";
import { zoneNameOf } from "./place.ts";
import type { Resource } from "./resource.ts";

/** By what the internet is reached from a subnet. */
export interface WayOut {
  readonly route: Resource;
  /** A NAT gateway, an instance, a firewall's endpoint …; undefined where it is not among the files. */
  readonly by: Resource | undefined;
  /** The zone that it stands in; undefined where it stands in several, or where that is not told. */
  readonly zone: string | undefined;
}

const SUBNET = "AWS::EC2::Subnet";

/** Properties of a route that say where it leads. */
const LEADS_TO = [
  "NatGatewayId",
  "GatewayId",
  "InstanceId",
  "NetworkInterfaceId",
  "VpcEndpointId",
  "TransitGatewayId",
  "EgressOnlyInternetGatewayId",
];

/** The default routes of each route table, and the table of each subnet. */
const routing = derived((model) => {
  const defaults = new Map<string, Resource[]>();
  for (const route of model.of("AWS::EC2::Route")) {
    const table = model.target(route.at("RouteTableId"));
    if (table === undefined || !isEverywhere(route.at("DestinationCidrBlock"))) continue;
    defaults.set(table.key, [...(defaults.get(table.key) ?? []), route]);
  }
  const tables = new Map<string, Resource>();
  for (const association of model.of("AWS::EC2::SubnetRouteTableAssociation")) {
    const subnet = model.target(association.at("SubnetId"));
    const table = model.target(association.at("RouteTableId"));
    if (subnet !== undefined && table !== undefined) tables.set(subnet.key, table);
  }
  return { defaults, tables };
});

function isEverywhere(block: Value | undefined): boolean {
  return block === "0.0.0.0/0";
}

/**
 * The way out of a subnet by its default route; undefined where it has none, or none that the files tell of. Where
 * conditions decide among several, it is the first of them.
 */
export function wayOutOf(subnet: Resource, model: Model): WayOut | undefined {
  const { defaults, tables } = routing(model);
  const table = tables.get(subnet.key);
  const [route] = (table && defaults.get(table.key)) ?? [];
  return route && wayOf(route, model);
}

function wayOf(route: Resource, model: Model): WayOut | undefined {
  const named = LEADS_TO.map((property) => route.at(property)).filter((value) => value !== undefined);
  const [value, ...others] = named;
  if (value === undefined || others.length > 0) return undefined;
  const by = behind(model.target(value), model);
  return { route, by, zone: by && zoneOfGateway(by, model) };
}

/** The instance that a network interface belongs to; anything else is itself. */
function behind(target: Resource | undefined, model: Model): Resource | undefined {
  if (target?.type !== "AWS::EC2::NetworkInterface") return target;
  const named = model.mentionsOf(target, "AWS::EC2::Instance", "AWS::EC2::NetworkInterfaceAttachment");
  const [owner] = named.map(({ from }) =>
    from.type === "AWS::EC2::Instance" ? from : model.target(from.at("InstanceId")),
  );
  return owner ?? target;
}

/** The one zone of what a route leads to. */
function zoneOfGateway(gateway: Resource, model: Model): string | undefined {
  const { type } = gateway;
  if (type === "AWS::EC2::NatGateway" && gateway.at("AvailabilityMode") === "regional") return undefined;
  if (type === "AWS::EC2::NatGateway" || type === "AWS::EC2::Instance" || type === "AWS::EC2::NetworkInterface") {
    const subnet = model.target(gateway.at("SubnetId") ?? gateway.at("NetworkInterfaces.0.SubnetId"));
    return subnet?.type === SUBNET ? zoneNameOf(subnet, model) : undefined;
  }
  if (type !== "AWS::EC2::VPCEndpoint" || gateway.at("SubnetIds.1") !== undefined) return undefined;
  const subnet = model.target(gateway.at("SubnetIds.0"));
  return subnet?.type === SUBNET ? zoneNameOf(subnet, model) : undefined;
}

/** Whether a subnet leads straight out to the internet. */
export function isPublic(subnet: Resource, model: Model): boolean {
  return wayOutOf(subnet, model)?.by?.type === "AWS::EC2::InternetGateway";
}
