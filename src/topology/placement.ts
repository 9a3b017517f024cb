import type { Component, Instance, RecoveryStrategy, Region, VolumeComponent } from "./topology.ts";

interface Placement {
  readonly regions: readonly Region[];
  readonly recovery: RecoveryStrategy;
  readonly components: readonly Component[];
}

/**
 * The instances of a component that always run: tasks spread over the zones of a region, one member a zone of a
 * database or cache, a volume a task of those that use it, one a region of a regional service, one in all of a global
 * one. In the second region only what the strategy keeps running there.
 */
export function instancesOf(component: Component, placement: Placement): readonly Instance[] {
  if (component.scope === "global") return [{ id: component.id, component: component.id, region: null, zone: null }];
  return placement.regions.flatMap((region) => {
    const count = countIn(component, region, placement);
    if (component.scope === "region") {
      const id = `${component.id}-${region.name}`;
      return count === 0 ? [] : [{ id, component: component.id, region: region.name, zone: null }];
    }
    return Array.from({ length: count }, (_, index) => zonal(component.id, region, index));
  });
}

/** The instances that a zonal component has in a region that serves whole, whatever the strategy keeps there. */
export function everyInstance(component: Component, region: Region): readonly Instance[] {
  return Array.from({ length: fullCount(component, region) }, (_, index) => zonal(component.id, region, index));
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
function countIn(component: Component, region: Region, { recovery, components }: Omit<Placement, "regions">): number {
  if (component.kind === "volume") return volumesIn(component, region, { recovery, components });
  const full = fullCount(component, region);
  if (region.role === "primary" || recovery === "active-active") return full;
  if (recovery === "backup-restore") return 0;
  if (component.kind !== "service") return component.kind === "cache" && recovery === "pilot-light" ? 0 : full;
  return recovery === "pilot-light" ? 0 : Math.ceil(full / 2);
}

function fullCount(component: Component, region: Region): number {
  if (component.kind === "service") return component.settings.scale.min;
  return component.kind === "database" || component.kind === "cache" ? region.zones.length : 1;
}

/** As many as there are tasks on instances of their own that use it. */
function volumesIn(volume: VolumeComponent, region: Region, placement: Omit<Placement, "regions">): number {
  const users = placement.components.filter(
    ({ kind, settings }) => kind === "service" && settings.uses.includes(volume.id),
  );
  return users.reduce((sum, user) => sum + countIn(user, region, placement), 0);
}
