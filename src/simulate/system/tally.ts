import type { Ms } from "../../base/units.ts";
import type { IncidentReport } from "./incident.ts";
import type { WorkReport } from "./part/work.ts";

/** What one cause came to; times of each strike. */
export interface CauseTally {
  unservedMs: Ms;
  readonly downMs: Ms[];
  readonly lostMs: Ms[];
  readonly lateMs: Ms[];
}

/** What all incidents of some years came to. */
export class Tally {
  events = 0;
  /** Downtime of each incident that had any: time times the share of the operations that failed. */
  readonly portions: Ms[] = [];
  /** By cause: what each strike cost customers. */
  readonly byCause = new Map<string, CauseTally>();
  readonly unservedMsOf = new Map<string, Ms>();
  /** What became of the work behind each queue. */
  readonly work = new Map<string, WorkReport>();
  /** Downtime of each year, by the year in which the incident began. */
  readonly yearMs: Ms[];

  constructor(years: number) {
    this.yearMs = Array.from({ length: Math.ceil(years) }, () => 0);
  }

  add(report: IncidentReport, year: number): void {
    this.events += report.events;
    let sum = 0;
    for (const { hazard, unservedMs, downMs, lostMs, lateMs } of report.strikes) {
      const { cause } = hazard;
      sum += unservedMs;
      const known = this.byCause.get(cause) ?? { unservedMs: 0, downMs: [], lostMs: [], lateMs: [] };
      this.byCause.set(cause, known);
      known.unservedMs += unservedMs;
      known.downMs.push(downMs);
      known.lostMs.push(lostMs);
      known.lateMs.push(lateMs);
    }
    if (sum > 0) this.portions.push(sum);
    this.yearMs[year] = (this.yearMs[year] ?? 0) + sum;
    this.#addWork(report.work);
    for (const [component, ms] of report.unservedMsOf) {
      this.unservedMsOf.set(component, (this.unservedMsOf.get(component) ?? 0) + ms);
    }
  }

  #addWork(work: IncidentReport["work"]): void {
    for (const [queue, { beyondObjective, lost, longestMs }] of work) {
      const before = this.work.get(queue);
      this.work.set(queue, {
        beyondObjective: (before?.beyondObjective ?? 0) + beyondObjective,
        lost: (before?.lost ?? 0) + lost,
        longestMs: Math.max(before?.longestMs ?? 0, longestMs),
      });
    }
  }

  get unservedMs(): Ms {
    return this.portions.reduce((sum, each) => sum + each, 0);
  }
}
