import type { Model } from "../model.ts";
import { placeOf, placesOf, zoneNamed } from "../place.ts";
import type { Resource } from "../resource.ts";
import { type Standing, type StandingOf, alone, oneEach } from "./unit.ts";

/** A NAT gateway stands in the zone of its subnet; a regional one in every zone that it is needed in. */
function natGateway(gateway: Resource, model: Model): Standing | undefined {
  return gateway.at("AvailabilityMode") === "regional" ? undefined : alone(placeOf(gateway.at("SubnetId"), model));
}

/** A balancer has a node in each zone that it is given. */
function balancer(resource: Resource, model: Model): Standing {
  const mapped = resource.at("SubnetMappings");
  const subnets = Array.isArray(mapped)
    ? mapped.map((_, at) => resource.at(`SubnetMappings.${at}.SubnetId`)).filter((each) => each !== undefined)
    : mapped;
  return oneEach(placesOf(resource.at("Subnets") ?? subnets ?? resource.at("AvailabilityZones"), model));
}

/** How what carries requests stands. */
export const NETWORK: Readonly<Record<string, StandingOf>> = {
  "AWS::EC2::NatGateway": natGateway,
  "AWS::ElasticLoadBalancing::LoadBalancer": balancer,
  "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
  "AWS::EFS::MountTarget": (target, model) => alone(placeOf(target.at("SubnetId"), model)),
  "AWS::EC2::Volume": (volume) => {
    const zone = zoneNamed(volume.at("AvailabilityZone"));
    return alone(zone === undefined ? undefined : { zone, subnet: undefined });
  },
};
