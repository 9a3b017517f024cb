import type { Ms } from "../../base/units.ts";
import type { IncidentReport } from "./incident.ts";

/** What one cause came to; times of each strike. */
export interface CauseTally {
  unservedMs: Ms;
  readonly downMs: Ms[];
  readonly lostMs: Ms[];
}

/** What all incidents of some years came to. */
export class Tally {
  events = 0;
  /** Downtime of each incident that had any: time times the share of the operations that failed. */
  readonly portions: Ms[] = [];
  /** By cause: what each strike cost customers. */
  readonly byCause = new Map<string, CauseTally>();
  readonly unservedMsOf = new Map<string, Ms>();
  /** Downtime of each year, by the year in which the incident began. */
  readonly yearMs: Ms[];

  constructor(years: number) {
    this.yearMs = Array.from({ length: Math.ceil(years) }, () => 0);
  }

  add(report: IncidentReport, year: number): void {
    this.events += report.events;
    let sum = 0;
    for (const { cause, unservedMs, downMs, lostMs } of report.strikes) {
      sum += unservedMs;
      const known = this.byCause.get(cause) ?? { unservedMs: 0, downMs: [], lostMs: [] };
      this.byCause.set(cause, known);
      known.unservedMs += unservedMs;
      known.downMs.push(downMs);
      known.lostMs.push(lostMs);
    }
    if (sum > 0) this.portions.push(sum);
    this.yearMs[year] = (this.yearMs[year] ?? 0) + sum;
    for (const [component, ms] of report.unservedMsOf) {
      this.unservedMsOf.set(component, (this.unservedMsOf.get(component) ?? 0) + ms);
    }
  }

  get unservedMs(): Ms {
    return this.portions.reduce((sum, each) => sum + each, 0);
  }
}
