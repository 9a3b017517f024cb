import type { Component, Topology } from "../../topology/topology.ts";

/** What of a component stands in the region that serves, and how much of it customers need. */
export interface Standing {
  readonly component: Component;
  /** Instances in each zone of the region, in their order. */
  readonly perZone: readonly number[];
  readonly count: number;
  readonly needed: number;
  /** Only one of its instances matters to customers at a time, and another takes over when it is lost. */
  readonly hasPrimary: boolean;
}

/** All that journeys need, or everything that is called where there is no journey. */
export function neededComponents({ components, journeys }: Topology): readonly Component[] {
  const needs = new Set(journeys.flatMap((journey) => journey.needs));
  return components.filter(({ id, layer }) => (journeys.length === 0 ? layer !== "messaging" : needs.has(id)));
}

/** The zonal ones of `components` in the primary region. */
export function standingOf(topology: Topology, components: readonly Component[]): readonly Standing[] {
  const [region] = topology.regions;
  const zones = region?.zones ?? [];
  return components
    .filter(({ scope }) => scope === "zone")
    .map((component) => {
      const own = topology.instances.filter((each) => each.component === component.id && each.region === region?.name);
      const perZone = zones.map(({ name }) => own.filter(({ zone }) => zone === name).length);
      const hasPrimary = component.kind === "database" || component.kind === "cache";
      return { component, perZone, count: own.length, needed: neededOf(component), hasPrimary };
    });
}

/** At AWS a database writes with one member: the storage of Aurora has its own quorum, and Multi-AZ goes on alone. */
function neededOf(component: Component): number {
  return component.kind === "cache" ? 1 + component.settings.minReplicasToWrite : 1;
}
