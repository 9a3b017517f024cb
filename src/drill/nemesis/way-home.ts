import { STEADY } from "../../base/steady.ts";
import { failBack } from "../fail-back.ts";
import type { Rig, Session } from "../rig.ts";

/**
 * Has the first region serve again, where another one does, while customers are served. In the journal it is a fault
 * among the others: they must be steady again in the time that the loss of a region may take. Rejects where it cannot
 * be had.
 */
export async function goHome(rig: Rig, session: Session): Promise<void> {
  const { world, clock, budgets } = session;
  const { recovery } = await world.status();
  const first = world.topology.regions[0]?.name;
  if (recovery === null || first === undefined || recovery.active === first) return;
  const from = clock.now();
  const common = { kind: "fault", fault: "failback", target: first, primitives: [] } as const;
  const held = { objective: world.topology.objectives.region, unavailable: [], zones: [], region: first };
  rig.record({ ...common, at: from, action: "inject", held });
  await failBack(rig, session);
  rig.record({ ...common, at: clock.now(), action: "heal" });
  const isSteady = (): boolean => rig.live.steady({ windows: STEADY.windows, from, now: clock.now() });
  await rig.until(isSteady, budgets.steadyAtMostMs);
}
