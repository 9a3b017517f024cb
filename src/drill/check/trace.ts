import type { DrilledExpectation, OperationEvent, WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { latencyLimit } from "../../base/steady.ts";

/** What a fault may have left its trace in. */
export interface Traces {
  readonly trace: DrilledExpectation["trace"];
  readonly world: readonly WorldEvent[];
  readonly journeys: readonly { readonly controlP99Ms: Ms | null; readonly operations: readonly OperationEvent[] }[];
}

/** Whether anyone whom the fault must have reached saw, decided or lost anything after it. */
export function leftATrace({ trace, world, journeys }: Traces, faultAt: Ms | null): boolean {
  if (trace === "none") return true;
  if (faultAt === null) return false;
  if (world.some((event) => event.at >= faultAt && isTrace(event))) return true;
  return trace === "customers" && journeys.some((journey) => wasNoticed(journey, faultAt));
}

function isTrace(event: WorldEvent): boolean {
  if (event.kind === "instance") return event.state !== "healthy";
  if (event.kind === "sight") return !event.ok;
  if (event.kind === "redundancy") return !event.full;
  return event.kind === "decision" && event.what !== "scaled-out" && event.what !== "scaled-in";
}

/** A customer who came after the fault was refused, tried again, or waited longer than is usual. */
function wasNoticed({ controlP99Ms, operations }: Traces["journeys"][number], faultAt: Ms): boolean {
  const limitMs = latencyLimit(controlP99Ms);
  return operations.some(
    ({ outcome, attempts, at, dueAt }) =>
      dueAt >= faultAt && (outcome !== "ok" || attempts > 1 || at - dueAt > limitMs),
  );
}
