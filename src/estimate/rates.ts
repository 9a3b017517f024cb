import { FAILURE, YEAR } from "../facts/failure.ts";
import { type Interval, between } from "./exact/interval.ts";

/** How often something fails in a year, and how long it stays so where nothing takes over. */
export interface Rate {
  readonly perYear: Interval;
  readonly repairMs: Interval;
}

/** The rates that an estimate rests on. */
export type Rates = Readonly<Record<keyof typeof FAILURE, Rate>>;

const rate = ({ betweenMs, repairMs }: (typeof FAILURE)[keyof typeof FAILURE]): Rate => ({
  perYear: { low: YEAR.value / betweenMs.value[1], high: YEAR.value / betweenMs.value[0] },
  repairMs: between(repairMs.value),
});

/** Those of the facts. */
export const RATES: Rates = {
  instance: rate(FAILURE.instance),
  zone: rate(FAILURE.zone),
  region: rate(FAILURE.region),
  service: rate(FAILURE.service),
  edge: rate(FAILURE.edge),
  deployment: rate(FAILURE.deployment),
};
