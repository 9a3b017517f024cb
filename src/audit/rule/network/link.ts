import { elementsOf } from "../../evaluate/judge.ts";
import { keyOf, partOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { hasZones, zonesOf } from "../../model/zone.ts";
import { not } from "../../../base/answer.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule, unknown } from "../table.ts";
import { type Place, standsInOneZone } from "../zonal.ts";

const RESOLVER = "AWS::Route53Resolver::ResolverEndpoint";
const VPN = "AWS::EC2::VPNConnection";
const DIRECT = "AWS::DirectConnect::Connection";

function needsTwoZones(place: Place, model: Model): Verdict {
  const zones = zonesOf(place.value, model);
  const wrong = not(hasZones(zones, 2));
  return judged(wrong, standsInOneZone(wrong, zones, place), place);
}

/** The connections to each gateway, by the gateway's name in the model. */
const connectionsByGateway = derived((model) =>
  Map.groupBy(model.of(VPN), (connection) => keyOf(connection.at("VpnGatewayId") ?? connection.at("TransitGatewayId"))),
);

/** Both of a connection's tunnels end in one device of the customer's. */
function endsInOneDevice(connection: Resource, model: Model): Verdict {
  const gateway = connection.at("VpnGatewayId") ?? connection.at("TransitGatewayId");
  const all = connectionsByGateway(model).get(keyOf(gateway)) ?? [];
  if (all[0] !== connection || model.of(DIRECT).length > 0) return undefined;
  const devices = new Set(all.map((each) => keyOf(each.at("CustomerGatewayId"))));
  if (devices.size > 1) return undefined;
  const value = connection.at("CustomerGatewayId");
  const message = `is the only way to where it leads: CustomerGatewayId is ${shown(value)} alone`;
  const isWhole = model.target(gateway) !== undefined;
  return isWhole
    ? fail(message, "CustomerGatewayId")
    : unknown(`${message}; its gateway is of another stack`, "CustomerGatewayId");
}

function isInOneLocation(connection: Resource, model: Model): Verdict {
  const all = model.of(DIRECT);
  if (all[0] !== connection) return undefined;
  const locations = new Set(all.map((each) => keyOf(each.at("Location"))));
  if (locations.size > 1) return undefined;
  const at = "Location";
  const place = shown(connection.at(at));
  if (all.length > 1) return fail(`is one of ${all.length} connections, all in one place: Location is ${place}`, at);
  return unknown(
    `is the only connection in these templates: Location is ${place}; another stack may have a second`,
    at,
  );
}

/** Rules about what joins networks: endpoints of the resolver, transit gateways, VPN and Direct Connect. */
export const LINKS: readonly Rule[] = [
  resourceRule({
    id: "resolver-endpoint-zones",
    title: "a resolver endpoint stands in one zone",
    severity: "high",
    loss: "zone",
    practice: "REL10-BP01",
    type: RESOLVER,
    judge: (endpoint, model) => {
      const { elements, whole } = elementsOf(endpoint.at("IpAddresses"));
      const subnets = elements.flatMap((each) => partOf(each, "SubnetId") ?? []);
      return whole ? needsTwoZones({ at: "IpAddresses", value: subnets }, model) : undefined;
    },
    why: "With its zone no name of the other network is resolved, in any zone.",
    fix: "give `IpAddresses` a `SubnetId` in a second zone",
    source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html",
  }),
  resourceRule({
    id: "transit-gateway-zones",
    title: "a VPC is attached to its transit gateway in one zone",
    severity: "high",
    loss: "zone",
    practice: "REL02-BP02",
    type: ["AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"],
    judge: (attachment, model) => needsTwoZones({ at: "SubnetIds", value: attachment.at("SubnetIds") }, model),
    why: "What runs in other zones cannot reach the gateway; and with this zone, nothing of the VPC can.",
    fix: "set `SubnetIds` to a subnet in each zone that is used",
    source: "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
  }),
  resourceRule({
    id: "vpn-customer-gateway",
    title: "all VPN connections end in one device",
    severity: "medium",
    loss: "instance",
    practice: "REL02-BP02",
    type: VPN,
    judge: endsInOneDevice,
    why: "A connection has two tunnels at AWS's end and one device at the other: without it, the networks are apart.",
    fix: "add a connection to a second `CustomerGatewayId`",
    source: "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-redundant-connection.html",
  }),
  resourceRule({
    id: "direct-connect-location",
    title: "all Direct Connect connections are in one location",
    severity: "medium",
    loss: "instance",
    practice: "REL02-BP02",
    type: DIRECT,
    judge: isInOneLocation,
    why: "With the location, or the cable to it, the networks are apart until it is mended.",
    fix: "add a connection whose `Location` is another",
    source: "https://docs.aws.amazon.com/directconnect/latest/UserGuide/high_resiliency.html",
  }),
];
