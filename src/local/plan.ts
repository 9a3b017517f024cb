import { assert } from "../base/error.ts";
import type { Instance, Region, Topology, Zone } from "../topology/topology.ts";
import { componentsOf } from "../topology/topology.ts";
import type { LinkPurpose } from "../world/primitive.ts";
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

/** A name that programs dial and whose members change: a database's writer or reader, a cache's primary. */
export interface EndpointPlan {
  /** `<component>.writer` or `<component>.reader`. */
  readonly id: string;
  readonly component: string;
  readonly role: "writer" | "reader";
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

/** Which address everything of one region has in one slot. Pure: the same topology and slot give the same plan. */
export interface RegionPlan {
  readonly region: Region;
  readonly addresses: AddressPlan;
  readonly members: readonly MemberPlan[];
  readonly endpoints: readonly EndpointPlan[];
  readonly balancers: readonly BalancerPlan[];
  readonly beacons: readonly BeaconPlan[];
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
  const members = topology.instances
    .filter((instance) => instance.region === region.name && isReplicated(topology, instance))
    .map((instance) => planMember(topology, { instance, region, addresses, number: take() }));
  const endpoints = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")].flatMap((component) => {
    const port = component.kind === "database" ? PORT.postgres : PORT.cache;
    const roles = component.kind === "database" ? (["writer", "reader"] as const) : (["writer"] as const);
    return roles.map((role) => ({
      id: `${component.id}.${role}`,
      component: component.id,
      role,
      number: take(),
      port,
    }));
  });
  const listener = (zone: Zone, port: number): { zone: Zone; number: number; listen: Address } => {
    const number = take();
    return { zone, number, listen: { host: addresses.instance(region.index, zone.index, number), port } };
  };
  const balancers = componentsOf(topology, "service")
    .filter((service) => service.settings.port !== null)
    .flatMap((service) => region.zones.map((zone) => ({ service: service.id, ...listener(zone, PORT.http) })));
  const beacons = region.zones.map((zone) => listener(zone, PORT.beacon));
  const queueService = { listen: { host: addresses.global(10 + region.index), port: PORT.queue }, number: take() };
  return {
    region,
    addresses,
    members,
    endpoints,
    balancers,
    beacons,
    queueService,
    firstTaskNumber: FIRST_TASK_NUMBER,
  };
}

function isReplicated(topology: Topology, instance: Instance): boolean {
  const component = topology.components.find(({ id }) => id === instance.component);
  return component?.kind === "database" || component?.kind === "cache";
}

function planMember(
  topology: Topology,
  at: { instance: Instance; region: Region; addresses: AddressPlan; number: number },
): MemberPlan {
  const { instance, region, addresses, number } = at;
  const zone = region.zones.find(({ name }) => name === instance.zone);
  const component = topology.components.find(({ id }) => id === instance.component);
  assert(
    zone && component && (component.kind === "database" || component.kind === "cache"),
    `${instance.id} is no member`,
  );
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
export const OUTSIDE = 15;

/** Where the edge dials a balancer node: a link, so that a zone without power hangs instead of refusing. */
export function balancerFromOutside(plan: RegionPlan, balancer: BalancerPlan): Address {
  return { host: plan.addresses.link(plan.region.index, OUTSIDE, balancer.number), port: PORT.http };
}

/** Where an observer in `zone` looks for the beacon of another. */
export function beaconFrom(plan: RegionPlan, beacon: BeaconPlan, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, beacon.number), port: PORT.beacon };
}

/** Where programs in `zone` dial the region's queue service. */
export function queueServiceAt(plan: RegionPlan, zone: Zone): Address {
  return { host: plan.addresses.link(plan.region.index, zone.index, plan.queueService.number), port: PORT.queue };
}
