import { PATIENCE } from "../drill/customer.ts";
import { budgetsOf } from "../drill/plan.ts";
import type { Session } from "../drill/rig.ts";
import { READ_SHARE } from "../drill/traffic.ts";
import { predictDrill } from "../simulate/drill/predict.ts";
import { PACES } from "../topology/timing.ts";
import type { World } from "../world/world.ts";

/** What the simulator expects of each drill of this world, with the customers that drills have. */
export function predictionsFor(
  { topology, paceFactor }: Pick<World, "topology" | "paceFactor">,
  seed: number,
): NonNullable<Session["predict"]> {
  const pace = paceFactor === PACES.aws.factor ? PACES.aws : PACES.fast;
  const { steadyMs, observeMs, observeAtMostMs } = budgetsOf(topology, paceFactor);
  return ({ fault, target }, { rate, primaries }) => {
    const customers = { ...PATIENCE, rate, readShare: READ_SHARE };
    const watching = { steadyMs, observeMs, observeAtMostMs };
    return predictDrill({ topology, fault, target, pace, customers, ...watching, primaries, seed });
  };
}
