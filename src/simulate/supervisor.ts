import type { Cancel } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";
import type { Controller } from "../control/controller.ts";
import { type Running, runController } from "../control/run.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A controller in virtual time, in a supervisor that can be killed, between two acts of one step too. */
export interface Supervisor<State, Seen> {
  /** What was recorded last: what the controller believes, or what its successor will find. */
  state(): State;
  /** Tells the controller; what is told while it is dead is lost. */
  see(...seen: readonly Seen[]): void;
  /** Kills it at its `acts`-th act from now: what it had recorded and not yet done is never done. 0: at once. */
  kill(acts: number): void;
  readonly alive: boolean;
  /** Starts its successor from this state. */
  start(state: State): void;
}

/** Begins with no controller running: call `start`. */
export function superviseInVirtualTime<Spec, State, Seen, Act>(
  controller: Controller<Spec, State, Seen, Act>,
  spec: Spec,
  time: Pick<VirtualTime, "now" | "after">,
  perform: (act: Act) => void,
): Supervisor<State, Seen> {
  let recorded = controller.start(spec, time.now());
  let running: Running<State, Seen> | null = null;
  let actsLeft = Infinity;
  let cancel: Cancel = () => undefined;
  const die = (): void => {
    running = null;
    actsLeft = 0;
    cancel();
  };
  const world = {
    now: () => time.now(),
    wakeAt(at: Ms | null) {
      cancel();
      if (at !== null && actsLeft > 0) cancel = time.after(at - time.now(), () => running?.wake());
    },
    record(state: unknown) {
      if (actsLeft > 0) recorded = state as State; // what `record` is given is the controller's state
    },
    perform(act: Act) {
      if (actsLeft <= 0) return;
      actsLeft -= 1;
      if (actsLeft === 0) die();
      else perform(act);
    },
  };
  return {
    state: () => recorded,
    see: (...seen) => running?.see(...seen),
    kill(acts) {
      if (acts === 0) die();
      else actsLeft = Math.min(actsLeft, acts);
    },
    get alive() {
      return actsLeft > 0;
    },
    start(state) {
      actsLeft = Infinity;
      recorded = state;
      running = runController(controller, spec, state, world);
    },
  };
}
