import { type FailureKind, type FailureRate, YEAR } from "../../facts/failure.ts";
import { failureRates } from "../../topology/assumption.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Spread } from "./spread.ts";

/** How often in a year, and how long until it is mended. */
export interface HazardRate {
  readonly perYear: number;
  readonly lastsMs: Spread;
}

/** The rates of a simulation, by what fails. */
export type HazardRates = Readonly<Record<FailureKind, HazardRate>>;

/** Which rate of each range: the ends, or between them, where it is as many times the low one as the high one is it. */
export type RateChoice = "low" | "middle" | "high";

const EXPONENT: Readonly<Record<RateChoice, number>> = { low: 0, middle: 0.5, high: 1 };

/** The rates of the facts, and what the definition says otherwise. */
export function hazardRates(topology: Pick<Topology, "assumptions">, choice: RateChoice): HazardRates {
  const rate = ({ betweenMs, repairMs }: FailureRate): HazardRate => {
    const [shortest, longest] = betweenMs.value;
    const between = longest * (shortest / longest) ** EXPONENT[choice];
    return { perYear: YEAR.value / between, lastsMs: repairMs.value };
  };
  const entries = Object.entries(failureRates(topology)).map(([kind, each]) => [kind, rate(each)]);
  return Object.fromEntries(entries) as HazardRates; // the same keys
}
