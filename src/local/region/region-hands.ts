import { deployHand } from "../hand/deploy.ts";
import { fillDiskHand } from "../hand/fill-disk.ts";
import { type Hands, nothingToUndo } from "../hand/hand.ts";
import { healthCheckHand } from "../hand/health-check.ts";
import { holdEndpointHand } from "../hand/hold-endpoint.ts";
import { killAtCallHand } from "../hand/kill-at-call.ts";
import { poisonHand } from "../hand/poison.ts";
import { powerOffHand } from "../hand/power-off.ts";
import { regionPowerOffHand } from "../hand/region-power-off.ts";
import { serviceFaultHand } from "../hand/service-fault.ts";
import { shiftAwayHand } from "../hand/shift-away.ts";
import { killHand, pauseHand } from "../hand/signal.ts";
import { sizeToLoadHand } from "../hand/size-to-load.ts";
import { skewClockHand } from "../hand/skew-clock.ts";
import { strandHand } from "../hand/strand.ts";
import type { LocalRegion } from "./local-region.ts";

/** The hands of a region; what is done to what stands outside of all regions is not among them. */
export type RegionHands = Omit<Hands, "site-down" | "edge-down" | "dns-down" | "recover" | "back-up" | "delete-rows">;

/** How each primitive is done to one region. */
export function regionHands(region: LocalRegion): RegionHands {
  const { context, parts, plane, traps, scaling, shifts } = region;
  const signal = (instance: string, name: NodeJS.Signals): boolean => region.signal(instance, name);
  return {
    kill: killHand(signal),
    pause: pauseHand(signal),
    "power-off": powerOffHand(plane, parts),
    "region-power-off": regionPowerOffHand(region),
    // Rules are in force before anything else is done: see `Faults`.
    link: { do: async () => undefined, undo: nothingToUndo },
    "kill-at-call": killAtCallHand(plane, traps, signal),
    "service-fault": serviceFaultHand(plane),
    poison: poisonHand(plane),
    strand: strandHand(plane, context),
    deploy: deployHand(parts),
    "health-check": healthCheckHand(plane),
    "size-to-load": sizeToLoadHand(scaling),
    "shift-away": shiftAwayHand(shifts),
    "fill-disk": fillDiskHand(parts),
    "skew-clock": skewClockHand(parts, context),
    "hold-endpoint": holdEndpointHand(parts),
  };
}
