import { Aws } from "aws-cdk-lib";
import { FIS } from "../../../facts/watch.ts";
import type { ServiceHandle } from "../../handle.ts";
import { arnOf, physicalName } from "../../name.ts";
import type { NetworkZone, Site } from "../../ship.ts";
import { ecsServiceName } from "../../watch/ecs-service.ts";
import { availabilityZone } from "../../zone.ts";
import { SYSTEM_TAG, type Target } from "./action.ts";

/** A zone of a region, with what an experiment needs of it. */
export interface StruckZone {
  readonly letter: string;
  /** As a template names it. */
  readonly name: string;
  readonly subnets: NetworkZone;
}

/** The zones that experiments can strike. */
export function struckZones({ network, region }: Site): readonly StruckZone[] {
  return network.zones.map((subnets) => ({
    letter: subnets.zone.slice(-1),
    name: availabilityZone(region.name, subnets.zone),
    subnets,
  }));
}

/** Tasks of a service, all of them or those in a zone. */
export function tasksOf(service: ServiceHandle, zone?: StruckZone): Target {
  return {
    resourceType: "aws:ecs:task",
    parameters: { cluster: service.clusterName, service: ecsServiceName(service) },
    ...(zone === undefined ? {} : { filters: { AvailabilityZone: [zone.name] } }),
  };
}

/** All tasks of the system in a zone: services give their tags to their tasks. */
export function tasksIn(site: Site, zone: StruckZone): Target {
  return { resourceType: "aws:ecs:task", tags: ofSystem(site), filters: { AvailabilityZone: [zone.name] } };
}

/** Instances of the system that run in a zone. */
export function instancesIn(site: Site, zone: StruckZone): Target {
  return {
    resourceType: "aws:ec2:instance",
    tags: ofSystem(site),
    filters: { "Placement.AvailabilityZone": [zone.name], "State.Name": ["running"] },
  };
}

/** The Auto Scaling groups of a region's services. */
export function groupsOf(site: Site): Target {
  return { resourceType: "aws:ec2:autoscaling-group", tags: ofSystem(site) };
}

/** Databases whose writer is in a zone, or anywhere. */
export function clustersOf(site: Site, zone?: StruckZone): Target {
  return {
    resourceType: "aws:rds:cluster",
    tags: ofSystem(site),
    ...(zone === undefined ? {} : { parameters: { writerAvailabilityZoneIdentifiers: zone.name } }),
  };
}

/** Instances of plain engines whose first node is in a zone, or anywhere. */
export function databasesOf(site: Site, zone?: StruckZone): Target {
  return {
    resourceType: "aws:rds:db",
    tags: ofSystem(site),
    ...(zone === undefined ? {} : { parameters: { availabilityZoneIdentifiers: zone.name } }),
  };
}

/** Caches with a node in a zone. */
export function cachesIn(site: Site, zone: StruckZone): Target {
  return {
    resourceType: "aws:elasticache:replicationgroup",
    tags: ofSystem(site),
    parameters: { availabilityZoneIdentifier: zone.name },
  };
}

/** Disks of the system in a zone. */
export function volumesIn(site: Site, zone: StruckZone): Target {
  return {
    resourceType: "aws:ec2:ebs-volume",
    tags: ofSystem(site),
    parameters: { availabilityZoneIdentifier: zone.name },
  };
}

/** The balancers that a zonal shift can be started for, so many at once as FIS takes by their ARNs. */
export function balancersOf({ handles }: Site): readonly Target[] {
  const arns = handles.all("service").flatMap(({ balancers }) => balancers.map(({ arn }) => arn));
  const most = FIS.targetArns.value;
  return Array.from({ length: Math.ceil(arns.length / most) }, (_, index) => ({
    resourceType: "aws:arc:zonal-shift-managed-resource",
    arns: arns.slice(index * most, (index + 1) * most),
  }));
}

/** Subnets of a zone, by their ids, because those of a network that exists already have no tag of ours. */
export function subnetsIn({ region }: Site, { subnets }: StruckZone, which: "all" | "data"): Target {
  const { publicSubnetId, privateSubnetId, isolatedSubnetId } = subnets;
  const ids = which === "data" ? [isolatedSubnetId] : [publicSubnetId, privateSubnetId, isolatedSubnetId];
  return {
    resourceType: "aws:ec2:subnet",
    arns: [...new Set(ids)].map((id) => arnOf("ec2", region.name, `subnet/${id}`)),
  };
}

function ofSystem({ shipment }: Site): Record<string, string> {
  return { [SYSTEM_TAG]: physicalName(shipment) };
}

/** The document of AWS's own that an action on instances runs. */
export function documentArn(region: string, name: string): string {
  return `arn:${Aws.PARTITION}:ssm:${region}::document/${name}`;
}
