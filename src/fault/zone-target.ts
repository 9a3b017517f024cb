import { type Topology, componentsOf } from "../topology/topology.ts";

/** Zones of the primary region, and before them the zone of the first primary: it has most to lose. */
export function zoneTargets(topology: Topology): readonly string[] {
  const role = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")]
    .slice(0, 1)
    .map(({ id }) => `zone of the primary of ${id}`);
  return [...role, ...zonesOf(topology)];
}

/** The other zones of the primary region. */
export function otherZones(topology: Topology, zone: string): readonly string[] {
  return zonesOf(topology).filter((name) => name !== zone);
}

function zonesOf({ regions }: Topology): readonly string[] {
  return (regions.find(({ role }) => role === "primary")?.zones ?? []).map(({ name }) => name);
}
