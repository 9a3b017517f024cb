import type { Ms } from "../base/units.ts";
import { formatDuration } from "../base/units.ts";
import type { Expectation, SecondBlow } from "../fault/fault.ts";
import { type AimedFault, aim } from "../fault/target.ts";
import type { Primitive } from "../world/primitive.ts";
import { isHealable } from "./check/recording.ts";
import { STEADY } from "./check/steady.ts";
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

/**
 * Strikes, once or twice, watches until the system has coped (or, where it cannot, for a while), undoes everything, and
 * waits for full redundancy. What was struck is undone whatever happens.
 */
export async function breakAndWatch(rig: Rig, session: Session, running: Running): Promise<void> {
  const { world, clock, budgets } = session;
  const { planned, say } = running;
  const { fault } = planned;
  const aimed = aim(fault, planned.target, { topology: world.topology, status: await world.status() });
  const faultAt = clock.now();
  const blows: Blow[] = [];
  const strike = async (primitives: readonly Primitive[], second?: SecondBlow["when"]): Promise<void> => {
    blows.push({ primitives, id: await inject(rig, session, { aimed, primitives, second }) });
  };
  let healedAt: Ms;
  try {
    rig.record({ kind: "phase", at: faultAt, phase: "fault" });
    await strike(aimed.primitives);
    if (fault.crowd) await rig.load.ask("crowd", fault.crowd);
    say(`struck ${aimed.subject}`);
    rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
    if (fault.then?.when === "detected") {
      await rig.until(() => rig.live.detected(faultAt), budgets.observeAtMostMs);
    } else if (fault.then) await observe(rig, session, { running, from: faultAt, toTheEnd: false });
    if (fault.then) {
      await strike(fault.then.primitives(world.topology, aimed.subject), fault.then.when);
      rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
      say("struck again");
    }
    await observe(rig, session, { running, from: fault.then ? clock.now() : faultAt, toTheEnd: true });
  } finally {
    // The crowd leaves first; a load that is gone takes its crowd along, and must not keep the world from being healed.
    if (fault.crowd) await rig.load.ask("crowd", null).catch(() => undefined);
    healedAt = await heal(rig, session, { aimed, blows });
  }
  const ok = await abortable(world.settled(budgets.settleMs), session.signal);
  rig.record({ kind: "settled", at: clock.now(), ok, withinMs: budgets.settleMs });
  say(
    ok ? `whole again ${formatDuration(clock.now() - faultAt)} after the fault` : "full redundancy has not come back",
  );
  const lasted = fault.crowd !== undefined || blows.some(({ primitives }) => isHealable(primitives));
  const from = lasted ? healedAt : faultAt;
  const isSteady = (): boolean => rig.live.steady({ windows: STEADY.windows, from, now: clock.now() });
  await rig.until(isSteady, budgets.steadyAtMostMs);
}

/**
 * Watches until all is steady; where something cannot work until the fault is undone, for a fixed time. `toTheEnd`: and
 * until what the fault must bring about has come, which a second blow may be needed for.
 */
async function observe(
  rig: Rig,
  { clock, budgets }: Session,
  { running, from, toTheEnd }: { running: Running; from: Ms; toTheEnd: boolean },
): Promise<void> {
  const mustWait = running.expectation.unavailable.length > 0;
  const isOver = (): boolean =>
    clock.now() - from >= budgets.observeMs &&
    (!toTheEnd || rig.live.played(from)) &&
    (mustWait || rig.live.steady({ windows: STEADY.windows, from, now: clock.now() }));
  const over = await rig.until(isOver, budgets.observeAtMostMs);
  const watched = `watched for ${formatDuration(clock.now() - from)}`;
  if (mustWait) running.say(`${watched}; what was struck cannot work until it is mended`);
  else running.say(over ? `steady again; ${watched}` : "not steady again; undoing the fault");
}

/** T0 is the instant before the world is asked: what it takes to strike counts as outage. */
async function inject(
  rig: Rig,
  { world, clock }: Session,
  {
    aimed,
    primitives,
    second,
  }: { aimed: AimedFault; primitives: readonly Primitive[]; second?: SecondBlow["when"] | undefined },
): Promise<string> {
  const { fault, subject } = aimed;
  const struck = { fault: fault.name, target: subject, primitives, ...(second && { second }) };
  rig.record({ kind: "fault", at: clock.now(), action: "inject", ...struck });
  return world.inject({ name: fault.name, target: subject, primitives });
}

/** Undoes all blows; gives when it began. */
async function heal(
  rig: Rig,
  { world, clock }: Session,
  { aimed, blows }: { aimed: AimedFault; blows: readonly Blow[] },
): Promise<Ms> {
  const { fault, subject } = aimed;
  const at = clock.now();
  rig.record({ kind: "phase", at, phase: "heal" });
  await undoAll(blows, async ({ id, primitives }) => {
    rig.record({ kind: "fault", at, action: "heal", fault: fault.name, target: subject, primitives });
    await world.heal(id);
  });
  return at;
}
