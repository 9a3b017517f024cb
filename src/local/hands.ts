import type { PrimitiveKind } from "../world/primitive.ts";
import type { Parts } from "./assemble.ts";
import type { Context } from "./context.ts";
import type { DataPlane } from "./data-plane.ts";
import { type Hand, type Hands, nothingToUndo } from "./hand/hand.ts";
import { type Traps, killAtCallHand } from "./hand/kill-at-call.ts";
import { powerOffHand } from "./hand/power-off.ts";
import { type SignalInstance, killHand, pauseHand } from "./hand/signal.ts";
import type { ScalingLoop } from "./scaling-loop.ts";

/** What hands reach into. */
export interface HandsOn {
  readonly context: Context;
  readonly parts: Parts;
  readonly plane: DataPlane;
  readonly scaling: ScalingLoop;
  readonly traps: Traps;
  readonly signal: SignalInstance;
}

/** How each primitive is done to the local world. */
export function handsOn({ parts, plane, traps, signal }: HandsOn): Hands {
  return {
    kill: killHand(signal),
    pause: pauseHand(signal),
    "power-off": powerOffHand(plane, parts),
    // Rules are in force before anything else is done: see `Faults`.
    link: { do: async () => undefined, undo: nothingToUndo },
    "kill-at-call": killAtCallHand(plane, traps, signal),
    "service-fault": notYet(),
    poison: notYet(),
    strand: notYet(),
    deploy: notYet(),
    "health-check": notYet(),
    "size-to-load": notYet(),
    "shift-away": notYet(),
    "site-down": notYet(),
    "fill-disk": notYet(),
    "skew-clock": notYet(),
    "hold-endpoint": notYet(),
  };
}

function notYet<K extends PrimitiveKind>(): Hand<K> {
  return { do: nothingToUndo, undo: nothingToUndo, limit: async () => "it is not built yet" };
}
