import { METRICS_EVERY_MS } from "../control/service-load.ts";
import { componentsOf, findComponent } from "../topology/topology.ts";
import { isWatchedFromBeside } from "../topology/observer.ts";
import { detectionSpec, endpointTtlMs, healthSpec, zoneWatchSpec } from "../topology/spec.ts";
import { timer } from "../topology/timing.ts";
import type { Zone } from "../topology/topology.ts";
import type { LinkEnd } from "../world/link-rules.ts";
import { type LinkPurpose, QUEUE_SERVICE } from "../world/primitive.ts";
import type { Context } from "./context.ts";
import { leaseTerms } from "../topology/region-spec.ts";
import { type MemberPlan, beaconFrom, besideZones, endpointAt, linkTo, queueServiceAt, witnessFrom } from "./plan.ts";
import type { Trust } from "./trust.ts";
import type {
  BalancerConfig,
  Credentials,
  EndpointLink,
  FixedLink,
  ObserverConfig,
  ObservingConfig,
  ZoneConfig,
} from "./process/messages-zone.ts";

const PURPOSES: readonly LinkPurpose[] = ["client", "replication", "observe", "control"];

/** What the process of `zone` is started with. Pure, but for what `means` looks up. */
export function zoneConfig(
  context: Pick<Context, "plan" | "topology" | "pace">,
  zone: Zone,
  means: { readonly credentials: (component: string) => Credentials; readonly trust: Trust },
): ZoneConfig {
  const { plan, pace } = context;
  const beacon = plan.beacons.find((each) => each.zone.name === zone.name);
  if (!beacon) throw new Error(`zone ${zone.name} is not in the plan`);
  return {
    zone: zone.name,
    beacon: beacon.listen,
    links: [
      ...memberLinks(context, zone),
      ...beaconLinks(context, zone),
      ...witnessLinks(context, zone),
      queueLink(context, zone),
    ],
    endpoints: endpoints(context, zone),
    tls: means.trust.server,
    balancers: balancers(context, zone),
    observers: [...memberObservers(context, zone, means.credentials), ...beaconObservers(context, zone)],
    metricsEveryMs: timer(METRICS_EVERY_MS, pace),
    checkDelay: timer(1, pace),
    lease: lease(context, zone),
  };
}

/** What the observer beside the zones of a region looks at; null where the zones' own are enough. Pure likewise. */
export function besideObserving(
  context: Pick<Context, "plan" | "topology" | "pace">,
  credentials: (component: string) => Credentials,
): ObservingConfig | null {
  const { plan } = context;
  if (!isWatchedFromBeside(plan.region)) return null;
  const place = besideZones(plan);
  // With several regions the vantage point at this place has links to the beacons already.
  const toBeacons = plan.witnesses.length > 0 ? [] : beaconLinks(context, place);
  return {
    links: [...memberLinks(context, place, ["observe"]), ...toBeacons],
    observers: [...memberObservers(context, place, credentials), ...beaconObservers(context, place)],
  };
}

/** Its region's witnesses, where there is another region that could write. */
function lease({ plan, pace }: Pick<Context, "plan" | "pace">, zone: Zone): ZoneConfig["lease"] {
  if (plan.witnesses.length === 0) return null;
  const witnesses = plan.witnesses.map((witness) => witnessFrom(plan, witness, zone));
  return { region: plan.region.name, witnesses, ...leaseTerms(pace) };
}

function witnessLinks({ plan }: Pick<Context, "plan">, zone: Zone): FixedLink[] {
  return plan.witnesses.map((witness) => ({
    listen: witnessFrom(plan, witness, zone),
    target: { address: witness.listen, end: { zone: witness.place, component: "witness", instance: null } },
    purpose: "control",
  }));
}

function memberLinks({ plan }: Pick<Context, "plan">, zone: Zone, purposes = PURPOSES): FixedLink[] {
  return plan.members.flatMap((member) =>
    purposes.map((purpose) => ({
      listen: linkTo(plan, member, zone, purpose),
      target: { address: member.listen, end: memberEnd(member) },
      purpose,
    })),
  );
}

/** A member's end of a link, as fault rules name it. */
export function memberEnd(member: MemberPlan): LinkEnd {
  return { zone: member.zone.name, component: member.component, instance: member.id };
}

function beaconLinks({ plan }: Pick<Context, "plan">, zone: Zone): FixedLink[] {
  return plan.beacons
    .filter((beacon) => beacon.zone.name !== zone.name)
    .map((beacon) => ({
      listen: beaconFrom(plan, beacon, zone),
      target: { address: beacon.listen, end: { zone: beacon.zone.name, component: "zone", instance: null } },
      purpose: "observe",
    }));
}

/** Queues are regional: the far end is in no zone but the region, and its component is the queue service as a whole. */
function queueLink({ plan }: Pick<Context, "plan">, zone: Zone): FixedLink {
  return {
    listen: queueServiceAt(plan, zone),
    target: {
      address: plan.queueService.listen,
      end: { zone: plan.region.name, component: QUEUE_SERVICE, instance: null },
    },
    purpose: "client",
  };
}

function endpoints({ plan, topology, pace }: Pick<Context, "plan" | "topology" | "pace">, zone: Zone): EndpointLink[] {
  return plan.endpoints.flatMap((endpoint) => {
    const component = topology.components.find(({ id }) => id === endpoint.component);
    if (component?.kind !== "database" && component?.kind !== "cache") return [];
    const ttlMs = endpointTtlMs(component, pace);
    const protocol = component.kind === "database" ? ("postgres" as const) : ("other" as const);
    const purpose = endpoint.role === "upstream" ? ("replication" as const) : ("client" as const);
    return [{ id: endpoint.id, listen: endpointAt(plan, endpoint, zone), ttlMs, protocol, purpose }];
  });
}

function balancers(
  { plan, topology, pace }: Pick<Context, "plan" | "topology" | "pace">,
  zone: Zone,
): BalancerConfig[] {
  return plan.balancers.flatMap(({ service, zone: own, listen }) => {
    const component = findComponent(topology, "service", service);
    const probe = component && healthSpec(component, pace);
    if (own.name !== zone.name || !probe) return [];
    const { health, protocol } = component.settings;
    const spoken = protocol === "https" ? ("https" as const) : ("http" as const);
    return [{ service, listen, protocol: spoken, health: { path: health?.path ?? "/", ...probe } }];
  });
}

function memberObservers(
  { plan, topology, pace }: Pick<Context, "plan" | "topology" | "pace">,
  zone: Zone,
  credentials: (component: string) => Credentials,
): ObserverConfig[] {
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  return plan.members.flatMap((member) => {
    const component = replicated.find(({ id }) => id === member.component);
    if (!component) return [];
    const address = linkTo(plan, member, zone, "observe");
    const watched = { instance: member.id, component: member.component, kind: member.kind, address };
    return [{ ...watched, credentials: credentials(member.component), ...detectionSpec(component, pace) }];
  });
}

/** Zones watch each other with the patience that the control plane has with an agent that falls silent. */
function beaconObservers({ plan, pace }: Pick<Context, "plan" | "pace">, zone: Zone): ObserverConfig[] {
  return plan.beacons
    .filter((beacon) => beacon.zone.name !== zone.name)
    .map((beacon) => ({
      instance: beacon.zone.name,
      component: "zone",
      kind: "zone",
      address: beaconFrom(plan, beacon, zone),
      credentials: { user: "", database: "", password: "" },
      ...zoneWatchSpec(pace),
    }));
}
