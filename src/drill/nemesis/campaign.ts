import type { Ms } from "../../base/units.ts";
import { formatDuration } from "../../base/units.ts";
import { STEADY } from "../../base/steady.ts";
import type { ControlRun } from "../control.ts";
import type { DrillDocument } from "../../base/drill-document.ts";
import { readJournal } from "../journal.ts";
import { checkLedger } from "../read-back.ts";
import { type Rig, type Session, abortable, withRig } from "../rig.ts";
import { becomeSteady, recordEventLoops, startLoad } from "../run.ts";
import { recordSaved } from "../saved.ts";
import { type Striker, createStriker } from "./striker.ts";
import { judgeCampaign } from "./verdict.ts";
import { goHome } from "./way-home.ts";

/** Many faults under one continuous load, with one journal. */
export interface Campaign {
  /** `nemesis`, `soak`. */
  readonly name: string;
  /** How long the faults may take together, at most; the load ends by itself some time after it. */
  readonly atMostMs: Ms;
  /** The command that repeats it. */
  readonly repeat: string;
  /** Strikes and heals; what it leaves in force is undone after it. */
  play(striker: Striker, rig: Rig): Promise<void>;
}

/**
 * Runs a campaign: steady state, its faults, everything undone, full redundancy, steady again, and then every
 * acknowledged write is read back. Nothing that was acknowledged may be lost, whatever the objectives say. Where it
 * cannot be brought to its end it is `unknown`, and what it broke is undone all the same.
 */
export async function runCampaign(campaign: Campaign, session: Session, control: ControlRun): Promise<DrillDocument> {
  const { name, atMostMs, repeat } = campaign;
  const { clock, host, world } = session;
  const say = (text: string): void => host.say({ level: "progress", about: name, text });
  // The load outlives all that the budgets allow.
  const long = { ...session, budgets: { ...session.budgets, observeAtMostMs: atMostMs } };
  const controlP99Ms = Object.fromEntries(Object.entries(control.journeys).map(([id, { p99Ms }]) => [id, p99Ms]));
  const label = {
    name,
    target: null,
    blastClass: null,
    objective: { rtoMs: null, rpoMs: 0 },
    expectation: { unavailable: [], claims: [], trace: "none" },
    controlP99Ms,
    repeat,
  } as const;
  const beganAt = clock.now();
  const file = await withRig(label, long, async (rig) => {
    await becomeSteady(rig, session);
    const booksBefore = await rig.load.ask("effects", null);
    await startLoad(rig, session);
    rig.record({ kind: "phase", at: clock.now(), phase: "fault" });
    const striker = createStriker(rig, session);
    try {
      await campaign.play(striker, rig);
    } finally {
      rig.record({ kind: "phase", at: clock.now(), phase: "heal" });
      await striker.healAll();
    }
    const healedAt = clock.now();
    const ok = await abortable(world.settled(session.budgets.settleMs), session.signal);
    rig.record({ kind: "settled", at: clock.now(), ok, withinMs: session.budgets.settleMs });
    say(ok ? `whole again ${formatDuration(clock.now() - healedAt)} after the last fault` : "not whole again");
    if (ok) await goHome(rig, session);
    const isSteady = (): boolean => rig.live.steady({ windows: STEADY.windows, from: healedAt, now: clock.now() });
    await rig.until(isSteady, session.budgets.steadyAtMostMs);
    await rig.load.ask("stop", null);
    await recordEventLoops(rig, session);
    say("reading back every acknowledged write");
    rig.record({ kind: "phase", at: clock.now(), phase: "check" });
    await checkLedger(rig, session, booksBefore);
    if (world.topology.regions.length > 1) await recordSaved(rig, session, beganAt);
  });
  return judgeCampaign({ ...(await readJournal(file)), file });
}
