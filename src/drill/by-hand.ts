import type { Clock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { JournalEvent, Outcome, ProbeEvent, WorldEvent } from "../base/journal.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import type { FaultCode } from "../fault/codes.ts";
import type { Fault, Flaps, SecondBlow } from "../fault/fault.ts";
import { type AimedFault, aim } from "../fault/target.ts";
import type { Primitive } from "../world/primitive.ts";
import type { World } from "../world/world.ts";
import { isHealable } from "./check/recording.ts";
import { assertJourneys, limitOn } from "./drills.ts";
import { failingOver } from "./live.ts";
import { type Load, openLoad } from "./load.ts";
import { budgetsOf } from "./plan.ts";
import { loadPlan } from "./rig.ts";
import { undoAll } from "./undo-all.ts";

/** What a break by hand works with. */
export interface ByHand {
  readonly world: World;
  readonly host: Host;
  readonly clock: Clock;
  readonly seed: number;
  /** Customers that arrive in a second, where the fault needs customers. */
  readonly rate: number;
  /** How long until it is healed; null: it stays, unless it comes with a crowd, which ends with the command. */
  readonly forMs: Ms | null;
  /** Aborts when the user wants out: what was broken is healed then. */
  readonly signal: AbortSignal;
}

/** What a break by hand came to, as `break --json` prints it. */
export interface BrokenByHand {
  readonly fault: string;
  /** What was struck, role or no role. */
  readonly target: string;
  /** The faults that it made, in order; a second blow is one of its own. */
  readonly ids: readonly string[];
  /** Whether it has been undone, or there was nothing to undo. */
  readonly healed: boolean;
  readonly interrupted: boolean;
  readonly crowd: CrowdTally | null;
}

/** What became of the requests that were made, of customers and of strangers. */
export interface CrowdTally {
  readonly operations: Readonly<Record<Outcome, number>>;
  readonly requests: Readonly<Record<ProbeEvent["outcome"], number>>;
}

const CROWD_FOR_MS: Ms = 30_000;
const LOOK_AGAIN_MS: Ms = 50;

/**
 * Breaks a running system, once or twice, with the crowd that comes with it, and heals it after `forMs`. Where
 * nothing has to be waited for it returns at once and leaves the fault in force. Throws FLT-002 and FLT-003 where it
 * cannot be aimed, FLT-004 where it cannot be made here. Whatever goes wrong after the first blow, that is healed.
 */
export async function breakByHand(fault: Fault, target: string, around: ByHand): Promise<BrokenByHand> {
  const { world, signal } = around;
  await assertPossible(fault, target, world);
  const aimed = aim(fault, target, { topology: world.topology, status: await world.status() });
  const forMs = around.forMs ?? (fault.crowd ? CROWD_FOR_MS : null);
  const tally = createTally();
  const made: Made[] = [];
  let load: Load | null = null;
  let stays = false;
  try {
    if (fault.crowd) load = await startCustomers(fault, { ...around, forMs }, tally.see);
    await strikeAll(aimed, around, made);
    if (fault.crowd) await load?.ask("crowd", fault.crowd);
    const lasts = fault.crowd !== undefined || made.some(({ primitives }) => isHealable(primitives));
    if (!lasts)
      around.host.say({ level: "info", text: "there is nothing to heal: what was lost comes back by itself" });
    else if (forMs !== null) await wait(aimed, forMs, around);
    stays = lasts && forMs === null;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (!stays) await healAll(made, around);
    await load?.close();
  }
  return {
    fault: fault.name,
    target: aimed.subject,
    ids: made.map(({ id }) => id),
    healed: !stays,
    interrupted: signal.aborted,
    crowd: load === null ? null : tally.counted(),
  };
}

/** A fault in force. */
interface Made {
  readonly id: string;
  readonly primitives: readonly Primitive[];
}

async function assertPossible(fault: Fault, target: string, world: World): Promise<void> {
  const why = limitOn({ fault, target }, world.topology, await world.limits());
  if (why !== null) {
    throw new UserError({
      code: "FLT-004" satisfies FaultCode,
      message: `"${fault.name}" cannot be made on this machine: ${why}`,
      fix: "see `holdfast doctor`, or name another fault of `holdfast break --list`",
    });
  }
  if (fault.crowd?.kind === "spike") assertJourneys(world.topology);
}

async function strikeAll(aimed: AimedFault, around: ByHand, made: Made[]): Promise<void> {
  const { world, host, clock } = around;
  const { fault, subject } = aimed;
  const seen: WorldEvent[] = [];
  const unwatch = world.watch((event) => seen.push(event));
  const faultAt = clock.now();
  const strike = async (primitives: readonly Primitive[]): Promise<void> => {
    made.push({ primitives, id: await world.inject({ name: fault.name, target: subject, primitives }) });
  };
  try {
    await strike(aimed.primitives);
    host.say({ level: "info", about: subject, text: `broken: ${fault.summary}` });
    if (fault.flaps) return await flap(fault.flaps, around, made, () => strike(aimed.primitives));
    if (!fault.then) return;
    await moment(fault.then, around, seen, faultAt);
    await strike(fault.then.primitives(world.topology, subject));
    host.say({ level: "info", about: subject, text: "struck again" });
  } finally {
    unwatch();
  }
}

/** Lets what was made go and come again, once the system had the time to cope with it; it stays in the end. */
async function flap(
  { times, goneMs, backMs }: Flaps,
  around: ByHand,
  made: Made[],
  strike: () => Promise<void>,
): Promise<void> {
  const { world, host, clock, signal } = around;
  await clock.sleep(budgetsOf(world.topology, world.paceFactor).observeMs, signal);
  for (let time = 1; time <= times; time += 1) {
    for (const { id } of made.splice(0)) await world.heal(id);
    await clock.sleep(goneMs, signal);
    await strike();
    host.say({ level: "progress", text: `it went and came back (${time} of ${times})` });
    await clock.sleep(backMs, signal);
  }
}

/** Waits for the moment of the second blow: for a failover to begin, or for the end of all that the first one began. */
async function moment(
  { when, after }: SecondBlow,
  around: ByHand,
  seen: readonly WorldEvent[],
  from: Ms,
): Promise<void> {
  const { world, host, clock, signal } = around;
  const { observeMs, observeAtMostMs } = budgetsOf(world.topology, world.paceFactor);
  const say = (text: string): void => host.say({ level: "progress", text });
  const detected = (): boolean => failingOver(seen, from);
  const isMade = (): boolean => seen.some((event) => event.kind === "decision" && event.what === after);
  if (when !== "detected") {
    say(`it strikes again in ${formatDuration(observeMs)}; Ctrl-C heals`);
    await clock.sleep(observeMs, signal);
    return within(observeAtMostMs, () => !detected() && (after === undefined || isMade()), around);
  }
  say("it strikes again once a failover has begun; Ctrl-C heals");
  await within(observeAtMostMs, detected, around);
  say(detected() ? "a failover has begun" : `no failover within ${formatDuration(observeAtMostMs)}`);
}

async function within(ms: Ms, check: () => boolean, { clock, signal }: ByHand): Promise<void> {
  const deadline = clock.now() + ms;
  while (!check() && clock.now() < deadline) await clock.sleep(LOOK_AGAIN_MS, signal);
}

async function wait({ fault, subject }: AimedFault, forMs: Ms, { host, clock, signal }: ByHand): Promise<void> {
  const what = fault.crowd === undefined ? "it lasts" : "it lasts, and its requests are made,";
  host.say({ level: "progress", about: subject, text: `${what} for ${formatDuration(forMs)}; Ctrl-C heals` });
  await clock.sleep(forMs, signal);
}

async function healAll(made: readonly Made[], { world, host }: ByHand): Promise<void> {
  await undoAll(made, async ({ id, primitives }) => {
    await world.heal(id);
    if (isHealable(primitives)) host.say({ level: "info", about: id, text: "healed" });
  });
}

/** The process that makes the requests. Customers arrive from now on where the fault is about more of them. */
async function startCustomers(fault: Fault, around: ByHand, see: (event: JournalEvent) => void): Promise<Load> {
  const { world, host, clock, signal, rate, forMs } = around;
  const budgets = budgetsOf(world.topology, world.paceFactor);
  const plan = await loadPlan(fault.name, { ...around, budgets });
  const load = await openLoad({ ...plan, atMostMs: (forMs ?? 0) + 60_000 }, see);
  if (fault.crowd?.kind !== "spike") return load;
  try {
    host.say({ level: "progress", text: `${rate} operations a second, to begin with` });
    await load.ask("start", null);
    await clock.sleep(budgets.steadyMs, signal);
    return load;
  } catch (error) {
    await load.close();
    throw error;
  }
}

function createTally(): { see(event: JournalEvent): void; counted(): CrowdTally } {
  const operations = { ok: 0, failed: 0, unknown: 0 };
  const requests = { served: 0, blocked: 0, failed: 0 };
  return {
    see(event) {
      if (event.kind === "operation") operations[event.outcome] += 1;
      if (event.kind === "probe") requests[event.outcome] += 1;
    },
    counted: () => ({ operations, requests }),
  };
}
