import type { Ms } from "../../base/units.ts";
import type { Recording } from "./recording.ts";

/** When the system could lose the next one. */
export interface Redundancy {
  /** From the fault until every component was whole again, and stayed so; null where that was not seen. */
  readonly restoredMs: Ms | null;
  /** Components that were not whole at the end; with their region where the system has several. */
  readonly lacking: readonly string[];
  /** Whether the fault took any redundancy away. */
  readonly taken: boolean;
  /** How far the replicas were behind when the fault struck, at most; null where none said. */
  readonly replicationLagMs: Ms | null;
}

/** Follows what the world says of each component's redundancy, in each region. */
export function checkRedundancy({ world, faultAt, failbackAt }: Recording): Redundancy {
  const regions = new Set(world.flatMap((event) => (event.kind === "redundancy" ? [event.region] : [])));
  const lacking = new Set<string>();
  let [restoredAt, taken] = [null as Ms | null, false];
  const lags = new Map<string, Ms | null>();
  for (const event of [...world].sort((a, b) => a.at - b.at)) {
    if (event.kind === "lag" && (faultAt === null || event.at <= faultAt)) lags.set(event.instance, event.lagMs);
    if (event.kind !== "redundancy") continue;
    const which = regions.size < 2 ? event.component : `${event.component} in ${event.region}`;
    if (event.full) lacking.delete(which);
    else lacking.add(which);
    // What the way home takes away for a moment is not the fault's.
    if (faultAt === null || event.at < faultAt || event.at >= (failbackAt ?? Infinity)) continue;
    taken ||= lacking.size > 0;
    restoredAt = lacking.size === 0 && taken ? event.at : null;
  }
  const known = [...lags.values()].filter((lag) => lag !== null);
  return {
    restoredMs: restoredAt === null || faultAt === null ? null : restoredAt - faultAt,
    lacking: [...lacking].sort(),
    taken,
    replicationLagMs: known.length === 0 ? null : Math.max(...known),
  };
}
