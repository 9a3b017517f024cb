import { type Ms, formatDuration } from "../base/units.ts";
import { type AimedFault, aim } from "../fault/target.ts";
import { isHealable } from "./check/recording.ts";
import { STEADY } from "./check/steady.ts";
import type { ControlRun } from "./control.ts";
import type { DrillDocument } from "./document.ts";
import { readJournal } from "./journal.ts";
import type { PlannedDrill } from "./plan.ts";
import { checkLedger, recordQueues } from "./read-back.ts";
import { type Rig, type Session, withRig } from "./rig.ts";
import { judge } from "./verdict.ts";

type Say = (text: string) => void;

/**
 * Runs one drill: steady state, fault, observation, heal, check. What happened goes to its journal, and its figures are
 * computed from that file alone. A drill that cannot be brought to its end is `unknown`, and what it broke is healed
 * all the same.
 */
export async function runDrill(planned: PlannedDrill, session: Session, control: ControlRun): Promise<DrillDocument> {
  const { fault, target } = planned;
  const say: Say = (text) => session.host.say({ level: "progress", about: fault.name, text });
  const controlP99Ms = Object.fromEntries(Object.entries(control.journeys).map(([id, { p99Ms }]) => [id, p99Ms]));
  const objective = session.world.topology.objectives[fault.blastClass];
  const label = { name: fault.name, target, blastClass: fault.blastClass, objective, controlP99Ms };
  const file = await withRig(label, session, async (rig) => {
    await becomeSteady(rig, session);
    const booksBefore = await rig.load.ask("effects", null);
    await startLoad(rig, session);
    await breakAndWatch(rig, session, { planned, say });
    await rig.load.ask("stop", null);
    await recordEventLoops(rig, session);
    say("reading back every acknowledged write");
    rig.record({ kind: "phase", at: session.clock.now(), phase: "check" });
    await checkLedger(rig, session, booksBefore);
  });
  return judge({ ...(await readJournal(file)), file });
}

/** Whole, and nothing queued of an earlier drill: else the books would count its effects in. */
async function becomeSteady(rig: Rig, session: Session): Promise<void> {
  const { world, clock, budgets } = session;
  rig.record({ kind: "phase", at: clock.now(), phase: "steady" });
  if (!(await abortable(world.settled(budgets.settleMs), session)))
    throw new Error("the system was not whole before the fault");
  await recordQueues(rig, session);
  await world.eventLoopDelays();
}

async function startLoad(rig: Rig, { clock, budgets }: Session): Promise<void> {
  const from = clock.now();
  await rig.load.ask("start", null);
  const isSteady = (): boolean =>
    clock.now() - from >= budgets.steadyMs && rig.live.steady({ windows: 2, from, now: clock.now() });
  if (!(await rig.until(isSteady, budgets.steadyAtMostMs)))
    throw new Error("the system was not steady before the fault");
}

async function breakAndWatch(rig: Rig, session: Session, drill: { planned: PlannedDrill; say: Say }): Promise<void> {
  const { world, clock, budgets } = session;
  const { planned, say } = drill;
  const aimed = aim(planned.fault, planned.target, { topology: world.topology, status: await world.status() });
  const faultAt = clock.now();
  const faultId = await strike(rig, session, { aimed, faultAt });
  say(`struck ${aimed.subject}`);
  let healedAt = faultAt;
  try {
    rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
    const isOver = (): boolean =>
      clock.now() - faultAt >= budgets.observeMs &&
      rig.live.played(faultAt) &&
      rig.live.steady({ windows: STEADY.windows, from: faultAt, now: clock.now() });
    const over = await rig.until(isOver, budgets.observeAtMostMs);
    say(
      over
        ? `steady again; watched for ${formatDuration(clock.now() - faultAt)}`
        : "not steady again; undoing the fault",
    );
  } finally {
    healedAt = await heal(rig, session, { aimed, faultId });
  }
  const ok = await abortable(world.settled(budgets.settleMs), session);
  rig.record({ kind: "settled", at: clock.now(), ok, withinMs: budgets.settleMs });
  say(
    ok ? `whole again ${formatDuration(clock.now() - faultAt)} after the fault` : "full redundancy has not come back",
  );
  const from = isHealable(aimed.primitives) ? healedAt : faultAt;
  await rig.until(() => rig.live.steady({ windows: 2, from, now: clock.now() }), budgets.steadyAtMostMs);
}

/** T0 is the instant before the world is asked: what it takes to strike counts as outage. */
async function strike(
  rig: Rig,
  { world }: Session,
  { aimed, faultAt }: { aimed: AimedFault; faultAt: Ms },
): Promise<string> {
  const { fault, subject, primitives } = aimed;
  rig.record({ kind: "phase", at: faultAt, phase: "fault" });
  rig.record({ kind: "fault", at: faultAt, action: "inject", fault: fault.name, target: subject, primitives });
  return world.inject({ name: fault.name, target: subject, primitives });
}

async function heal(
  rig: Rig,
  { world, clock }: Session,
  { aimed, faultId }: { aimed: AimedFault; faultId: string },
): Promise<Ms> {
  const { fault, subject, primitives } = aimed;
  const at = clock.now();
  rig.record({ kind: "phase", at, phase: "heal" });
  rig.record({ kind: "fault", at, action: "heal", fault: fault.name, target: subject, primitives });
  await world.heal(faultId);
  return at;
}

/** Each of the world's processes, and how late its event loop was at worst while the drill ran. */
async function recordEventLoops(rig: Rig, { world, clock }: Session): Promise<void> {
  for (const [process, maxDelayMs] of Object.entries(await world.eventLoopDelays())) {
    rig.record({ kind: "event-loop", at: clock.now(), process, maxDelayMs });
  }
}

/** Waits for what cannot be stopped, unless the user wants out. */
function abortable<T>(work: Promise<T>, { signal }: Session): Promise<T> {
  const out = Promise.withResolvers<never>();
  const onAbort = (): void => out.reject(new Error("it was interrupted"));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, out.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}
