import { type Ms, formatDuration } from "../base/units.ts";
import { documentedStage } from "./check/region-stages.ts";
import { STEADY } from "../base/steady.ts";
import { type Rig, type Session, abortable } from "./rig.ts";

/** What the recovery of regions says at the end of what it was told. */
const ENDS: readonly string[] = ["finished", "refused"];

/**
 * Has the first region take over again where another one serves: without loss, under whatever load there is. Resolves
 * with when it began; null where the first one serves already. Either way customers are led there then, and know it.
 * Rejects where it cannot be had.
 */
export async function failBack(rig: Rig, session: Session): Promise<number | null> {
  const { world, clock, budgets, signal, host } = session;
  const { recovery } = await world.status();
  const first = world.topology.regions[0]?.name;
  if (recovery === null || first === undefined) return null;
  if (recovery.active === first) {
    await ledTo(first, rig, session);
    return null;
  }
  const from = clock.now();
  rig.record({ kind: "phase", at: from, phase: "failback" });
  await world.recover({ what: "switchover", to: first });
  await rig.until(() => rig.live.decided("recovery", ENDS, from) !== undefined, budgets.settleMs);
  const end = rig.live.decided("recovery", ENDS, from);
  if (end?.what !== "finished") throw new Error(`${first} did not take over again: ${end?.detail ?? "not in time"}`);
  await ledTo(first, rig, session);
  const ok = await abortable(world.settled(budgets.settleMs), signal);
  rig.record({ kind: "settled", at: clock.now(), ok, withinMs: budgets.settleMs });
  host.say({ level: "progress", about: first, text: `serves again after ${formatDuration(clock.now() - from)}` });
  return from;
}

/** How long it takes until the last customer is led where a region's recovery wants them, and knows it. */
export function trafficMs({ world, documentedMs }: Pick<Session, "world" | "documentedMs">): Ms {
  const atAws = ["shift", "forget"].map((stage) => documentedMs[documentedStage(stage)] ?? 0);
  return atAws.reduce((sum, ms) => sum + ms, 0) / world.paceFactor;
}

/**
 * Whether customers have had the time to follow where another region took over since then: earlier, they would go back
 * to the one that was given up as soon as that can be reached again.
 */
export function areLed({ live }: Rig, session: Session, since: Ms): boolean {
  const end = live.decided("recovery", ["finished"], since);
  return end === undefined || session.clock.now() - end.at >= trafficMs(session);
}

/** Waits until customers are led to a region, where they had been led away from it. */
async function ledTo(region: string, rig: Rig, session: Session): Promise<void> {
  const { world, clock, budgets, signal } = session;
  if (rig.live.ledTo() === undefined || world.topology.recovery === "active-active") return;
  await rig.until(() => rig.live.ledTo() === region, budgets.settleMs);
  await clock.sleep(trafficMs(session), signal);
}

/** Has it fail back while customers are served, and waits until they are served steadily again. */
export async function failBackUnderLoad(rig: Rig, session: Session): Promise<void> {
  const from = await failBack(rig, session);
  if (from === null) return;
  const isSteady = (): boolean => rig.live.steady({ windows: STEADY.windows, from, now: session.clock.now() });
  await rig.until(isSteady, session.budgets.steadyAtMostMs);
}
