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

/** What all incidents of some years came to, as plain data. */
export type YearsTally = Pick<Tally, "events" | "portions" | "byCause" | "unservedMsOf" | "work" | "yearMs">;

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
      sum += unservedMs;
      const cause = this.#causeOf(hazard.cause);
      cause.unservedMs += unservedMs;
      cause.downMs.push(downMs);
      cause.lostMs.push(lostMs);
      cause.lateMs.push(lateMs);
    }
    if (sum > 0) this.portions.push(sum);
    this.#addToYear(year, sum);
    for (const [queue, work] of report.work) this.#addWork(queue, work);
    for (const [component, ms] of report.unservedMsOf) this.#addUnserved(component, ms);
  }

  /** Takes in what came of other years, of which the first is `from`. */
  merge(other: YearsTally, from: number): void {
    this.events += other.events;
    append(this.portions, other.portions);
    for (const [name, { unservedMs, downMs, lostMs, lateMs }] of other.byCause) {
      const cause = this.#causeOf(name);
      cause.unservedMs += unservedMs;
      append(cause.downMs, downMs);
      append(cause.lostMs, lostMs);
      append(cause.lateMs, lateMs);
    }
    for (const [year, ms] of other.yearMs.entries()) this.#addToYear(from + year, ms);
    for (const [queue, work] of other.work) this.#addWork(queue, work);
    for (const [component, ms] of other.unservedMsOf) this.#addUnserved(component, ms);
  }

  #causeOf(name: string): CauseTally {
    const known = this.byCause.get(name);
    if (known) return known;
    const cause: CauseTally = { unservedMs: 0, downMs: [], lostMs: [], lateMs: [] };
    this.byCause.set(name, cause);
    return cause;
  }

  #addToYear(year: number, ms: Ms): void {
    this.yearMs[year] = (this.yearMs[year] ?? 0) + ms;
  }

  #addUnserved(component: string, ms: Ms): void {
    this.unservedMsOf.set(component, (this.unservedMsOf.get(component) ?? 0) + ms);
  }

  #addWork(queue: string, { beyondObjective, lost, longestMs }: WorkReport): void {
    const before = this.work.get(queue);
    this.work.set(queue, {
      beyondObjective: (before?.beyondObjective ?? 0) + beyondObjective,
      lost: (before?.lost ?? 0) + lost,
      longestMs: Math.max(before?.longestMs ?? 0, longestMs),
    });
  }

  get unservedMs(): Ms {
    return this.portions.reduce((sum, each) => sum + each, 0);
  }
}

/** One by one: `push` takes no million arguments. */
function append(to: Ms[], more: readonly Ms[]): void {
  for (const each of more) to.push(each);
}
