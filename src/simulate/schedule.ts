import type { Ms } from "../base/units.ts";

/** A fault of a schedule: `what` happens at `at`, and is over `forMs` later. */
export interface Scheduled<Fault> {
  readonly at: Ms;
  readonly forMs: Ms;
  readonly what: Fault;
}

/** A run that broke a promise: which, under which seed, and the fewest of its faults that still break one. */
export interface Counterexample<Fault> {
  readonly seed: number;
  readonly why: string;
  readonly faults: readonly Scheduled<Fault>[];
}

/** One family of schedules: how faults follow from a seed, and what a run under them breaks (null: nothing). */
export interface Family<Fault> {
  readonly draw: (seed: number) => readonly Scheduled<Fault>[];
  readonly run: (seed: number, faults: readonly Scheduled<Fault>[]) => string | null;
}

/** Runs `count` schedules from seed `first` on, and shrinks the first that breaks a promise; null where none does. */
export function search<Fault>(family: Family<Fault>, first: number, count: number): Counterexample<Fault> | null {
  for (let seed = first; seed < first + count; seed += 1) {
    const faults = family.draw(seed);
    const why = family.run(seed, faults);
    if (why !== null) return shrink(family, { seed, why, faults });
  }
  return null;
}

/** Leaves out one fault after another for as long as the run still breaks a promise. */
function shrink<Fault>(family: Family<Fault>, found: Counterexample<Fault>): Counterexample<Fault> {
  for (const left of found.faults) {
    const faults = found.faults.filter((fault) => fault !== left);
    const why = family.run(found.seed, faults);
    if (why !== null) return shrink(family, { ...found, why, faults });
  }
  return found;
}

/** A counterexample as a reader likes it: the promise, the seed that repeats it, and each fault on a line. */
export function describeCounterexample<Fault>(found: Counterexample<Fault>, name: (fault: Fault) => string): string {
  const lines = found.faults.map(
    ({ at, forMs, what }) => `  ${Math.round(at)} ms: ${name(what)} for ${Math.round(forMs)} ms`,
  );
  return [`seed ${found.seed}: ${found.why}`, ...lines].join("\n");
}
