import type { Cancel, Clock } from "../base/clock.ts";
import type { Controller } from "../control/controller.ts";
import { type Running, runController } from "../control/run.ts";

/** A controller in real time: how to perform what it asks for, and where what it believes is recorded. */
export interface RealTimeOptions<Spec, State, Seen, Act> {
  readonly controller: Controller<Spec, State, Seen, Act>;
  readonly spec: Spec;
  readonly state: State;
  readonly clock: Clock;
  perform(act: Act): void;
  /** Called before the acts of a step are performed. Left out: nothing is kept over a restart. */
  record?(state: State): void;
}

/** A running controller, until `stop`. */
export interface RealTimeController<State, Seen> extends Running<State, Seen> {
  stop(): void;
}

/** Runs a controller with the real clock. After `stop` it neither sees nor does anything more. */
export function runInRealTime<Spec, State, Seen, Act>(
  options: RealTimeOptions<Spec, State, Seen, Act>,
): RealTimeController<State, Seen> {
  const { clock } = options;
  let cancel: Cancel = () => undefined;
  let stopped = false;
  let wake: () => void = () => undefined;
  const running = runController(options.controller, options.spec, options.state, {
    now: () => clock.now(),
    wakeAt(at) {
      cancel();
      cancel = at === null || stopped ? () => undefined : clock.after(Math.max(0, at - clock.now()), () => wake());
    },
    perform: (act) => {
      if (!stopped) options.perform(act);
    },
    record: (state) => {
      if (!stopped) options.record?.(state as State);
    },
  });
  wake = () => {
    if (!stopped) running.wake();
  };
  return {
    state: running.state,
    wake,
    see: (...seen) => {
      if (!stopped) running.see(...seen);
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
