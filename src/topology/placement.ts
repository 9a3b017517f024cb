import type { Component, Instance, RecoveryStrategy, Region } from "./topology.ts";

interface Placement {
  readonly regions: readonly Region[];
  readonly recovery: RecoveryStrategy;
}

/**
 * The instances of a component that always run: tasks spread over the zones of a region, one member a zone of a
 * database or cache, one a region of a regional service, one in all of a global one. In the second region only what the
 * strategy keeps running there.
 */
export function instancesOf(component: Component, { regions, recovery }: Placement): readonly Instance[] {
  if (component.scope === "global") return [{ id: component.id, component: component.id, region: null, zone: null }];
  return regions.flatMap((region) => {
    const count = countIn(component, region, recovery);
    if (component.scope === "region") {
      const id = `${component.id}-${region.name}`;
      return count === 0 ? [] : [{ id, component: component.id, region: region.name, zone: null }];
    }
    return Array.from({ length: count }, (_, index) => zonal(component.id, region, index));
  });
}

function zonal(component: string, region: Region, index: number): Instance {
  const zone = region.zones[index % region.zones.length]!.name; // the remainder is an index, and a region has a zone
  const round = Math.floor(index / region.zones.length) + 1;
  return {
    id: round === 1 ? `${component}-${zone}` : `${component}-${zone}-${round}`,
    component,
    region: region.name,
    zone,
  };
}

/** How many of a component run in a region. A warm standby runs half of the tasks, at least one. */
function countIn(component: Component, region: Region, recovery: RecoveryStrategy): number {
  const data = component.kind === "database" || component.kind === "cache";
  const full = component.kind === "service" ? component.settings.scale.min : data ? region.zones.length : 1;
  if (region.role === "primary" || recovery === "active-active") return full;
  if (recovery === "backup-restore") return 0;
  if (component.kind !== "service") return component.kind === "cache" && recovery === "pilot-light" ? 0 : full;
  return recovery === "pilot-light" ? 0 : Math.ceil(full / 2);
}
