import { CfnCapacityReservation } from "aws-cdk-lib/aws-ec2";
import type { ServiceComponent } from "../../topology/topology.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";
import { availabilityZone, shippedZones, zoneLetter } from "../zone.ts";
import { wholeCapacityOf } from "./capacity.ts";
import { instancesForTasks } from "./auto-scaling-group.ts";

/**
 * Instances that are kept, and paid for, in the second region, where the definition asks for it: a plan that switches
 * regions guarantees no capacity, and everybody wants it at the same time. As many as serve all customers, spread over
 * the zones; any instance of the type takes one, so a group that grows finds them. There is nothing to reserve of
 * Fargate.
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html
 */
export function shipReservations(site: Site, component: ServiceComponent): void {
  const { shipment, region, stacks } = site;
  const { id, settings } = component;
  if (!shipment.topology.shipping.reserveCapacity || region.role === "primary") return;
  const zones = shippedZones(shipment, region);
  const { min } = instancesForTasks(site, component, wholeCapacityOf(site, component));
  for (const { name } of zones) {
    new CfnCapacityReservation(stacks.compute, logicalId(id, "reservation", zoneLetter(name)), {
      availabilityZone: availabilityZone(region.name, name),
      instanceType: settings.size.instance,
      instancePlatform: "Linux/UNIX",
      instanceCount: Math.ceil(min / zones.length),
      instanceMatchCriteria: "open",
      endDateType: "unlimited",
      tenancy: "default",
      ebsOptimized: true,
      tagSpecifications: [{ resourceType: "capacity-reservation", tags: tagged(shipment, component) }],
    });
  }
}
