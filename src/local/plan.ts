import { assert } from "../base/error.ts";
import { everyInstance } from "../topology/placement.ts";
import type { CacheComponent, DatabaseComponent, Instance, Region, Topology, Zone } from "../topology/topology.ts";
import { componentsOf } from "../topology/topology.ts";
import { type LinkPurpose, OUTSIDE } from "../world/primitive.ts";
import { type Address, type AddressPlan, PORT, PURPOSE_OFFSET, addressPlan } from "./address.ts";

/** A member of a database or cache and where its process listens. */
export interface MemberPlan {
  readonly id: string;
  readonly component: string;
  readonly kind: "database" | "cache";
  readonly zone: Zone;
  readonly number: number;
  readonly listen: Address;
}

/**
 * A name that is dialled and whose members change: a database's writer or reader, a cache's primary; `upstream`: the
 * database of another region that this one's copy follows.
 */
export interface EndpointPlan {
  /** `<component>.writer`, `<component>.reader` or `<component>.upstream`. */
  readonly id: string;
  readonly component: string;
  readonly role: "writer" | "reader" | "upstream";
  readonly number: number;
  readonly port: number;
}

/** One zone's node of the balancer of one HTTP service. */
export interface BalancerPlan {
  readonly service: string;
  readonly zone: Zone;
  readonly number: number;
  readonly listen: Address;
}

/** What tells other zones that this one is there: a listener of the zone's own process. */
export interface BeaconPlan {
  readonly zone: Zone;
  readonly number: number;
  readonly listen: Address;
}

/** A place that is looked at, or asked, from everywhere: in each region, and one outside of all. */
export interface WitnessPlan {
  /** A region's name, or `outside`. */
  readonly place: string;
  /** Of the links to it. */
  readonly number: number;
  readonly listen: Address;
}

/** The zone of another region, as this region's watcher looks for it. */
export interface ForeignBeaconPlan {
  readonly region: string;
  readonly zone: Zone;
  readonly number: number;
  readonly listen: Address;
}

/** Which address everything of one region has in one slot. Pure: the same topology and slot give the same plan. */
export interface RegionPlan {
  readonly region: Region;
  readonly addresses: AddressPlan;
  readonly members: readonly MemberPlan[];
  readonly endpoints: readonly EndpointPlan[];
  readonly balancers: readonly BalancerPlan[];
  readonly beacons: readonly BeaconPlan[];
  /** Of a system of more than one region: who lets regions write. Else none. */
  readonly witnesses: readonly WitnessPlan[];
  readonly foreignBeacons: readonly ForeignBeaconPlan[];
  /** The queue service: where its process listens, and the number of the links to it. */
  readonly queueService: { readonly listen: Address; readonly number: number };
  /** Tasks get numbers from here up to 254. */
  readonly firstTaskNumber: number;
}

/** Numbers of a region's fixed parts start here; the tasks' come after {@link RegionPlan.firstTaskNumber}. */
const FIRST_TASK_NUMBER = 100;

/** Lays out the addresses of `region`. At most 99 members, endpoints and balancers together. */
export function planRegion(topology: Topology, region: Region, slot: number): RegionPlan {
  const addresses = addressPlan(slot);
  let next = 1;
  const take = (): number => {
    assert(next < FIRST_TASK_NUMBER, `region ${region.name} has more fixed parts than numbers`);
    return next++;
  };
  const listener = (zone: Zone, port: number): { zone: Zone; number: number; listen: Address } => {
    const number = take();
    return { zone, number, listen: { host: addresses.instance(region.index, zone.index, number), port } };
  };
  const beacons = region.zones.map((zone) => listener(zone, PORT.beacon)); // first, so that other regions know them
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  const members = replicated.flatMap((component) =>
    everyInstance(component, region).map((instance) =>
      planMember(component, { instance, region, addresses, number: take() }),
    ),
  );
  const endpoints = replicated.flatMap((component) => {
    const port = component.kind === "database" ? PORT.postgres : PORT.cache;
    return rolesOf(component.kind, topology).map((role) => ({
      id: `${component.id}.${role}`,
      component: component.id,
      role,
      number: take(),
      port,
    }));
  });
  const balancers = componentsOf(topology, "service")
    .filter((service) => service.settings.port !== null)
    .flatMap((service) => region.zones.map((zone) => ({ service: service.id, ...listener(zone, PORT.http) })));
  const queueService = { listen: { host: addresses.global(10 + region.index), port: PORT.queue }, number: take() };
  const { witnesses, foreignBeacons } = planNeighbours(topology, region, { slot, take });
  const fixed = { members, endpoints, balancers, beacons, witnesses, foreignBeacons, queueService };
  return { region, addresses, ...fixed, firstTaskNumber: FIRST_TASK_NUMBER };
}

