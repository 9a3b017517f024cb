import type { ServiceComponent } from "../../topology/topology.ts";
import { shipReservations } from "../compute/capacity-reservation.ts";
import { shipEcsService } from "../compute/ecs-service.ts";
import { exposureOf } from "../compute/exposure.ts";
import { shipKubernetesService } from "../compute/kubernetes.ts";
import type { ServiceHandle } from "../handle.ts";
import type { Site } from "../ship.ts";

/** A service in a region's compute stack, on what its definition says: ECS on Fargate, on instances, or Kubernetes. */
export function shipService(site: Site, component: ServiceComponent): ServiceHandle {
  const exposure = exposureOf(site.shipment.topology, component);
  if (component.settings.platform !== "fargate") shipReservations(site, component);
  return component.settings.platform === "eks"
    ? shipKubernetesService(site, component, exposure)
    : shipEcsService(site, component, exposure);
}
