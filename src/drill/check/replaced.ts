import type { WorldEvent } from "../../base/journal.ts";
import type { Recording } from "./recording.ts";

/**
 * How many replacements of tasks that failed their health checks a service began after the fault: under the first blow,
 * and under the second.
 */
export interface Replaced {
  readonly component: string;
  readonly first: number;
  readonly second: number;
}

/** Counts what each service replaced; only where there was a second blow to compare with. */
export function checkReplaced({ world, faultAt, secondBlow, healedAt }: Recording): readonly Replaced[] {
  if (faultAt === null || secondBlow === null) return [];
  const begun = world.filter(
    (event) => isReplacement(event) && event.at >= faultAt && event.at < (healedAt ?? Infinity),
  );
  return [...Map.groupBy(begun, (event) => ("component" in event ? event.component : ""))].map(([component, own]) => {
    const first = own.filter(({ at }) => at < secondBlow.at).length;
    return { component, first, second: own.length - first };
  });
}

function isReplacement(event: WorldEvent): boolean {
  return event.kind === "decision" && event.what === "replacing";
}
