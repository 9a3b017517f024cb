import { SCALING } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { type Site, isDev } from "../ship.ts";
import { shippedZones } from "../zone.ts";

const MINUTE_S = 60;

/** How many tasks of a service are kept running in a region, and how many there may be. */
export interface Capacity {
  readonly min: number;
  readonly max: number;
}

/**
 * How many tasks a service has in a region.
 *
 * Where customers are served that is at least the definition's number, one a zone, and as many as carry the peak with
 * a zone lost and nothing scaled: what is needed for a loss must be there before it. How many requests are under way at
 * a peak follows from its rate and how long a request is taken to last (`SCALING.response`); where the definition sets
 * no peak, or the service counts messages, its own number is taken to be enough for the zones that are left.
 *
 * A standby keeps the strategy's share of that: nothing in a pilot light. The most is the same everywhere, so that a
 * region that takes over may grow.
 */
export function capacityOf(site: Site, component: ServiceComponent): Capacity {
  const { min, max } = wholeCapacityOf(site, component);
  return { min: Math.ceil(min * site.presence.serviceShare), max };
}

/** As {@link capacityOf}, of a region that serves. */
export function wholeCapacityOf(site: Site, component: ServiceComponent): Capacity {
  const { shipment, region } = site;
  const { scale } = component.settings;
  const zones = shippedZones(shipment, region).length;
  const whole = isDev(shipment)
    ? Math.min(scale.min, zones)
    : Math.max(scale.min, zones, staticallyStable(neededAtPeak(site, component), zones));
  return { min: whole, max: Math.max(scale.max, whole) };
}

/** So many that, spread over the zones, `needed` are left when the fullest zone is lost. */
export function staticallyStable(needed: number, zones: number): number {
  if (zones < 2) return needed;
  let total = needed;
  while (total - Math.ceil(total / zones) < needed) total++;
  return total;
}

function neededAtPeak({ shipment }: Site, { settings }: ServiceComponent): number {
  const { peak } = shipment.topology.objectives;
  const { on } = settings.scale;
  if (peak === null || on === null || on.metric === "queueDepth") return 0;
  const second = on.metric === "requestsPerMinute" ? MINUTE_S : SCALING.response.value / 1_000;
  return Math.ceil((peak * second) / on.target);
}
