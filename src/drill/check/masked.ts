import type { OperationEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { PATIENCE } from "../customer.ts";
import type { JourneyRecording, Recording } from "./recording.ts";
import type { Stage } from "./stage.ts";
import { projectToAws } from "./stages.ts";
import { latencyLimit } from "../../base/steady.ts";

/** So many troubled operations in a row, without one that went well between them, are an outage and no bad luck. */
const IN_A_ROW = 3;
/** How long a customer's attempts bridge an outage: all of them, with the mean of the pauses between. */
const BRIDGED_MS = PATIENCE.attempts * PATIENCE.attemptMs + PATIENCE.backoffMs.reduce((sum, most) => sum + most / 2, 0);

/**
 * An outage that the customers' own retries hid here, and would not at AWS, where it lasts longer: its length there,
 * counted from the fault. Null where there was none, or where the retries would bridge it there too.
 */
export function checkMasked(journey: JourneyRecording, recording: Recording, stages: readonly Stage[]): Ms | null {
  const { faultAt, pace } = recording;
  if (faultAt === null) return null;
  const limitMs = latencyLimit(journey.controlP99Ms);
  const isTroubled = ({ outcome, attempts, at, dueAt }: OperationEvent): boolean =>
    outcome !== "ok" || attempts > 1 || at - dueAt > limitMs;
  const after = journey.operations.filter(({ at }) => at >= faultAt).sort((a, b) => a.dueAt - b.dueAt);
  let longest: Ms = 0;
  for (const own of Map.groupBy(after, ({ action }) => action).values()) {
    let run: OperationEvent[] = [];
    for (const operation of own) {
      run = isTroubled(operation) ? [...run, operation] : [];
      if (run.length < IN_A_ROW) continue;
      const from = Math.max(faultAt, run[0]!.dueAt); // a run has at least one
      const outage = projectToAws({ from, to: Math.max(from, operation.dueAt) }, stages, pace);
      if (outage > BRIDGED_MS)
        longest = Math.max(longest, projectToAws({ from: faultAt, to: operation.dueAt }, stages, pace));
    }
  }
  return longest === 0 ? null : longest;
}
