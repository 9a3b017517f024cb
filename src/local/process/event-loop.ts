import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Ms } from "../../base/units.ts";

/** How often the loop is asked to come round; the histogram counts this pause as delay, so it is taken off. */
const RESOLUTION_MS = 10;

/**
 * Watches how late this process's event loop comes to its work: a late observer takes a healthy target for a dead one.
 */
export function monitorEventLoop(): { takeMaxMs(): Ms; close(): void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    /** The longest delay since the last call. */
    takeMaxMs() {
      const maxMs = Math.max(0, histogram.max / 1e6 - RESOLUTION_MS);
      histogram.reset();
      return maxMs;
    },
    close: () => void histogram.disable(),
  };
}
