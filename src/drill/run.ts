import { AS_EVER } from "../fault/fault.ts";
import { subjectsOf } from "../fault/target.ts";
import { breakAndWatch } from "./break-and-watch.ts";
import { failBack } from "./fail-back.ts";
import type { ControlRun } from "./control.ts";
import type { DrillDocument } from "../base/drill-document.ts";
import { readJournal } from "./journal.ts";
import { type PlannedDrill, objectiveOf } from "./plan.ts";
import { checkLedger, drainQueues, recordQueues } from "./read-back.ts";
import { type Rig, type Session, abortable, withRig } from "./rig.ts";
import { recordSaved } from "./saved.ts";
import { judge } from "./verdict.ts";

type Say = (text: string) => void;

/**
 * Runs one drill: steady state, fault, observation, heal, check. What happened goes to its journal, and its figures are
 * computed from that file alone. A drill that cannot be brought to its end is `unknown`, and what it broke is healed
 * all the same.
 */
export async function runDrill(planned: PlannedDrill, shared: Session, control: ControlRun): Promise<DrillDocument> {
  const { fault, target } = planned;
  const session = atShare(shared, fault.rateShare ?? 1);
  const say: Say = (text) => session.host.say({ level: "progress", about: fault.name, text });
  const controlP99Ms = Object.fromEntries(Object.entries(control.journeys).map(([id, { p99Ms }]) => [id, p99Ms]));
  const { topology } = session.world;
  const objective = planned.objective ?? objectiveOf(topology, fault.blastClass);
  // A role is looked up when the fault strikes; what is expected does not depend on who holds it.
  const expectation = fault.expects?.(topology, subjectsOf(topology, target)[0] ?? target) ?? AS_EVER;
  const predicted = session.predict?.(planned, { rate: session.rate, primaries: await primariesOf(session) }) ?? null;
  const about = { name: fault.name, target, blastClass: fault.blastClass };
  const label = { ...about, objective, expectation, predicted, controlP99Ms };
  const isOfRegions = fault.blastClass === "region";
  const beganAt = session.clock.now();
  const file = await withRig(label, session, async (rig) => {
    await becomeSteady(rig, session);
    if (isOfRegions) await recordFootprint(rig, session);
    const booksBefore = await rig.load.ask("effects", null);
    await startLoad(rig, session);
    await breakAndWatch(rig, session, { planned, expectation, say });
    await rig.load.ask("stop", null);
    await recordEventLoops(rig, session);
    say("reading back every acknowledged write");
    rig.record({ kind: "phase", at: session.clock.now(), phase: "check" });
    await checkLedger(rig, session, booksBefore);
    if (isOfRegions) await recordSaved(rig, session, beganAt);
  });
  return judge({ ...(await readJournal(file)), file });
}

/** Which member of each database and cache takes writes now. */
async function primariesOf({ world }: Session): Promise<Readonly<Record<string, string>>> {
  const { instances } = await world.status();
  const primaries = instances.filter(({ role }) => role === "primary");
  return Object.fromEntries(primaries.map(({ component, id }) => [component, id]));
}

/** With fewer customers, and with as many of their operations before the fault as ever. */
function atShare(session: Session, share: number): Session {
  const { rate, budgets } = session;
  return { ...session, rate: rate * share, budgets: { ...budgets, steadyMs: budgets.steadyMs / share } };
}

/** What each region uses of the machine while nobody is served: what it costs to keep it ready. */
async function recordFootprint(rig: Rig, { world, clock }: Session): Promise<void> {
  rig.record({ kind: "footprint", at: clock.now(), regions: await world.footprint() });
}

/**
 * Whole, the first region serving, and nothing queued of an earlier drill, if that can be had: else the books would
 * count its effects in, and a bad message of its own be set aside in this one.
 */
export async function becomeSteady(rig: Rig, session: Session): Promise<void> {
  const { world, clock, budgets } = session;
  rig.record({ kind: "phase", at: clock.now(), phase: "steady" });
  if (!(await abortable(world.settled(budgets.settleMs), session.signal)))
    throw new Error("the system was not whole before the fault");
  await failBack(rig, session);
  await drainQueues(session, clock.now() + budgets.visibleMs);
  await recordQueues(rig, session);
  await backUp(session);
  await world.eventLoopDelays();
}

/**
 * Where a region is made of backups, what is lost with the other is what came after the last of them. So there is one
 * of all that was there before this drill's customers came.
 */
export async function backUp({ world, host }: Session): Promise<void> {
  const { recovery, regions } = world.topology;
  if (recovery !== "backup-restore" || regions.length < 2) return;
  host.say({ level: "progress", about: "backup", text: "every database is backed up, and copied to the other region" });
  await world.backup();
}

/** Lets customers arrive until they are steady. Rejects where they do not become so. */
export async function startLoad(rig: Rig, { clock, budgets }: Session): Promise<void> {
  const from = clock.now();
  await rig.load.ask("start", null);
  const isSteady = (): boolean =>
    clock.now() - from >= budgets.steadyMs && rig.live.steady({ windows: 2, from, now: clock.now() });
  if (!(await rig.until(isSteady, budgets.steadyAtMostMs)))
    throw new Error("the system was not steady before the fault");
}

/** Each of the world's processes, and how late its event loop was at worst while the drill ran. */
export async function recordEventLoops(rig: Rig, { world, clock }: Session): Promise<void> {
  for (const [process, maxDelayMs] of Object.entries(await world.eventLoopDelays())) {
    rig.record({ kind: "event-loop", at: clock.now(), process, maxDelayMs });
  }
}
