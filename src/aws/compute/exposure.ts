import { type ServiceComponent, type Topology, componentsOf } from "../../topology/topology.ts";
import { edgeOf, routedServices } from "../edge/origin.ts";

/** Who comes to a service: customers, by way of the edge or directly, and programs of the network. */
export interface Exposure {
  /**
   * `edge`: only what the edge lets through; `direct`: anybody; null: nobody from outside. It takes a balancer that
   * faces the internet.
   */
  readonly customers: "edge" | "direct" | null;
  /** Other services, functions, and HTTP APIs: a balancer inside of the network. */
  readonly programs: boolean;
}

/** Who comes to a service, as the definition has it. A worker has nobody. */
export function exposureOf(topology: Topology, { id, settings }: ServiceComponent): Exposure {
  if (settings.protocol === null) return { customers: null, programs: false };
  const programs = isUsed(topology, id);
  // What comes by the accelerator goes around the edge, and cannot carry its secret.
  const accelerated = componentsOf(topology, "accelerator").some((each) => each.settings.to === id);
  if (routedServices(topology).includes(id)) return { customers: accelerated ? "direct" : "edge", programs };
  // What nobody in the system uses is for customers, or it would not be there; beside an edge they come by the edge.
  const unused = !programs && (edgeOf(topology) === null || settings.protocol === "tcp");
  return { customers: accelerated || unused ? "direct" : null, programs: programs || !(accelerated || unused) };
}

function isUsed(topology: Topology, id: string): boolean {
  const users = [...componentsOf(topology, "service"), ...componentsOf(topology, "function")];
  const apis = componentsOf(topology, "http-api").flatMap(({ settings }) => settings.routes);
  return users.some(({ settings }) => settings.uses.includes(id)) || apis.some(({ to }) => to === id);
}
