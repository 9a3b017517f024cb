import { seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { virtualTime } from "../virtual-time.ts";
import { type Part, type Surroundings, calmSurroundings } from "./part/part.ts";
import { ReplicaPart, type ReplicaPlan } from "./part/replica.ts";
import { type SettledTasks, TasksPart, type TasksPlan } from "./part/tasks.ts";

/** Every incident begins at this instant: what controllers remember of their start lies before it. */
export const SETTLED_AT: Ms = 24 * 3_600_000;

/** Starts a database or cache, and has its incidents begin with what its controller believes when all is well. */
export function settleReplica(plan: Omit<ReplicaPlan, "settled">): ReplicaPlan {
  const part = settle((around) => new ReplicaPart({ ...plan, settled: null }, around));
  return { ...plan, settled: part.state };
}

/** Starts a service, and has its incidents begin with what its controller believes when all is well. */
export function settleTasks(plan: Omit<TasksPlan, "settled">): TasksPlan {
  const known = new Map<number, SettledTasks>();
  const settledAt = (count: number): SettledTasks => {
    const before = known.get(count);
    if (before) return before;
    const spec = { ...plan.spec, desired: count };
    const { settled } = settle((around) => new TasksPart({ ...plan, spec, settled: null }, around));
    known.set(count, settled);
    return settled;
  };
  return { ...plan, settled: settledAt };
}

function settle<P extends Part>(start: (around: Surroundings) => P): P {
  const time = virtualTime();
  const part = start(calmSurroundings(time, (name) => seededRandom(`start/${name}`)));
  time.runUntil(SETTLED_AT);
  return part;
}
