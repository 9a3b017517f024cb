import { UserError } from "../../base/error.ts";
import type { FaultSchedule } from "../../base/fault-schedule.ts";
import type { Host } from "../../base/host.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import type { World } from "../../world/world.ts";
import type { DrillCode } from "../codes.ts";
import { runControl } from "../control.ts";
import type { DrillDocument, DrillsDocument } from "../../base/drill-document.ts";
import { type DrillOptions, drillsDocument, kindsOf, limitOn, sessionOf } from "../drills.ts";
import type { Rig } from "../rig.ts";
import { runCampaign } from "./campaign.ts";
import { planNemesis } from "./plan.ts";
import { play } from "./play.ts";
import { type SchedulePlan, type ScheduleWish, planSchedules } from "./schedule-plan.ts";
import type { Striker } from "./striker.ts";

/** A region that was lost is waited for until it has rejoined, serves again, and has been made whole. */
const WAITS_FOR_A_REGION = 3;

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
  const where = topology.regions.length > 1 ? " --regions all" : "";
  const lostRegions = strikes.filter(({ fault }) => fault.blastClass === "region").length;
  const campaign = {
    name: "nemesis",
    // Strikes and heals take their time, and after the loss of a region the way home does.
    atMostMs: 2 * durationMs + lostRegions * WAITS_FOR_A_REGION * session.budgets.settleMs,
    repeat: `holdfast drill ${how} --seed ${seed} --rate ${rate} --pace ${pace}${where}`,
    play: (striker: Striker, rig: Rig) => play(strikes, striker, rig, session),
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
