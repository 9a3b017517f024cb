import type { TaskState } from "./language.ts";
import { giveUp } from "./learn.ts";
import { freeIds, isKept, keptByZone, placement } from "./place.ts";
import { type Turn, add, countByZone, drain, due, nextId } from "./turn.ts";

/** Brings what runs closer to what is wanted: start what is missing, then drain what can be spared. */
export function reconcile(turn: Turn): void {
  for (const task of turn.state.tasks) tend(turn, task);
  const kept = keptByZone(turn);
  const wanted = placement(turn, kept);
  for (const [zone, count] of wanted) {
    const missing = count - (kept.get(zone) ?? 0);
    if (missing > 0) kept.set(zone, count - startMissing(turn, zone, { wanted: count, missing }));
  }
  startStandIns(turn, [...wanted.keys()]);
  drainSpare(turn, wanted, kept);
  completeDeployment(turn, wanted);
}

/** Gives up on a task that does not come to serve, and asks again for an end that failed. */
function tend(turn: Turn, task: TaskState): void {
  if (task.doing !== null) return;
  if (task.phase === "draining" && due(turn, task.retryAt)) drain(turn, task.id, turn.spec.drainMs);
  const { startTimeoutMs, healthGraceMs } = turn.spec;
  const patienceMs = task.failing ? Math.min(healthGraceMs, startTimeoutMs) : startTimeoutMs;
  if (task.phase === "starting" && due(turn, task.startedAt + patienceMs)) giveUp(turn, task);
}

/**
 * Starts what is missing in a zone, and tells what still is. A zone runs at most twice its tasks; past that an
 * unhealthy one makes room for its replacement's replacement.
 */
function startMissing(
  turn: Turn,
  zone: string,
  { wanted, missing }: { readonly wanted: number; readonly missing: number },
): number {
  const { tasks, backoff, revision } = turn.state;
  const alive = tasks.filter((task) => task.zone === zone && task.phase !== "draining");
  const unhealthy = alive.filter(({ phase, doing }) => phase === "unhealthy" && doing === null);
  const ids = freeIds(turn, zone);
  let running = alive.length;
  for (let left = missing; left > 0; left -= 1) {
    if (!due(turn, backoff[zone]?.until ?? 0) || isTrial(turn, zone)) return left;
    if (running < 2 * wanted) running += 1;
    else {
      const [first] = unhealthy.splice(0, 1);
      if (!first) return left;
      drain(turn, first.id, turn.spec.drainMs);
    }
    start(turn, { id: ids(), zone, revision });
  }
  return 0;
}

function start(turn: Turn, { id, zone, revision }: Pick<TaskState, "id" | "zone" | "revision">): void {
  const doing = nextId(turn);
  add(turn, {
    id,
    zone,
    revision,
    phase: "starting",
    failing: false,
    registered: false,
    startedAt: turn.now,
    servingSince: null,
    doing,
    retryAt: 0,
  });
  turn.act.push({ kind: "start", id: doing, task: id, zone, revision });
}

/**
 * While a new revision has yet to prove itself, what is lost below the minimum is replaced by the last one that was
 * good.
 */
function startStandIns(turn: Turn, zones: readonly string[]): void {
  const { tasks, revision, good } = turn.state;
  if (revision === good) return;
  const counts = tasks.filter((task) => {
    return isReliable(turn, task) || (task.revision === good && task.phase === "starting");
  });
  for (let missing = Math.min(turn.spec.min, turn.state.desired) - counts.length; missing > 0; missing -= 1) {
    const zone = zones.toSorted((a, b) => population(turn, a) - population(turn, b))[0];
    if (zone === undefined || !due(turn, turn.state.backoff[zone]?.until ?? 0)) return;
    start(turn, { id: freeIds(turn, zone)(), zone, revision: good });
  }
}

function population(turn: Turn, zone: string): number {
  return turn.state.tasks.filter((task) => task.zone === zone).length;
}

/** A new revision is tried with one task a zone, until that serves. */
function isTrial(turn: Turn, zone: string): boolean {
  const { tasks, revision, good } = turn.state;
  return revision !== good && tasks.some((task) => task.zone === zone && task.phase === "starting");
}

/**
 * Drains what is not needed any more. What serves goes only while enough others can be relied on. `kept`: how many will
 * do in each zone.
 */
function drainSpare(turn: Turn, wanted: ReadonlyMap<string, number>, kept: Map<string, number>): void {
  const { tasks } = turn.state;
  const isFull = (zone: string): boolean => (kept.get(zone) ?? 0) > (wanted.get(zone) ?? 0);
  const full = new Set([...kept.keys()].filter(isFull));
  const isSpare = (task: TaskState): boolean => !isKept(turn, task) || (full.size > 0 && full.has(task.zone));
  const spare = tasks.filter((task) => task.phase !== "draining" && task.doing === null && isSpare(task));
  if (spare.length === 0) return;
  spare.sort((a, b) => usefulness(turn, a) - usefulness(turn, b) || b.startedAt - a.startedAt);
  let reliable = tasks.filter((task) => isReliable(turn, task)).length;
  for (const task of spare) {
    const remaining = reliable - (isReliable(turn, task) ? 1 : 0);
    if (!isSpare(task) || remaining < turn.state.desired) continue; // what went before it may have been enough
    if (isKept(turn, task)) {
      kept.set(task.zone, (kept.get(task.zone) ?? 0) - 1);
      if (!isFull(task.zone)) full.delete(task.zone);
    }
    drain(turn, task.id, turn.spec.drainMs);
    reliable = remaining;
  }
}

/** It serves, and either its revision is known to be good or it has served for a while. */
function isReliable(turn: Turn, { phase, revision, servingSince }: TaskState): boolean {
  if (phase !== "serving" || servingSince === null) return false;
  return revision === turn.state.good || due(turn, servingSince + turn.spec.backoff.resetAfterMs);
}

function usefulness(turn: Turn, task: TaskState): number {
  const current = task.revision === turn.state.revision ? 1 : 0;
  return { draining: 0, unhealthy: 0, starting: 2, serving: 4 }[task.phase] + current;
}

/** A deployment is complete when all that is wanted serves, of the wanted revision and nothing else. */
function completeDeployment(turn: Turn, wanted: ReadonlyMap<string, number>): void {
  const { state } = turn;
  const reliable = countByZone(turn, (task) => isReliable(turn, task));
  const isUniform = state.tasks.every(({ phase, revision }) => phase === "draining" || revision === state.revision);
  const enough = [...wanted].every(([zone, count]) => (reliable.get(zone) ?? 0) >= count);
  const complete = wanted.size > 0 && enough && isUniform;
  if (complete) {
    state.good = state.revision;
    state.crashes = 0;
  }
  const full = complete && wanted.size === turn.spec.zones.length;
  if (full === state.redundant) return;
  state.redundant = full;
  turn.act.push({ kind: "redundancy", full });
}
