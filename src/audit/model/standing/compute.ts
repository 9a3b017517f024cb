import { derived } from "../derived.ts";
import { countOf, groupSizeOf, tasksOf } from "../count.ts";
import type { Model } from "../model.ts";
import { type Places, placeOf, placesOf, zoneNamed } from "../place.ts";
import type { Resource } from "../resource.ts";
import { type Standing, type StandingOf, alone, oneEach, spread } from "./unit.ts";

const UNTOLD: Places = { places: [], whole: false };

/** The zones that an Auto Scaling group may use. */
function placesOfGroup(group: Resource, model: Model): Places {
  return placesOf(group.at("VPCZoneIdentifier") ?? group.at("AvailabilityZones"), model);
}

/** The Auto Scaling groups whose instances register with each ECS cluster. */
const groupsOfClusters = derived((model) => {
  const groups = new Map<string, Resource[]>();
  const add = (cluster: Resource | undefined, group: Resource | undefined): void => {
    if (cluster?.type !== "AWS::ECS::Cluster" || group?.type !== "AWS::AutoScaling::AutoScalingGroup") return;
    const known = groups.get(cluster.key) ?? [];
    if (!known.includes(group)) groups.set(cluster.key, [...known, group]);
  };
  for (const group of model.of("AWS::AutoScaling::AutoScalingGroup")) {
    for (const { to } of model.mentionsFrom(group)) {
      if (!/::Launch(Configuration|Template)$/.test(to.type)) continue;
      for (const mention of model.mentionsFrom(to)) add(mention.to, group);
    }
  }
  for (const association of model.of("AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::Cluster")) {
    const cluster = association.type === "AWS::ECS::Cluster" ? association : model.target(association.at("Cluster"));
    for (const provider of model.targets(association.at("CapacityProviders"))) {
      add(cluster, model.target(provider.at("AutoScalingGroupProvider.AutoScalingGroupArn")));
    }
  }
  return groups;
});

/** The Auto Scaling groups that an ECS service's tasks run on; none for Fargate, and where that is not told. */
export function groupsOfService(service: Resource, model: Model): readonly Resource[] {
  const cluster = model.target(service.at("Cluster"));
  const isFargate = service.at("LaunchType") === "FARGATE";
  return cluster === undefined || isFargate ? [] : (groupsOfClusters(model).get(cluster.key) ?? []);
}

function service(resource: Resource, model: Model): Standing {
  const subnets = resource.at("NetworkConfiguration.AwsvpcConfiguration.Subnets");
  const [group, ...others] = groupsOfService(resource, model);
  const onGroup = group !== undefined && others.length === 0 ? placesOfGroup(group, model) : UNTOLD;
  const given = subnets === undefined ? onGroup : placesOf(subnets, model);
  return spread(given, tasksOf(resource, model));
}

function instance(resource: Resource, model: Model): Standing {
  const subnet = resource.at("SubnetId") ?? resource.at("NetworkInterfaces.0.SubnetId");
  const zone = zoneNamed(resource.at("AvailabilityZone"));
  return alone(placeOf(subnet, model) ?? (zone === undefined ? undefined : { zone, subnet: undefined }));
}

/** A function in a network runs in the zones of its subnets; any other in the whole region. */
function lambda(resource: Resource, model: Model): Standing | undefined {
  const subnets = resource.at("VpcConfig.SubnetIds");
  return subnets === undefined ? undefined : oneEach(placesOf(subnets, model));
}

/** How what runs programs stands. */
export const COMPUTE: Readonly<Record<string, StandingOf>> = {
  "AWS::AutoScaling::AutoScalingGroup": (group, model) =>
    spread(placesOfGroup(group, model), groupSizeOf(group, model)),
  "AWS::EC2::Instance": instance,
  "AWS::ECS::Service": service,
  "AWS::EKS::Nodegroup": (group, model) =>
    spread(placesOf(group.at("Subnets"), model), countOf(group.at("ScalingConfig.MinSize"), undefined)),
  "AWS::Lambda::Function": lambda,
};

/** The types that run programs. */
export const PROGRAMS: readonly string[] = Object.keys(COMPUTE);