/** The regions of a slot, each with its plan. */
export function planRegions(topology: Topology, slot: number): readonly RegionPlan[] {
  return topology.regions.map((region) => planRegion(topology, region, slot));
}

function rolesOf(kind: "database" | "cache", { regions }: Topology): readonly EndpointPlan["role"][] {
  if (kind === "cache") return ["writer"];
  return regions.length > 1 ? ["writer", "reader", "upstream"] : ["writer", "reader"];
}

/** What a region knows of the others. Beacons have the first numbers of each. */
function planNeighbours(
  topology: Topology,
  region: Region,
  { slot, take }: { readonly slot: number; readonly take: () => number },
): Pick<RegionPlan, "witnesses" | "foreignBeacons"> {
  if (topology.regions.length < 2) return { witnesses: [], foreignBeacons: [] };
  const addresses = addressPlan(slot);
  const places = [...topology.regions.map(({ name }) => name), OUTSIDE];
  const witnesses = places.map((place) => ({ place, number: take(), listen: witnessAt(topology, place, slot) }));
  const others = topology.regions.filter(({ name }) => name !== region.name);
  const foreignBeacons = others.flatMap((other) => {
    return other.zones.map((zone, index) => {
      const listen = { host: addresses.instance(other.index, zone.index, 1 + index), port: PORT.beacon };
      return { region: other.name, zone, number: take(), listen };
    });
  });
  return { witnesses, foreignBeacons };
}

/** Where the witness outside of all regions listens. */
export function witnessOutside({ addresses }: RegionPlan): Address {
  return { host: addresses.global(FIRST_WITNESS - 1), port: PORT.witness };
}

function witnessAt(topology: Topology, place: string, slot: number): Address {
  const region = topology.regions.find(({ name }) => name === place);
  const number = region === undefined ? FIRST_WITNESS - 1 : FIRST_WITNESS + region.index;
  return { host: addressPlan(slot).global(number), port: PORT.witness };
}

/** Numbers outside of all regions: the witness there comes before the regions'. */
const FIRST_WITNESS = 31;

function planMember(
  component: DatabaseComponent | CacheComponent,
  at: { instance: Instance; region: Region; addresses: AddressPlan; number: number },
): MemberPlan {
  const { instance, region, addresses, number } = at;
  const zone = region.zones.find(({ name }) => name === instance.zone);
  assert(zone, `${instance.id} is in a zone of ${region.name}`);
  const port = component.kind === "database" ? PORT.postgres : PORT.cache;
  const listen = { host: addresses.instance(region.index, zone.index, number), port };
  return { id: instance.id, component: component.id, kind: component.kind, zone, number, listen };
}

/** The link to a member as seen from a zone, for one purpose. */
export function linkTo(plan: RegionPlan, member: MemberPlan, fromZone: Zone, purpose: LinkPurpose): Address {
  return {
    host: plan.addresses.link(plan.region.index, fromZone.index, member.number),
    port: member.listen.port + PURPOSE_OFFSET[purpose],
  };
}

/** Where programs in `zone` dial an endpoint. */
export function endpointAt(plan: RegionPlan, endpoint: EndpointPlan, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, endpoint.number), port: endpoint.port };
}

/** The index that the edge has among the zones of a region: what links look like from outside all zones. */
const OUTSIDE_INDEX = 15;
/** The index of what stands beside the zones of a region: its own services, and its watcher of other regions. */
const BESIDE_INDEX = 14;

/** Where the edge dials a balancer node: a link, so that a zone without power hangs instead of refusing. */
export function balancerFromOutside(plan: RegionPlan, balancer: BalancerPlan): Address {
  return { host: plan.addresses.link(plan.region.index, OUTSIDE_INDEX, balancer.number), port: PORT.http };
}

/** Where an observer in `zone` looks for a beacon, of its own region's zones or of another region's. */
export function beaconFrom(plan: RegionPlan, beacon: { readonly number: number }, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, beacon.number), port: PORT.beacon };
}

/** Where programs in `zone` dial the region's queue service. */
export function queueServiceAt(plan: RegionPlan, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, plan.queueService.number), port: PORT.queue };
}

/** Where a zone's processes ask a witness for leave to write. */
export function witnessFrom(plan: RegionPlan, witness: WitnessPlan, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, witness.number), port: PORT.witness };
}

/** What stands beside the zones of a region, as a place that links lead from. */
export function besideZones({ region }: RegionPlan): Zone {
  return { name: region.name, index: BESIDE_INDEX };
}

/** Where the watcher outside of all regions looks for a beacon of this one. */
export function beaconFromOutside(plan: RegionPlan, beacon: BeaconPlan): Address {
  return { host: plan.addresses.link(plan.region.index, OUTSIDE_INDEX, beacon.number), port: PORT.beacon };
}
