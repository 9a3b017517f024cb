import type { Controller, World } from "./controller.ts";

/** A controller that runs in a world: tell it what is seen, wake it when it asked for it. */
export interface Running<State, Seen> {
  /** What it believes now. */
  readonly state: () => State;
  /**
   * Tells it something. May be called from within `perform`: then it is seen in a step of its own right after this
   * one.
   */
  see(...seen: readonly Seen[]): void;
  /** To be called when the time last given to `wakeAt` has come. */
  wake(): void;
}

/**
 * Runs `controller` in `world` from `state` on: `start(spec, now)`, or what was recorded. Takes its first step at
 * once.
 */
export function runController<Spec, State, Seen, Act>(
  controller: Controller<Spec, State, Seen, Act>,
  spec: Spec,
  state: State,
  world: World<Act>,
): Running<State, Seen> {
  let current = state;
  let waiting: Seen[] = [];
  let stepping = false;
  const step = (): void => {
    if (stepping) return;
    stepping = true;
    try {
      do {
        const seen = waiting;
        waiting = [];
        const next = controller.step(spec, current, world.now(), seen);
        current = next.state;
        world.record(current, next.act);
        world.wakeAt(next.wakeAt);
        for (const act of next.act) world.perform(act);
      } while (waiting.length > 0);
    } finally {
      stepping = false;
    }
  };
  step();
  return {
    state: () => current,
    see(...seen) {
      waiting.push(...seen);
      step();
    },
    wake: step,
  };
}
