import { systemClock } from "../../src/base/clock.ts";
import { messageOf } from "../../src/base/error.ts";
import { type Duration, parseDuration } from "../../src/base/units.ts";

/**
 * Repeats `check` until it neither throws nor returns false, and resolves with what it returned; rejects with its last
 * complaint
 * once `within` has passed. Tests wait with this, never with a sleep.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: { within: Duration; every?: Duration },
): Promise<T> {
  const deadline = systemClock.now() + parseDuration(options.within)!; // a Duration always parses
  const pause = parseDuration(options.every ?? "20 milliseconds")!; // a Duration always parses
  for (;;) {
    let complaint = "it stayed false";
    try {
      const result = await check();
      if (result !== false) return result;
    } catch (error) {
      complaint = messageOf(error);
    }
    if (systemClock.now() >= deadline) throw new Error(`not true within ${options.within}: ${complaint}`);
    await systemClock.sleep(pause);
  }
}
