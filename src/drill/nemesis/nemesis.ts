import type { Ms } from "../../base/units.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import { runControl } from "../control.ts";
import type { DrillDocument, DrillsDocument } from "../document.ts";
import { type DrillOptions, drillsDocument, kindsOf, limitOn, sessionOf } from "../drills.ts";
import type { Session } from "../rig.ts";
import { runCampaign } from "./campaign.ts";
import { type Strike, planNemesis } from "./plan.ts";
import type { Blow, Striker } from "./striker.ts";

/** What a nemesis needs: all that drills need but their plan, which follows from the seed. */
export type NemesisOptions = Omit<DrillOptions, "planned">;

/**
 * Runs a control run and then one drill named `nemesis`: for `minutes`, faults drawn from the whole catalogue by the
 * seed, sometimes two at once, under one load. Throws what `runDrills` throws. An interrupt undoes everything; the
 * drill is then `unknown`.
 */
export async function runNemesis(
  options: NemesisOptions,
  minutes: number,
  onDrill: (drill: DrillDocument) => void = () => undefined,
): Promise<DrillsDocument> {
  const session = sessionOf(options);
  const { world, seed, rate } = session;
  const control = await runControl(session);
  const durationMs = minutes * 60_000;
  const { topology, paceFactor } = world;
  const applying = FAULTS.flatMap((fault) =>
    fault
      .targets(topology)
      .slice(0, 1)
      .map((target) => ({ fault, target })),
  );
  const limits = await world.limits(applying.flatMap((each) => kindsOf(each, topology)));
  const strikes = planNemesis(topology, { seed, durationMs, paceFactor, catalogue: FAULTS, limits });
  const pace = world.paceFactor === 1 ? "aws" : "fast";
  const campaign = {
    name: "nemesis",
    atMostMs: 2 * durationMs, // strikes and heals take their time
    repeat: `holdfast drill --nemesis --minutes ${minutes} --seed ${seed} --rate ${rate} --pace ${pace}`,
    play: (striker: Striker) => play(strikes, striker, session),
  };
  const drill = await runCampaign(campaign, session, control);
  onDrill(drill);
  const skipped = applying.flatMap((each) => {
    const why = limitOn(each, topology, limits);
    return why === null ? [] : [{ name: each.fault.name, why }];
  });
  return drillsDocument(session, { control, drills: [drill], skipped });
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
  { clock, host, signal }: Pick<Session, "clock" | "host" | "signal">,
): Promise<void> {
  const say = (text: string): void => host.say({ level: "progress", about: "nemesis", text });
  const from = clock.now();
  const blows = new Map<Strike, Blow[]>();
  for (const { atMs, what, strike } of movesOf(strikes)) {
    await clock.sleep(Math.max(0, from + atMs - clock.now()), signal);
    const own = blows.get(strike) ?? [];
    if (what === "heal") {
      for (const blow of own.toReversed()) await striker.heal(blow);
      if (own.length > 0) say(`${strike.fault.name} undone`);
      continue;
    }
    const [first] = own;
    if (what === "again" && !first) continue;
    const blow = first ? await striker.again(first) : await striker.strike(strike.fault, strike.target);
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
