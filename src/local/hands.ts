import type { Parts } from "./assemble.ts";
import type { Context } from "./context.ts";
import type { DataPlane } from "./data-plane.ts";
import { deployHand } from "./hand/deploy.ts";
import { fillDiskHand } from "./hand/fill-disk.ts";
import { type Hands, nothingToUndo } from "./hand/hand.ts";
import { healthCheckHand } from "./hand/health-check.ts";
import { holdEndpointHand } from "./hand/hold-endpoint.ts";
import { type Traps, killAtCallHand } from "./hand/kill-at-call.ts";
import { poisonHand } from "./hand/poison.ts";
import { powerOffHand } from "./hand/power-off.ts";
import { serviceFaultHand } from "./hand/service-fault.ts";
import { shiftAwayHand } from "./hand/shift-away.ts";
import { type SignalInstance, killHand, pauseHand } from "./hand/signal.ts";
import { siteDownHand } from "./hand/site-down.ts";
import { sizeToLoadHand } from "./hand/size-to-load.ts";
import { skewClockHand } from "./hand/skew-clock.ts";
import { strandHand } from "./hand/strand.ts";
import type { ScalingLoop } from "./scaling-loop.ts";
import type { ZonalShiftLoop } from "./zonal-shift-loop.ts";

/** What hands reach into. */
export interface HandsOn {
  readonly context: Context;
  readonly parts: Parts;
  readonly plane: DataPlane;
  readonly scaling: ScalingLoop;
  readonly shifts: ZonalShiftLoop;
  readonly traps: Traps;
  readonly signal: SignalInstance;
}

/** How each primitive is done to the local world. */
export function handsOn({ context, parts, plane, traps, signal, scaling, shifts }: HandsOn): Hands {
  return {
    kill: killHand(signal),
    pause: pauseHand(signal),
    "power-off": powerOffHand(plane, parts),
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
    "site-down": siteDownHand(plane),
    "fill-disk": fillDiskHand(parts),
    "skew-clock": skewClockHand(parts, context),
    "hold-endpoint": holdEndpointHand(parts),
  };
}
