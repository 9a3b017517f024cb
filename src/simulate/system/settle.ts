import { seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import type { ReplacementState } from "../../control/replacement/language.ts";
import { virtualTime } from "../virtual-time.ts";
import { type Surroundings, calmSurroundings } from "./part/part.ts";
import { ReplicaPart, type ReplicaPlan } from "./part/replica.ts";
import { TasksPart, type TasksPlan } from "./part/tasks.ts";

/** Every incident begins at this instant: what controllers remember of their start lies before it. */
export const SETTLED_AT: Ms = 24 * 3_600_000;

/** Starts a database or cache, and has its incidents begin with what its controller believes when all is well. */
export function settleReplica(plan: Omit<ReplicaPlan, "settled">): ReplicaPlan {
  const around = quiet();
  const part = new ReplicaPart({ ...plan, settled: null }, around);
  around.time.runUntil(SETTLED_AT);
  return { ...plan, settled: part.state };
}

/** Starts a service, and has its incidents begin with what its controller believes when all is well. */
export function settleTasks(plan: Omit<TasksPlan, "settled">): TasksPlan {
  const known = new Map<number, ReplacementState>();
  const settled = (count: number): ReplacementState => {
    const before = known.get(count);
    if (before) return before;
    const around = quiet();
    const spec = { ...plan.spec, desired: count };
    const part = new TasksPart({ ...plan, spec, settled: null }, around);
    around.time.runUntil(SETTLED_AT);
    const { state } = part;
    const whole = { ...state, tasks: { ...state.tasks } }; // one that was built key by key is slow to copy
    known.set(count, whole);
    return whole;
  };
  return { ...plan, settled };
}

function quiet(): Surroundings {
  return calmSurroundings(virtualTime(), (name) => seededRandom(`start/${name}`));
}
