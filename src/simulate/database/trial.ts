import type { Ms } from "../../base/units.ts";
import { type DatabaseOptions, SimulatedDatabase } from "../database.ts";
import type { Scheduled } from "../schedule.ts";
import { outcomeOf } from "../violation.ts";
import type { DatabaseFault } from "./fault.ts";

/** How a schedule is tried. */
export interface DatabaseTrial extends DatabaseOptions {
  readonly faults: readonly Scheduled<DatabaseFault>[];
  /** All must be whole again this long after the last fault is over. */
  readonly healsWithinMs: Ms;
  /**
   * With one fault: writes must be acknowledged again this long after it began, whether or not it is over. Left out:
   * not asked.
   */
  readonly servesWithinMs?: Ms;
}

/** What came of a trial. */
export interface DatabaseOutcome {
  /** The promise that was broken; null: none. */
  readonly broken: string | null;
  /** How often another primary was promoted. */
  readonly promotions: number;
  readonly events: number;
}

const SETTLES_WITHIN_MS = 5_000;

/** Starts a database, lets the faults happen, and waits until all is whole. */
export function tryDatabase(trial: DatabaseTrial): DatabaseOutcome {
  const database = new SimulatedDatabase(trial);
  const broken = outcomeOf(() => play(database, trial));
  return { broken, promotions: database.state.epoch - 1, events: database.time.events };
}

function play(database: SimulatedDatabase, trial: DatabaseTrial): string | null {
  const { time } = database;
  if (!becomesWhole(database, 30_000)) return "it does not come up";
  const start = time.now();
  let last = start;
  for (const { at, forMs, what } of trial.faults) {
    last = Math.max(last, start + at + forMs);
    time.after(at, () => {
      const heal = database.inject(what);
      time.after(forMs, heal);
    });
  }
  const first = trial.faults[0];
  if (trial.servesWithinMs !== undefined && first) {
    const due = start + first.at + trial.servesWithinMs;
    database.runUntil(due);
    if (database.ledger.lastAt < due - 1_000)
      return `no write is acknowledged ${trial.servesWithinMs} ms after the fault began`;
  }
  database.runUntil(last);
  if (!becomesWhole(database, trial.healsWithinMs))
    return `${trial.healsWithinMs} ms after the last fault it is not whole`;
  // What the observers missed may lead to one more failover, but writes go on.
  const whole = time.now();
  database.runUntil(whole + SETTLES_WITHIN_MS);
  if (database.ledger.lastAt <= whole) return "all is whole, and yet no write is acknowledged";
  return null;
}

function becomesWhole(database: SimulatedDatabase, withinMs: Ms): boolean {
  const until = database.time.now() + withinMs;
  while (database.time.now() < until) {
    database.runUntil(database.time.now() + 250);
    if (database.isWhole()) return true;
  }
  return false;
}
