import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";

/** How long something takes: between two times, of which the smaller ones are the likelier; or memoryless. */
export type Spread = readonly [low: Ms, high: Ms] | { readonly meanMs: Ms };

/** How often something goes wrong that is done, as a share from 0 to 1, and how long it takes a person to mend that. */
export interface Mishap {
  readonly share: number;
  readonly mendMs: Spread;
}

/**
 * Draws a time. Between two, every doubling is as likely as the next (log-uniform), since a range from minutes to hours
 * is one of magnitudes; from 0 on, every time is as likely as the next.
 */
export function drawTime(spread: Spread, random: Random): Ms {
  if ("meanMs" in spread) return random.exponential(spread.meanMs);
  const [low, high] = spread;
  const u = random.next();
  return low > 0 ? low * (high / low) ** u : high * u;
}

/** The mean of {@link drawTime}. */
export function meanTime(spread: Spread): Ms {
  if ("meanMs" in spread) return spread.meanMs;
  const [low, high] = spread;
  if (low === high) return low;
  return low > 0 ? (high - low) / Math.log(high / low) : high / 2;
}

/** So many times as long. */
export function scaledTime(spread: Spread, factor: number): Spread {
  if ("meanMs" in spread) return { meanMs: spread.meanMs * factor };
  const [low, high] = spread;
  return [low * factor, high * factor];
}
