import { type FailureKind, type FailureRate, MISHAP, type MishapRate, type Range, YEAR } from "../../facts/failure.ts";
import { failureRates } from "../../topology/assumption.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Mishap, Spread } from "./spread.ts";

/** How often in a year, and how long until it is mended. */
export interface HazardRate {
  readonly perYear: number;
  readonly lastsMs: Spread;
}

/** The rates of a simulation, by what fails. */
export type HazardRates = Readonly<Record<FailureKind, HazardRate>> & {
  /** What goes wrong with failovers. */
  readonly mishaps: Readonly<Record<keyof typeof MISHAP, Mishap>>;
};

/** Which rate of each range: the ends, or between them, where it is as many times the low one as the high one is it. */
export type RateChoice = "low" | "middle" | "high";

const EXPONENT: Readonly<Record<RateChoice, number>> = { low: 0, middle: 0.5, high: 1 };

/** The rates of the facts, and what the definition says otherwise. */
export function hazardRates(topology: Pick<Topology, "assumptions">, choice: RateChoice): HazardRates {
  const rate = ({ betweenMs, repairMs }: FailureRate): HazardRate => {
    const [shortest, longest] = betweenMs.value;
    return { perYear: YEAR.value / inRange([longest, shortest], choice), lastsMs: repairMs.value };
  };
  const mishap = ({ share, mendMs }: MishapRate): Mishap => ({
    share: inRange(share.value, choice),
    mendMs: mendMs.value,
  });
  const entries = Object.entries(failureRates(topology)).map(([kind, each]) => [kind, rate(each)]);
  const kinds = Object.fromEntries(entries) as Record<FailureKind, HazardRate>; // the same keys
  return { ...kinds, mishaps: { promotion: mishap(MISHAP.promotion), takeover: mishap(MISHAP.takeover) } };
}

/** From the end of a range that is rare to the one that is frequent. */
function inRange([rare, frequent]: Range, choice: RateChoice): number {
  return rare * (frequent / rare) ** EXPONENT[choice];
}
