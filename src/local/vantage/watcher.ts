import { type Cancel, type Clock, every } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { Observer } from "../balancer/observer.ts";
import { beaconProbe } from "../beacon.ts";
import type { Probe } from "../engine/member.ts";

/** What a watcher looks at, and how patiently. */
export interface WatchConfig {
  /** The beacons of each region's zones, at the watcher's own links to them. */
  readonly regions: readonly { readonly region: string; readonly beacons: readonly Address[] }[];
  readonly intervalMs: Ms;
  readonly timeoutMs: Ms;
  /** Looks in a row that change what is believed of a region; one is enough for the first sight of it. */
  readonly threshold: number;
}

/** How often everything is told again: whoever is to hear it may have been out of reach. */
const TELL_AGAIN_MS: Ms = 1_000;

/**
 * One vantage point's view of regions. `onSight` is told what it sees on every change, and again every second. Cancel
 * it to stop looking.
 */
export function watchRegions(
  { regions, threshold, ...times }: WatchConfig,
  clock: Clock,
  onSight: (region: string, ok: boolean) => void,
): Cancel {
  const sights = new Map<string, boolean>();
  const observer = new Observer({
    clock,
    onSight: ({ instance: region }, ok) => {
      sights.set(region, ok);
      onSight(region, ok);
    },
  });
  for (const { region, beacons } of regions) {
    const thresholds = { healthyThreshold: threshold, unhealthyThreshold: threshold };
    const probes = beacons.map((address) => beaconProbe(address, clock));
    observer.watch({ instance: region, component: "region", ...times, ...thresholds }, regionProbe(probes));
  }
  const cancel = every(clock, TELL_AGAIN_MS, () => sights.forEach((ok, region) => onSight(region, ok)));
  return () => {
    cancel();
    observer.close();
  };
}

/** A region is not there when most of its zones are not: of two, the loss of one is the loss of a zone. */
function regionProbe(zones: readonly Probe[]): Probe {
  return {
    async check(timeoutMs) {
      const answers = await Promise.all(zones.map((zone) => zone.check(timeoutMs)));
      return answers.filter((seen) => !seen).length <= zones.length / 2;
    },
    close: () => zones.forEach((zone) => zone.close()),
  };
}
