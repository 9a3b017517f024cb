import type { Definition } from "../definition/validate.ts";
import { ZONES_OF_STAGE } from "../definition/stage.ts";
import { assumptionsOf } from "./assumption.ts";
import { compileComponents } from "./components.ts";
import { instancesOf } from "./placement.ts";
import { compileJourneys, linksOf } from "./reach.ts";
import { type ShippingSettings, shippingSettings } from "./shipping.ts";
import type { Region, Topology } from "./topology.ts";

export interface CompileOptions {
  /** `primary`: as if the second region were not there. */
  readonly regions: "primary" | "all";
  /** Folder of the definition, absolute; the folders and modules that it names are relative to it. */
  readonly directory: string;
  /** Another stage than the definition's; the cheap one takes two zones of those that it names. */
  readonly stage?: ShippingSettings["stage"];
}

/**
 * Where everything of a definition is: a deeply frozen graph that survives JSON. The same definition gives the same
 * graph.
 */
export function compileTopology(definition: Definition, options: CompileOptions): Topology {
  const stage = options.stage ?? definition.stage;
  const regions = definition.regions
    .filter(({ role }) => options.regions === "all" || role === "primary")
    .map((region, index) => compileRegion(stage === definition.stage ? region : atMost(region, stage), index));
  const components = compileComponents(definition, options.directory);
  const { recovery } = definition;
  const placed = { regions, recovery, components };
  const instances = components.flatMap((component) => instancesOf(component, placed));
  const links = linksOf(components, regions.length);
  return freeze({
    system: definition.name,
    recovery,
    failover: compileFailover(definition),
    regions,
    components,
    instances,
    links,
    journeys: compileJourneys(definition, { components, directory: options.directory }),
    objectives: compileObjectives(definition),
    shipping: shippingSettings(definition, stage),
    assumptions: assumptionsOf(definition),
  });
}

function atMost(region: Definition["regions"][number], stage: ShippingSettings["stage"]): typeof region {
  return { ...region, zones: region.zones.slice(0, ZONES_OF_STAGE[stage]) };
}

function compileRegion(region: Definition["regions"][number], index: number): Region {
  const zones = region.zones.map((name, index) => ({ name, index }));
  return { name: region.name, index, role: region.role, zones };
}

function compileObjectives({ objectives }: Definition): Topology["objectives"] {
  const scope = ({ rto, rpo }: { rto: number | null; rpo: number | null }) => ({ rtoMs: rto, rpoMs: rpo });
  const { availability, peak, instance, zone, region } = objectives;
  return { availability, peak, instance: scope(instance), zone: scope(zone), region: scope(region) };
}

function compileFailover({ failover: { mode, onLag } }: Definition): Topology["failover"] {
  if (onLag === null) return { mode, onLag };
  return { mode, onLag: { mostMs: onLag.most, waitMs: onLag.wait, afterwards: onLag.afterwards } };
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}
