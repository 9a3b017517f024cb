import type { Clock } from "./clock.ts";
import type { Ms } from "./units.ts";

/** How often the loop is asked to come round. */
const SAMPLE_MS: Ms = 10;

/** How late a process's event loop came to its work: a late observer takes a healthy target for a dead one. */
export interface EventLoopMonitor {
  /** The longest delay since the last call; one that is still going on counts as far as it has come. */
  takeMaxMs(): Ms;
  close(): void;
}

/**
 * Watches the event loop of this process by a timer of its own. (Node's `monitorEventLoopDelay` does not see a stall
 * that begins right after its `reset`.)
 */
export function monitorEventLoop(clock: Clock): EventLoopMonitor {
  let worstMs: Ms = 0;
  let dueAt: Ms;
  let cancel = (): void => undefined;
  const look = (): void => {
    worstMs = Math.max(worstMs, clock.now() - dueAt);
  };
  const next = (): void => {
    dueAt = clock.now() + SAMPLE_MS;
    cancel = clock.after(SAMPLE_MS, () => {
      look();
      next();
    });
  };
  next();
  return {
    takeMaxMs() {
      look();
      const taken = worstMs;
      worstMs = 0;
      dueAt = Math.max(dueAt, clock.now()); // what is told now is not told again
      return taken;
    },
    close: () => cancel(),
  };
}
