import type { ReplacementSeen, TaskState } from "./language.ts";
import { type Turn, change, deregister, drain, forget, taskOf } from "./turn.ts";

/** Takes one thing that was seen into the beliefs. */
export function learnTask(turn: Turn, seen: ReplacementSeen): void {
  const { state } = turn;
  switch (seen.kind) {
    case "desired":
      state.desired = seen.count;
      return;
    case "revision":
      state.revision = seen.revision;
      state.crashes = 0;
      state.backoff = {};
      return;
    case "zone":
      return learnZone(turn, seen.zone, seen.available);
    case "exited":
      return learnExit(turn, seen.task);
    case "health":
      return learnHealth(turn, seen.task, seen.healthy);
    case "done":
      return learnDone(turn, seen.id, seen.ok);
  }
}

function learnZone(turn: Turn, zone: string, available: boolean): void {
  const { state } = turn;
  const others = state.lost.filter((each) => each !== zone);
  state.lost = available ? others : [...others, zone];
  if (available) return;
  const { [zone]: _, ...backoff } = state.backoff;
  state.backoff = backoff;
  for (const { id, zone: own } of state.tasks) {
    if (own !== zone) continue;
    deregister(turn, id);
    forget(turn, id);
  }
}

/** While a start is under way its own end tells how it went: what exited then is an earlier process of that name. */
function learnExit(turn: Turn, id: string): void {
  const task = taskOf(turn, id);
  const isStarting = task?.phase === "starting" && task.doing !== null;
  if (!isStarting) gone(turn, id);
}

/** The process ended. Unless we asked for it, that is a failure. */
function gone(turn: Turn, id: string): void {
  const task = taskOf(turn, id);
  if (!task) return;
  deregister(turn, id);
  forget(turn, id);
  if (task.phase !== "draining") failed(turn, task);
}

function learnHealth(turn: Turn, id: string, healthy: boolean): void {
  const task = taskOf(turn, id);
  if (!task || task.phase === "draining") return;
  if (healthy) serves(turn, task);
  else if (task.phase === "starting") change(turn, id, { failing: true });
  else if (task.phase === "serving") change(turn, id, { phase: "unhealthy" });
}

function serves(turn: Turn, { id, servingSince }: TaskState): void {
  change(turn, id, { phase: "serving", failing: false, servingSince: servingSince ?? turn.now });
}

function learnDone(turn: Turn, act: number, ok: boolean): void {
  const task = turn.state.tasks.find(({ doing }) => doing === act);
  if (task === undefined) return; // it exited meanwhile, or its zone was lost
  const { id } = task;
  change(turn, id, { doing: null });
  if (task.phase === "draining") {
    if (ok) gone(turn, id);
    else change(turn, id, { retryAt: turn.now + turn.spec.backoff.firstMs });
  } else if (!ok) {
    gone(turn, id);
  } else if (turn.spec.checked) {
    change(turn, id, { startedAt: turn.now, registered: true });
    turn.act.push({ kind: "register", task: id });
  } else {
    serves(turn, task);
  }
}

/** A task that does not serve in time is ended, and has failed. */
export function giveUp(turn: Turn, task: TaskState): void {
  drain(turn, task.id, 0);
  failed(turn, task);
}

/** Paces the next start in that zone, and rolls back a new revision that keeps failing. */
function failed(turn: Turn, task: TaskState): void {
  const { state, now } = turn;
  const { firstMs, maxMs, resetAfterMs } = turn.spec.backoff;
  const served = task.servingSince === null ? 0 : now - task.servingSince;
  const failures = served >= resetAfterMs ? 1 : (state.backoff[task.zone]?.failures ?? 0) + 1;
  const until = now + Math.min(firstMs * 2 ** (failures - 1), maxMs);
  state.backoff = { ...state.backoff, [task.zone]: { failures, until } };
  if (task.revision !== state.revision || state.revision === state.good) return;
  state.crashes += 1;
  if (state.crashes < turn.spec.crashLoopFailures) return;
  turn.act.push({ kind: "rolled-back", from: state.revision, to: state.good });
  state.revision = state.good;
  state.crashes = 0;
  state.backoff = {};
}
