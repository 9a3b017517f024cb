import { setPriority } from "node:os";
import type { Clock } from "../../base/clock.ts";
import { Observer } from "../balancer/observer.ts";
import { beaconProbe } from "../beacon.ts";
import type { Probe } from "../engine/member.ts";
import { cacheProbe, databaseProbe } from "../engine/probe.ts";
import type { ObserverConfig, ZoneProtocol } from "./messages-zone.ts";

/** Observers must not wait for the programs that they watch. */
const PRIORITY = -5;

/** Puts this process before the programs. Only root may; others keep the usual priority. */
export function raisePriority(): void {
  try {
    setPriority(PRIORITY);
  } catch {
    // Not allowed here: tasks are nice instead.
  }
}

/** Looks at all these from now on, over links of this process; tells what crossed a threshold. */
export function observe(
  watched: readonly ObserverConfig[],
  clock: Clock,
  onSight: (sight: ZoneProtocol["events"]["sight"]) => void,
): void {
  const observer = new Observer({
    clock,
    onSight: ({ instance, component }, ok) => onSight({ instance, component, ok }),
  });
  for (const each of watched) observer.watch(each, probeOf(each, clock));
}

function probeOf({ kind, address, credentials }: ObserverConfig, clock: Clock): Probe {
  if (kind === "database") return databaseProbe(address, credentials);
  return kind === "cache" ? cacheProbe(address, credentials) : beaconProbe(address, clock);
}
