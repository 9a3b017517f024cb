import { type FailureKind, type FailureRate, YEAR } from "../facts/failure.ts";
import { failureRates } from "../topology/assumption.ts";
import type { Topology } from "../topology/topology.ts";
import { type Interval, between } from "./exact/interval.ts";

/** How often something fails in a year, and how long it stays so where nothing takes over. */
export interface Rate {
  readonly perYear: Interval;
  readonly repairMs: Interval;
}

/** The rates that an estimate rests on. */
export type Rates = Readonly<Record<FailureKind, Rate>>;

const rate = ({ betweenMs, repairMs }: FailureRate): Rate => ({
  perYear: { low: YEAR.value / betweenMs.value[1], high: YEAR.value / betweenMs.value[0] },
  repairMs: between(repairMs.value),
});

/** Those of the facts, and what the definition says otherwise. */
export function ratesOf(topology: Pick<Topology, "assumptions">): Rates {
  const entries = Object.entries(failureRates(topology)).map(([kind, each]) => [kind, rate(each)]);
  return Object.fromEntries(entries) as Rates; // the same keys
}
