import { type Duration, type Percent, type Rate, parsePercent, parseRate } from "../base/units.ts";
import { type Read, duration, group, orNull, parsed, shape } from "./schema.ts";

/**
 * What the system must hold; drills, simulations and estimates are judged by it.
 *
 * @example
 * objectives: { availability: "99.99%", zone: { rto: "1 minute", rpo: "0 seconds" } }
 */
export interface Objectives {
  /** Share of the time in which customers are served. @default none */
  readonly availability?: Percent;
  /** Arrivals at the busiest time. @default none */
  readonly peak?: Rate;
  /** When one instance is lost. @default none */
  readonly instance?: ScopeObjective;
  /** When a zone is lost. @default none */
  readonly zone?: ScopeObjective;
  /** When a region is lost. @default none */
  readonly region?: ScopeObjective;
}

/** What one size of loss may cost. */
export interface ScopeObjective {
  /** Until customers are served again (recovery time objective). @default none */
  readonly rto?: Duration;
  /** Age of the oldest acknowledged write that may be gone (recovery point objective). @default none */
  readonly rpo?: Duration;
}

/** Objectives as a definition has them; null where there is none. */
export type ObjectivesDefinition = Read<typeof readObjectives>;

const YEAR_MS = 365 * 24 * 3_600_000;

const readScope = shape({
  rto: orNull(duration({ min: 0, max: YEAR_MS })),
  rpo: orNull(duration({ min: 0, max: YEAR_MS })),
});

/** Reads the objectives. */
export const readObjectives = shape({
  availability: orNull(
    parsed(parseShare, 'a share such as "99.99%"', { min: 0, max: 1, unit: (share) => `${100 * share}%` }),
  ),
  peak: orNull(
    parsed(parseRate, 'a rate such as "500 requests/second"', {
      min: 0,
      max: 1_000_000,
      unit: (rate) => `${rate} requests/second`,
    }),
  ),
  instance: group(readScope),
  zone: group(readScope),
  region: group(readScope),
});

/** Without the noise that dividing by a hundred brings: 99.99% is 0.9999. */
function parseShare(text: string): number | undefined {
  const share = parsePercent(text);
  return share === undefined ? undefined : Number(share.toPrecision(12));
}
