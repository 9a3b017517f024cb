import { type Cancel, type Clock, every } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";

/** Calls `run` at once and then every `ms` until cancelled, never two at a time. `run` must not reject. */
export function atOnceAndEvery(clock: Clock, ms: Ms, run: () => Promise<void>): Cancel {
  let stopped = false;
  const begin = async (): Promise<void> => {
    await run();
    if (!stopped) cancel = every(clock, ms, run);
  };
  let cancel = clock.after(0, () => void begin());
  return () => {
    stopped = true;
    cancel();
  };
}
