import { Fn } from "aws-cdk-lib";
import { CfnCompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";
import { type ShippedRow, type State, anyOf, shipComposite } from "./alarm.ts";

/** The states of a region, from which alerts are made. */
export interface States {
  /** By component; those of which nothing is watched but what alerts by itself are left out. */
  readonly components: ReadonlyMap<string, State>;
  /** By the letter of the zone; only zones in which something is behind a balancer. */
  readonly zones: ReadonlyMap<string, State>;
  /** By journey. */
  readonly journeys: ReadonlyMap<string, State>;
  /** Whether customers notice anything. */
  readonly system: State | null;
}

/** The word for the state of the whole, in its alarm's name. */
const SYSTEM = "customers-affected";

/**
 * Makes states of alarms: of components (one of its alarms is on), zones (something fails there, and nowhere else),
 * journeys (their customers get errors, or wait) and the system (any of its journeys, or what canaries see).
 * Components, zones and the system alert; journeys do so through the system. So a fault that customers feel is told
 * twice: that they do, and where it is.
 */
export function shipStates(
  site: Site,
  shipped: readonly ShippedRow[],
  of: { readonly alertsArn: string; readonly canaries: readonly State[] },
): States {
  const components = componentStates(site, shipped, of.alertsArn);
  const zones = zoneStates(site, shipped, of.alertsArn);
  const journeys = journeyStates(site, shipped);
  const felt = journeys.size > 0 ? [...journeys.values()] : shipped.filter(isFelt).map(stateOf);
  const parts = [...felt, ...of.canaries];
  return { components, zones, journeys, system: systemState(site, parts, of.alertsArn) };
}

function componentStates(site: Site, shipped: readonly ShippedRow[], alertsArn: string): Map<string, State> {
  const together = shipped.filter(({ row }) => row.alone === undefined && row.zone === undefined);
  const byComponent = Map.groupBy(together, ({ component }) => component);
  const states = new Map<string, State>();
  for (const [component, rows] of byComponent) {
    const [only] = rows;
    if (only && rows.length === 1) {
      only.alarm.alarmActions = [alertsArn];
      only.alarm.okActions = [alertsArn];
      states.set(component, stateOf(only));
      continue;
    }
    const says = `${component} is not well: ${rows.map(({ row }) => row.name).join(", ")}`;
    const rule = anyOf(rows.map(stateOf));
    states.set(component, shipComposite(site, [component, "state"], { says, rule, actions: [alertsArn], component }));
  }
  return states;
}

/**
 * A zone is impaired when a service fails there and in no other zone: the balancer as a whole may look well while a
 * third of the customers is served badly. When it fails in several zones it is no zone's fault, and the service's own
 * state tells.
 *
 * https://docs.aws.amazon.com/whitepapers/latest/advanced-multi-az-resilience-patterns/multi-az-observability.html
 */
function zoneStates(site: Site, shipped: readonly ShippedRow[], alertsArn: string): Map<string, State> {
  const zonal = shipped.filter(({ row }) => row.zone !== undefined);
  const letters = [...new Set(zonal.flatMap(({ row }) => row.zone ?? []))];
  const services = [...new Set(zonal.map(({ component }) => component))];
  if (letters.length < 2) return new Map(); // with one zone there is no other to compare it with
  const states = letters.map((letter): [string, State] => {
    const parts = services.map((service) => {
      const inZone = (at: string): string =>
        anyOf(zonal.filter(({ component, row }) => component === service && row.zone === at).map(stateOf));
      const others = letters.filter((each) => each !== letter).map(inZone);
      return shipComposite(site, [service, `in-${letter}`, "impaired"], {
        says: `${service} fails in zone ${letter}, and in no other: shift traffic away from it`,
        rule: Fn.join("", ["(", inZone(letter), ") AND NOT (", Fn.join(" OR ", others), ")"]),
        actions: services.length === 1 ? [alertsArn] : [],
        component: service,
      });
    });
    const [only] = parts;
    if (only && parts.length === 1) return [letter, only];
    const says = `zone ${letter} is impaired: services fail there, and in no other zone; shift traffic away from it`;
    return [
      letter,
      shipComposite(site, [`zone-${letter}`, "impaired"], { says, rule: anyOf(parts), actions: [alertsArn] }),
    ];
  });
  return new Map(states);
}

/** A journey is affected when what it comes to answers its customers with errors or late, whatever the cause. */
function journeyStates(site: Site, shipped: readonly ShippedRow[]): Map<string, State> {
  const states = site.shipment.topology.journeys.flatMap(({ id, needs }): [string, State][] => {
    const parts = shipped.filter((row) => isFelt(row) && needs.includes(row.component)).map(stateOf);
    if (parts.length === 0) return [];
    const says = `customers of the journey ${id} get errors, or wait; it needs ${needs.join(", ")}`;
    return [[id, shipComposite(site, [id, "journey", "affected"], { says, rule: anyOf(parts), actions: [] })]];
  });
  return new Map(states);
}

function systemState(site: Site, parts: readonly State[], alertsArn: string): State | null {
  if (parts.length === 0) return null;
  const { shipment, stacks, region } = site;
  const composite = new CfnCompositeAlarm(stacks.watch, logicalId(SYSTEM), {
    alarmDescription: `customers of ${shipment.system} notice that something is wrong in ${region.name}`,
    alarmRule: anyOf(parts),
    alarmActions: [alertsArn],
    okActions: [alertsArn],
    tags: [{ key: "Name", value: physicalName(shipment, SYSTEM) }],
  });
  return { name: composite.ref, arn: composite.attrArn };
}

function isFelt({ row }: ShippedRow): boolean {
  return row.customers === true;
}

/** An alarm as something whose state others ask for. */
function stateOf({ alarm }: ShippedRow): State {
  return { name: alarm.ref, arn: alarm.attrArn };
}
