import { type Ms, formatDuration } from "../../base/units.ts";
import { STEADY } from "../../base/steady.ts";
import { approver } from "../approval.ts";
import { areLed } from "../fail-back.ts";
import { patienceOf } from "../plan.ts";
import { type Rig, type Session, abortable } from "../rig.ts";
import { backUp } from "../run.ts";
import { castOf, faultNow } from "./cast.ts";
import type { Strike } from "./plan.ts";
import type { Blow, Striker } from "./striker.ts";
import { goHome } from "./way-home.ts";

/** What a plan asks for, in order. */
interface Move {
  readonly atMs: Ms;
  readonly what: "strike" | "again" | "heal";
  readonly strike: Strike;
}

/** All moves of a plan in the order in which they are due; of two at once, the heal comes first. */
export function movesOf(strikes: readonly Strike[]): readonly Move[] {
  const moves = strikes.flatMap((strike): Move[] => [
    { atMs: strike.atMs, what: "strike", strike },
    ...(strike.againMs === null ? [] : [{ atMs: strike.againMs, what: "again", strike } as const]),
    { atMs: strike.healMs, what: "heal", strike },
  ]);
  return moves.sort((a, b) => a.atMs - b.atMs || Number(b.what === "heal") - Number(a.what === "heal"));
}

/** Who acts in a play, and where. */
interface Scene {
  readonly rig: Rig;
  readonly session: Session;
  readonly striker: Striker;
  /** Looks again and again until it is so, and says yes meanwhile where a person is asked to give a region up. */
  until(check: () => boolean, withinMs: Ms): Promise<boolean>;
}

/** Plays a plan against the clock: a move that takes long makes the next ones late, and never leaves one out. */
export async function play(strikes: readonly Strike[], striker: Striker, rig: Rig, session: Session): Promise<void> {
  const { world, clock, host } = session;
  const approve = approver(rig, session, clock.now());
  const until: Scene["until"] = (check, withinMs) => rig.until(() => (approve(), check()), withinMs);
  const scene: Scene = { rig, session, striker, until };
  const say = (text: string): void => host.say({ level: "progress", about: "nemesis", text });
  let from = clock.now();
  let meant = (name: string): string => name;
  const blows = new Map<Strike, Blow[]>();
  for (const { atMs, what, strike } of movesOf(strikes)) {
    if (strike.begins && what === "strike") {
      await becomeWhole(scene);
      meant = castOf(world.topology, await world.status());
      from = Math.max(from, clock.now() - atMs); // what is late makes all of the schedule late, or its gaps would close
    }
    await until(() => clock.now() >= from + atMs, Number.POSITIVE_INFINITY);
    const own = blows.get(strike) ?? [];
    if (what === "heal") {
      const others = [...blows].filter(([each]) => each !== strike).flatMap(([, all]) => all);
      for (const blow of own.toReversed()) await outlastAndHeal(blow, others, scene);
      blows.delete(strike);
      if (own.length > 0) say(`${strike.fault.name} undone`);
      continue;
    }
    const [first] = own;
    if (what === "again" && !first) continue;
    const blow = first ? await striker.again(first) : await strikeNow(strike, meant, scene);
    if (blow) blows.set(strike, [...own, blow]);
    const number = `${strikes.indexOf(strike) + 1} of ${strikes.length}`;
    const struck = first ? "struck again" : "struck";
    say(`${number}: ${(blow ?? strike).fault.name} ${blow ? `${struck} ${blow.subject}` : `missed ${strike.target}`}`);
  }
}

/** Before a schedule: everything is whole, the first region serves, and what it would leave behind is backed up. */
async function becomeWhole({ rig, session }: Scene): Promise<void> {
  const { world, budgets, signal } = session;
  if (!(await abortable(world.settled(budgets.settleMs), signal))) return;
  await goHome(rig, session);
  await backUp(session);
}

async function strikeNow(
  { fault, target, region }: Strike,
  meant: (name: string) => string,
  { session, striker }: Scene,
): Promise<Blow | null> {
  const subject = meant(target);
  return striker.strike(faultNow(fault, subject, await session.world.status()), subject, region);
}

/** A region that another one takes over from comes back when that is done; one that flaps goes again, and again. */
async function outlastAndHeal(blow: Blow, others: readonly Blow[], scene: Scene): Promise<void> {
  const { session, striker } = scene;
  const { clock, signal } = session;
  const { times, goneMs, backMs } = blow.fault.flaps ?? { times: 0, goneMs: 0, backMs: 0 };
  if (others.every(({ held }) => held.region === undefined)) await outlast(blow, scene); // else nobody takes over
  let last: Blow | null = blow;
  for (let time = 1; time <= times && last; time += 1) {
    await striker.heal(last);
    await clock.sleep(goneMs, signal);
    last = await striker.strike(blow.fault, blow.subject);
    await clock.sleep(backMs, signal);
  }
  if (last) await striker.heal(last);
}

async function outlast({ fault, at, held }: Blow, { rig, session, until }: Scene): Promise<void> {
  const { clock, host, world } = session;
  const { claims = [] } = held;
  if (claims.length === 0) return;
  const expected = { unavailable: [], claims, trace: "none" } as const;
  const isOver = (): boolean =>
    rig.live.played(at, expected) &&
    areLed(rig, session, at) &&
    rig.live.steady({ windows: STEADY.windows, from: at, now: clock.now() });
  const over = await until(isOver, Math.max(0, at + patienceOf(world.paceFactor, "region") - clock.now()));
  const text = over ? `outlasted after ${formatDuration(clock.now() - at)}` : "not outlasted; it is undone";
  host.say({ level: "progress", about: "nemesis", text: `${fault.name} ${text}` });
}
