import { UserError } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import { recordingOf } from "./check/recording.ts";
import { checkRecovery } from "./check/recovery.ts";
import { STEADY } from "../base/steady.ts";
import type { DrillCode } from "./codes.ts";
import { readJournal } from "./journal.ts";
import { type Session, withRig } from "./rig.ts";

/**
 * How the journeys did without a fault, on the same seed: it tells what the faults caused from what the machine did.
 */
export interface ControlRun {
  readonly journal: string;
  readonly journeys: Readonly<Record<string, { readonly p50Ms: Ms; readonly p99Ms: Ms }>>;
}

/** Runs the load without a fault. Throws DRL-006 where the system does not even then do what its customers ask. */
export async function runControl(session: Session): Promise<ControlRun> {
  const { clock, budgets, signal, host } = session;
  host.say({ level: "progress", about: "control", text: "customers arrive; nothing is broken yet" });
  const objective = { rtoMs: null, rpoMs: null };
  const label = { name: "control", target: null, blastClass: null, objective, expectation: null, controlP99Ms: {} };
  let measuredFrom: Ms = 0;
  const journal = await withRig(label, session, async ({ load, record, live, until }) => {
    const from = clock.now();
    record({ kind: "phase", at: from, phase: "steady" });
    await load.ask("start", null);
    await clock.sleep(budgets.warmUpMs, signal);
    // Everything has only just started: a slow machine takes longer to get into its stride.
    await until(() => live.steady({ windows: 2, from, now: clock.now() }), budgets.steadyAtMostMs);
    measuredFrom = clock.now();
    await clock.sleep(budgets.controlMs, signal);
    await load.ask("stop", null);
  });
  const recording = recordingOf((await readJournal(journal)).events);
  signal.throwIfAborted();
  if (recording.brokenOff !== null) throw unsteady(recording.brokenOff, journal);
  const journeys = recording.journeys.map((journey) => {
    const operations = journey.operations.filter(({ dueAt }) => dueAt >= measuredFrom);
    const { ok, p50Ms, p99Ms } = checkRecovery({ ...journey, operations }, recording, null);
    if (ok === 0 || ok < STEADY.okShare * operations.length) {
      throw unsteady(`journey "${journey.id}" ended well ${ok} times of ${operations.length}`, journal);
    }
    return [journey.id, { p50Ms: Math.round(p50Ms), p99Ms: Math.round(p99Ms) }] as const;
  });
  return { journal, journeys: Object.fromEntries(journeys) };
}

function unsteady(why: string, journal: string): UserError {
  return new UserError({
    code: "DRL-006" satisfies DrillCode,
    message: `nothing is broken yet, and the system is not steady: ${why}`,
    fix: "see `holdfast logs`, or try a lower --rate",
    at: journal,
  });
}
