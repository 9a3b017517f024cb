import type { Ms } from "../base/units.ts";
import { formatDuration } from "../base/units.ts";
import type { Expectation, Flaps, SecondBlow } from "../fault/fault.ts";
import { type AimedFault, aim } from "../fault/target.ts";
import type { Primitive } from "../world/primitive.ts";
import { QUEUED_MS } from "./check/loss-claims.ts";
import { isHealable } from "./check/recording.ts";
import { approver } from "./approval.ts";
import { STEADY } from "../base/steady.ts";
import { areLed, failBackUnderLoad } from "./fail-back.ts";
import type { PlannedDrill } from "./plan.ts";
import { type Rig, type Session, abortable } from "./rig.ts";
import { undoAll } from "./undo-all.ts";

/** A drill that runs. */
export interface Running {
  readonly planned: PlannedDrill;
  readonly expectation: Expectation;
  say(text: string): void;
}

/** What was done to the world, to be undone. */
interface Blow {
  readonly id: string;
  readonly primitives: readonly Primitive[];
}

/** A drill with its target found. */
interface Struck {
  readonly running: Running;
  readonly aimed: AimedFault;
  /** T0: that of the second blow where the first one prepared it. */
  faultAt: Ms;
  /** What is in force. */
  blows: readonly Blow[];
}

/**
 * Strikes, once or twice, watches until the system has coped (or, where it cannot, for a while), undoes everything, and
 * waits for full redundancy; where another region serves then, the first one takes over again. What was struck is
 * undone whatever happens.
 */
export async function breakAndWatch(rig: Rig, session: Session, running: Running): Promise<void> {
  const { world, clock, budgets } = session;
  const { planned, say } = running;
  const { fault } = planned;
  const aimed = aim(fault, planned.target, { topology: world.topology, status: await world.status() });
  const struck: Struck = { running, aimed, faultAt: clock.now(), blows: [] };
  let healedAt: Ms;
  try {
    rig.record({ kind: "phase", at: struck.faultAt, phase: "fault" });
    await strikeAndObserve(rig, session, struck);
  } finally {
    // The crowd leaves first; a load that is gone takes its crowd along, and must not keep the world from being healed.
    if (fault.crowd) await rig.load.ask("crowd", null).catch(() => undefined);
    healedAt = await heal(rig, session, struck);
  }
  const { rewinds } = running.expectation;
  const undoneAt = rewinds ? clock.now() : healedAt; // a restore is part of the recovery: what counts comes after it
  if (rewinds) await rig.load.ask("forget", { from: struck.faultAt - QUEUED_MS, to: clock.now() });
  const ok = await abortable(world.settled(budgets.settleMs), session.signal);
  rig.record({ kind: "settled", at: clock.now(), ok, withinMs: budgets.settleMs });
  const { faultAt } = struck;
  say(
    ok ? `whole again ${formatDuration(clock.now() - faultAt)} after the fault` : "full redundancy has not come back",
  );
  const lasted = fault.crowd !== undefined || struck.blows.some(({ primitives }) => isHealable(primitives));
  const from = lasted ? undoneAt : faultAt;
  const isSteady = (): boolean => rig.live.steady({ windows: STEADY.windows, from, now: clock.now() });
  await rig.until(isSteady, budgets.steadyAtMostMs);
  if (ok) await failBackUnderLoad(rig, session);
}

async function strikeAndObserve(rig: Rig, session: Session, struck: Struck): Promise<void> {
  const { world, clock, budgets } = session;
  const { running, aimed } = struck;
  const { fault, subject } = aimed;
  await inject(rig, session, { struck, primitives: aimed.primitives });
  if (fault.crowd) await rig.load.ask("crowd", fault.crowd);
  running.say(`struck ${subject}`);
  rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
  if (fault.then?.when === "detected") {
    await rig.until(() => rig.live.detected(struck.faultAt), budgets.observeAtMostMs);
  } else if (fault.then) await observe(rig, session, { struck, from: struck.faultAt, toTheEnd: false });
  if (fault.then) {
    if (fault.then.when === "prepared") struck.faultAt = clock.now();
    await inject(rig, session, {
      struck,
      primitives: fault.then.primitives(world.topology, subject),
      second: fault.then.when,
    });
    rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
    running.say("struck again");
  }
  await observe(rig, session, { struck, from: fault.then ? clock.now() : struck.faultAt, toTheEnd: true });
  if (fault.flaps) await flap(rig, session, struck, fault.flaps);
}

/** Lets the fault go and come again, each time for too short a time to rely on. */
async function flap(rig: Rig, session: Session, struck: Struck, { times, goneMs, backMs }: Flaps): Promise<void> {
  const { clock, signal } = session;
  for (let time = 1; time <= times; time += 1) {
    await heal(rig, session, struck);
    struck.blows = [];
    await clock.sleep(goneMs, signal);
    await inject(rig, session, { struck, primitives: struck.aimed.primitives });
    await clock.sleep(backMs, signal);
  }
  struck.running.say(`it went and came back ${times} times`);
}

/**
 * Watches until all is steady; where something cannot work until the fault is undone, for a fixed time. `toTheEnd`: and
 * until what the fault must bring about has come, which a second blow may be needed for.
 */
async function observe(
  rig: Rig,
  session: Session,
  { struck, from, toTheEnd }: { struck: Struck; from: Ms; toTheEnd: boolean },
): Promise<void> {
  const { clock, budgets } = session;
  const { running, faultAt } = struck;
  const mustWait = running.expectation.unavailable.length > 0;
  const approve = approver(rig, session, from);
  const { after } = struck.aimed.fault.then ?? {};
  const isPrepared = (): boolean =>
    !rig.live.detected(faultAt) && (after === undefined || rig.live.decided(null, [after], faultAt) !== undefined);
  const isOver = (): boolean => {
    approve();
    if (clock.now() - from < budgets.observeMs || !areLed(rig, session, faultAt)) return false;
    if (toTheEnd ? !rig.live.played(faultAt) : !isPrepared()) return false;
    return mustWait || rig.live.steady({ windows: STEADY.windows, from, now: clock.now() });
  };
  const over = await rig.until(isOver, budgets.observeAtMostMs);
  const watched = `watched for ${formatDuration(clock.now() - from)}`;
  if (mustWait) running.say(`${watched}; what was struck cannot work until it is mended`);
  else running.say(over ? `steady again; ${watched}` : "not steady again; undoing the fault");
}

/** T0 is the instant before the world is asked: what it takes to strike counts as outage. */
async function inject(
  rig: Rig,
  { world, clock }: Session,
  { struck, primitives, second }: { struck: Struck; primitives: readonly Primitive[]; second?: SecondBlow["when"] },
): Promise<void> {
  const { fault, subject } = struck.aimed;
  const what = { fault: fault.name, target: subject, primitives, ...(second && { second }) };
  rig.record({ kind: "fault", at: clock.now(), action: "inject", ...what });
  const id = await world.inject({ name: fault.name, target: subject, primitives });
  struck.blows = [...struck.blows, { id, primitives }];
}

/** Undoes all that is in force; gives when it began. */
async function heal(rig: Rig, { world, clock }: Session, { aimed, blows }: Struck): Promise<Ms> {
  const { fault, subject } = aimed;
  const at = clock.now();
  rig.record({ kind: "phase", at, phase: "heal" });
  await undoAll(blows, async ({ id, primitives }) => {
    rig.record({ kind: "fault", at, action: "heal", fault: fault.name, target: subject, primitives });
    await world.heal(id);
  });
  return at;
}
