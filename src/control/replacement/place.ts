import type { TaskState } from "./language.ts";
import { type Turn, due } from "./turn.ts";

/** Failures in a row after which a zone is avoided while its pause lasts. */
const AVOID_AFTER = 2;

/** How many tasks each zone is to have: as even as can be, over those zones that are there and do not keep failing. */
export function placement(turn: Turn): Map<string, number> {
  const zones = usableZones(turn);
  const wanted = new Map(zones.map((zone) => [zone, Math.floor(turn.state.desired / Math.max(zones.length, 1))]));
  // What is left over stays where there are more tasks now, so that nothing is moved for it.
  const fullest = zones.toSorted((a, b) => keptIn(turn, b) - keptIn(turn, a));
  for (const zone of fullest.slice(0, turn.state.desired % Math.max(zones.length, 1))) {
    wanted.set(zone, (wanted.get(zone) ?? 0) + 1);
  }
  return wanted;
}

function usableZones(turn: Turn): string[] {
  const { lost, backoff } = turn.state;
  const available = turn.spec.zones.filter((zone) => !lost.includes(zone));
  const calm = available.filter((zone) => {
    const { failures = 0, until = 0 } = backoff[zone] ?? {};
    return failures < AVOID_AFTER || keptIn(turn, zone) > 0 || due(turn, until);
  });
  return calm.length > 0 ? calm : available;
}

/** A task that will do: of the wanted revision, and serving or about to. */
export function isKept(turn: Turn, task: TaskState): boolean {
  return task.revision === turn.state.revision && (task.phase === "serving" || task.phase === "starting");
}

/** How many tasks that will do there are in a zone. */
export function keptIn(turn: Turn, zone: string): number {
  return Object.values(turn.state.tasks).filter((task) => task.zone === zone && isKept(turn, task)).length;
}

/** The lowest id that is free in a zone: `<service>-<zone>`, then with `-2`, `-3` and so on. */
export function freeId(turn: Turn, zone: string): string {
  const base = `${turn.spec.service}-${zone}`;
  if (!(base in turn.state.tasks)) return base;
  let number = 2;
  while (`${base}-${number}` in turn.state.tasks) number += 1;
  return `${base}-${number}`;
}
