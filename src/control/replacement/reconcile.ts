import { giveUp } from "./learn.ts";
import { freeId, isKept, keptIn, placement } from "./place.ts";
import { type TaskDraft, type Turn, drain, due, nextId } from "./turn.ts";

/** Brings what runs closer to what is wanted: start what is missing, then drain what can be spared. */
export function reconcile(turn: Turn): void {
  for (const [id, task] of Object.entries(turn.state.tasks)) tend(turn, id, task);
  const wanted = placement(turn);
  for (const [zone, count] of wanted) startMissing(turn, zone, count);
  startStandIns(turn, [...wanted.keys()]);
  drainSpare(turn, wanted);
  completeDeployment(turn, wanted);
}

/** Gives up on a task that does not come to serve, and asks again for an end that failed. */
function tend(turn: Turn, id: string, task: TaskDraft): void {
  if (task.doing !== null) return;
  if (task.phase === "draining" && due(turn, task.retryAt)) drain(turn, id, task, turn.spec.drainMs);
  const { startTimeoutMs, healthGraceMs } = turn.spec;
  const patienceMs = task.failing ? Math.min(healthGraceMs, startTimeoutMs) : startTimeoutMs;
  if (task.phase === "starting" && due(turn, task.startedAt + patienceMs)) giveUp(turn, id, task);
}

function startMissing(turn: Turn, zone: string, count: number): void {
  const { state } = turn;
  const backoff = state.backoff[zone];
  for (let missing = count - keptIn(turn, zone); missing > 0; missing -= 1) {
    if (backoff && !due(turn, backoff.until)) return;
    if (isTrial(turn, zone) || !makeRoom(turn, zone, count)) return;
    start(turn, zone, state.revision);
  }
}

function start(turn: Turn, zone: string, revision: string): void {
  const task = freeId(turn, zone);
  const id = nextId(turn);
  turn.state.tasks[task] = {
    zone,
    revision,
    phase: "starting",
    failing: false,
    registered: false,
    startedAt: turn.now,
    servingSince: null,
    doing: id,
    retryAt: 0,
  };
  turn.act.push({ kind: "start", id, task, zone, revision });
}

/**
 * While a new revision has yet to prove itself, what is lost below the minimum is replaced by the last one that was
 * good.
 */
function startStandIns(turn: Turn, zones: readonly string[]): void {
  const { tasks, revision, good } = turn.state;
  if (revision === good) return;
  const counts = Object.values(tasks).filter((task) => {
    return isReliable(turn, task) || (task.revision === good && task.phase === "starting");
  });
  for (let missing = Math.min(turn.spec.min, turn.state.desired) - counts.length; missing > 0; missing -= 1) {
    const zone = zones.toSorted((a, b) => population(turn, a) - population(turn, b))[0];
    if (zone === undefined || !due(turn, turn.state.backoff[zone]?.until ?? 0)) return;
    start(turn, zone, good);
  }
}

function population(turn: Turn, zone: string): number {
  return Object.values(turn.state.tasks).filter((task) => task.zone === zone).length;
}

/** A new revision is tried with one task a zone, until that serves. */
function isTrial(turn: Turn, zone: string): boolean {
  const { tasks, revision, good } = turn.state;
  return revision !== good && Object.values(tasks).some((task) => task.zone === zone && task.phase === "starting");
}

/** A zone runs at most twice its tasks. Past that an unhealthy one makes room for its replacement's replacement. */
function makeRoom(turn: Turn, zone: string, count: number): boolean {
  const alive = Object.entries(turn.state.tasks).filter(([, task]) => task.zone === zone && task.phase !== "draining");
  if (alive.length < 2 * count) return true;
  const unhealthy = alive.find(([, task]) => task.phase === "unhealthy" && task.doing === null);
  if (unhealthy) drain(turn, ...unhealthy, turn.spec.drainMs);
  return unhealthy !== undefined;
}

/** Drains what is not needed any more. What serves goes only while enough others can be relied on. */
function drainSpare(turn: Turn, wanted: ReadonlyMap<string, number>): void {
  const { tasks, desired } = turn.state;
  let reliable = Object.values(tasks).filter((task) => isReliable(turn, task)).length;
  const spare = Object.entries(tasks)
    .filter(([, task]) => task.phase !== "draining" && task.doing === null)
    .toSorted(([, a], [, b]) => usefulness(turn, a) - usefulness(turn, b) || b.startedAt - a.startedAt);
  for (const [id, task] of spare) {
    const surplus = !isKept(turn, task) || keptIn(turn, task.zone) > (wanted.get(task.zone) ?? 0);
    const remaining = reliable - (isReliable(turn, task) ? 1 : 0);
    if (!surplus || remaining < desired) continue;
    drain(turn, id, task, turn.spec.drainMs);
    reliable = remaining;
  }
}

/** It serves, and either its revision is known to be good or it has served for a while. */
function isReliable(turn: Turn, { phase, revision, servingSince }: TaskDraft): boolean {
  if (phase !== "serving" || servingSince === null) return false;
  return revision === turn.state.good || due(turn, servingSince + turn.spec.backoff.resetAfterMs);
}

function usefulness(turn: Turn, task: TaskDraft): number {
  const current = task.revision === turn.state.revision ? 1 : 0;
  return { draining: 0, unhealthy: 0, starting: 2, serving: 4 }[task.phase] + current;
}

/** A deployment is complete when all that is wanted serves, of the wanted revision and nothing else. */
function completeDeployment(turn: Turn, wanted: ReadonlyMap<string, number>): void {
  const { state } = turn;
  const tasks = Object.values(state.tasks).filter((task) => task.phase !== "draining");
  const enough = [...wanted].every(([zone, count]) => {
    return tasks.filter((task) => task.zone === zone && isReliable(turn, task)).length >= count;
  });
  const complete = wanted.size > 0 && enough && tasks.every((task) => task.revision === state.revision);
  if (complete) {
    state.good = state.revision;
    state.crashes = 0;
  }
  const full = complete && wanted.size === turn.spec.zones.length;
  if (full === state.redundant) return;
  state.redundant = full;
  turn.act.push({ kind: "redundancy", full });
}
