import type { TaskState } from "./language.ts";
import { type Turn, countByZone, due, taskOf } from "./turn.ts";

/** Failures in a row after which a zone is avoided while its pause lasts. */
const AVOID_AFTER = 2;

/**
 * How many tasks each zone is to have: as even as can be, over those zones that are there and do not keep failing.
 * `kept`: how many will do in each now.
 */
export function placement(turn: Turn, kept: ReadonlyMap<string, number>): Map<string, number> {
  const zones = usableZones(turn, kept);
  const wanted = new Map(zones.map((zone) => [zone, Math.floor(turn.state.desired / Math.max(zones.length, 1))]));
  // What is left over stays where there are more tasks now, so that nothing is moved for it.
  const fullest = zones.toSorted((a, b) => (kept.get(b) ?? 0) - (kept.get(a) ?? 0));
  for (const zone of fullest.slice(0, turn.state.desired % Math.max(zones.length, 1))) {
    wanted.set(zone, (wanted.get(zone) ?? 0) + 1);
  }
  return wanted;
}

function usableZones(turn: Turn, kept: ReadonlyMap<string, number>): string[] {
  const { lost, backoff } = turn.state;
  const available = turn.spec.zones.filter((zone) => !lost.includes(zone));
  const calm = available.filter((zone) => {
    const { failures = 0, until = 0 } = backoff[zone] ?? {};
    return failures < AVOID_AFTER || (kept.get(zone) ?? 0) > 0 || due(turn, until);
  });
  return calm.length > 0 ? calm : available;
}

/** A task that will do: of the wanted revision, and serving or about to. */
export function isKept(turn: Turn, task: TaskState): boolean {
  return task.revision === turn.state.revision && (task.phase === "serving" || task.phase === "starting");
}

/** How many tasks that will do there are, by zone. */
export function keptByZone(turn: Turn): Map<string, number> {
  return countByZone(turn, (task) => isKept(turn, task));
}

/**
 * The ids that are free in a zone, the lowest first: `<service>-<zone>`, then with `-2`, `-3` and so on. Each call
 * gives the next one, so that many starts at once look at each id once.
 */
export function freeIds(turn: Turn, zone: string): () => string {
  const base = `${turn.spec.service}-${zone}`;
  let number = 0;
  return () => {
    let id: string;
    do {
      number += 1;
      id = number === 1 ? base : `${base}-${number}`;
    } while (taskOf(turn, id));
    return id;
  };
}
