import { UserError } from "../../base/error.ts";
import type { FaultSchedule } from "../../base/fault-schedule.ts";
import type { Host } from "../../base/host.ts";
import type { Ms } from "../../base/units.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import type { World } from "../../world/world.ts";
import type { DrillCode } from "../codes.ts";
import { runControl } from "../control.ts";
import type { DrillDocument, DrillsDocument } from "../document.ts";
import { type DrillOptions, drillsDocument, kindsOf, limitOn, sessionOf } from "../drills.ts";
import { type Session, abortable } from "../rig.ts";
import { runCampaign } from "./campaign.ts";
import { castOf } from "./cast.ts";
import { type Strike, planNemesis } from "./plan.ts";
import { type SchedulePlan, type ScheduleWish, planSchedules } from "./schedule-plan.ts";
import type { Blow, Striker } from "./striker.ts";

/** What a nemesis needs: all that drills need but their plan, which follows from the seed. */
export type NemesisOptions = Omit<DrillOptions, "planned">;

/** What a nemesis plays, and how long that may take. */
export interface NemesisPlay {
  readonly minutes: number;
  /** The worst first; they are played as far as there is time. @default drawn by the seed from the whole catalogue */
  readonly schedules?: readonly FaultSchedule[];
}

/**
 * Runs a control run and then one drill named `nemesis`: for `minutes`, faults drawn from the whole catalogue by the
 * seed, sometimes two at once, or the schedules given, under one load. Throws what `runDrills` throws, and DRL-009
 * where none of the schedules can be played. An interrupt undoes everything; the drill is then `unknown`.
 */
export async function runNemesis(
  options: NemesisOptions,
  { minutes, schedules }: NemesisPlay,
  onDrill: (drill: DrillDocument) => void = () => undefined,
): Promise<DrillsDocument> {
  const session = sessionOf(options);
  const { world, seed, rate, host } = session;
  const durationMs = minutes * 60_000;
  const { topology, paceFactor } = world;
  const applying = FAULTS.flatMap((fault) =>
    fault
      .targets(topology)
      .slice(0, 1)
      .map((target) => ({ fault, target })),
  );
  const limits = await world.limits(applying.flatMap((each) => kindsOf(each, topology)));
  const wish = { durationMs, paceFactor, limits };
  const known = schedules && choose(world, schedules, { wish, host });
  const strikes = known?.strikes ?? planNemesis(topology, { ...wish, seed, catalogue: FAULTS });
  const control = await runControl(session);
  const pace = paceFactor === 1 ? "aws" : "fast";
  const how = `--nemesis${schedules ? " --from-simulation" : ""} --minutes ${minutes}`;
  const campaign = {
    name: "nemesis",
    atMostMs: 2 * durationMs, // strikes and heals take their time
    repeat: `holdfast drill ${how} --seed ${seed} --rate ${rate} --pace ${pace}`,
    play: (striker: Striker) => play(strikes, striker, session),
  };
  const played = await runCampaign(campaign, session, control);
  const drill = { ...played, notes: [...(known?.told ?? []), ...played.notes] };
  onDrill(drill);
  const skipped = applying.flatMap((each) => {
    const why = limitOn(each, topology, limits);
    return why === null ? [] : [{ name: each.fault.name, why }];
  });
  return drillsDocument(session, { control, drills: [drill], skipped: known?.leftOut ?? skipped });
}

/** Which schedules are played, and says so before anything is broken. */
function choose(
  { topology }: World,
  schedules: readonly FaultSchedule[],
  { wish, host }: { readonly wish: ScheduleWish; readonly host: Host },
): SchedulePlan {
  const plan = planSchedules(topology, schedules, wish);
  const about = "nemesis";
  for (const { name, why } of plan.leftOut) host.say({ level: "info", about, text: `left out: ${name}: ${why}` });
  for (const text of plan.told) host.say({ level: "info", about, text: `plays ${text}` });
  if (plan.strikes.length > 0) return plan;
  throw new UserError({
    code: "DRL-009" satisfies DrillCode,
    message: "none of the schedules that the simulator found can be played here in that time",
    fix: "give it more `--minutes`, or leave `--from-simulation` out",
  });
}

/** What a plan asks for, in order. */
interface Move {
  readonly atMs: Ms;
  readonly what: "strike" | "again" | "heal";
  readonly strike: Strike;
}

/** Plays a plan against the clock: a move that takes long makes the next ones late, and never leaves one out. */
async function play(
  strikes: readonly Strike[],
  striker: Striker,
  { world, clock, host, signal, budgets }: Session,
): Promise<void> {
  const say = (text: string): void => host.say({ level: "progress", about: "nemesis", text });
  let from = clock.now();
  let meant = (name: string): string => name;
  const blows = new Map<Strike, Blow[]>();
  for (const { atMs, what, strike } of movesOf(strikes)) {
    if (strike.begins && what === "strike") {
      await abortable(world.settled(budgets.settleMs), signal);
      meant = castOf(world.topology, await world.status());
      from = Math.max(from, clock.now() - atMs); // what is late makes all of the schedule late, or its gaps would close
    }
    await clock.sleep(Math.max(0, from + atMs - clock.now()), signal);
    const own = blows.get(strike) ?? [];
    if (what === "heal") {
      for (const blow of own.toReversed()) await striker.heal(blow);
      if (own.length > 0) say(`${strike.fault.name} undone`);
      continue;
    }
    const [first] = own;
    if (what === "again" && !first) continue;
    const blow = first ? await striker.again(first) : await striker.strike(strike.fault, meant(strike.target));
    if (blow) blows.set(strike, [...own, blow]);
    const number = `${strikes.indexOf(strike) + 1} of ${strikes.length}`;
    const struck = first ? "struck again" : "struck";
    say(`${number}: ${strike.fault.name} ${blow ? `${struck} ${blow.subject}` : `missed ${strike.target}`}`);
  }
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
