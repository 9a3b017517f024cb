import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ms } from "./units.ts";

/** Takes back what was scheduled; a second call, or one that comes too late, does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Everything that needs time takes one as a parameter, so that it also runs in virtual time;
 * `Date.now` and `setTimeout` are banned elsewhere.
 */
export interface Clock {
  /** Milliseconds since the epoch, with fractions; never goes back within one process. */
  now(): Ms;
  /** Calls `run` once, `ms` from now at the earliest. A pending call does not keep the process alive. */
  after(ms: Ms, run: () => void): Cancel;
  /** Resolves `ms` from now at the earliest; keeps the process alive until then. Rejects when `signal` aborts. */
  sleep(ms: Ms, signal?: AbortSignal): Promise<void>;
}

/** Real time. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  async sleep(ms, signal) {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};

/**
 * Calls `run` every `ms` until cancelled, one call at a time, never two at once; the next is due `ms` after the start
 * of the last.
 */
export function every(clock: Clock, ms: Ms, run: () => void | Promise<void>): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const tick = async (): Promise<void> => {
    const started = clock.now();
    await run();
    if (!stopped) cancel = clock.after(Math.max(0, started + ms - clock.now()), () => void tick());
  };
  cancel = clock.after(ms, () => void tick());
  return () => {
    stopped = true;
    cancel();
  };
}
