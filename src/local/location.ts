import { type Topology, componentsOf } from "../topology/topology.ts";
import type { Status } from "../world/world.ts";
import { type Address, PORT } from "./address.ts";
import type { RegionPlan } from "./plan.ts";
import type { AcceleratorConfig, Location } from "./process/messages-global.ts";

/** Numbers outside of all regions: the edge's and the DNS's near the first region are those that are told to people. */
const FIRST_EDGE = 1;
const FIRST_OTHER_EDGE = 40;
const FIRST_DNS = 53;
const FIRST_STATIC = 100;
/** Static addresses of an accelerator, and how many numbers each takes with eight regions. */
const STATIC_ADDRESSES = 2;
const NUMBERS_AN_ACCELERATOR = 16;

/** What customers near a region meet first. */
export function locationNear({ region, addresses }: RegionPlan, topology: Topology): Location {
  const edge = region.index === 0 ? FIRST_EDGE : FIRST_OTHER_EDGE + region.index;
  return {
    region: region.name,
    dns: { host: addresses.global(FIRST_DNS + region.index), port: PORT.dns },
    edge: componentsOf(topology, "edge").length > 0 ? { host: addresses.global(edge), port: PORT.http } : null,
  };
}

/** The accelerators of a system, with their addresses near each region; there are numbers for nine. */
export function acceleratorsNear(plans: readonly RegionPlan[], topology: Topology): AcceleratorConfig[] {
  return componentsOf(topology, "accelerator").map(({ id, settings }, at) => ({
    id,
    service: settings.to,
    entries: plans.map((plan) => ({ region: plan.region.name, addresses: staticAddresses(plan, at) })),
  }));
}

function staticAddresses({ region, addresses }: RegionPlan, accelerator: number): Address[] {
  const first = FIRST_STATIC + NUMBERS_AN_ACCELERATOR * accelerator + STATIC_ADDRESSES * region.index;
  return Array.from({ length: STATIC_ADDRESSES }, (_, at) => ({ host: addresses.global(first + at), port: PORT.http }));
}

/** The same for who wants to come in. */
export function entryNear(plan: RegionPlan, topology: Topology): NonNullable<Status["regions"][number]["entry"]> {
  const text = ({ host, port }: Address): string => `${host}:${port}`;
  const accelerators = acceleratorsNear([plan], topology).map(
    ({ id, entries }) => [id, entries.flatMap(({ addresses }) => addresses.map(text))] as const,
  );
  return { dns: text(locationNear(plan, topology).dns), accelerators: Object.fromEntries(accelerators) };
}
