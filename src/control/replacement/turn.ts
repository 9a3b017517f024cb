import type { Ms } from "../../base/units.ts";
import type { ReplacementAct, ReplacementSpec, ReplacementState, TaskState } from "./language.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A task's state while a step works on it. */
export type TaskDraft = Mutable<TaskState>;

/** One step of the controller: a copy of the state to work on, and what comes of it. */
export interface Turn {
  readonly spec: ReplacementSpec;
  readonly now: Ms;
  readonly state: Mutable<Omit<ReplacementState, "tasks">> & { tasks: Record<string, TaskDraft> };
  readonly act: ReplacementAct[];
  wakeAt: Ms | null;
}

/** Begins a step. The recorded state is left as it is. */
export function beginTurn(spec: ReplacementSpec, state: ReplacementState, now: Ms): Turn {
  const tasks: Record<string, TaskDraft> = {};
  for (const [id, task] of Object.entries(state.tasks)) tasks[id] = { ...task };
  return { spec, now, state: { ...state, tasks }, act: [], wakeAt: null };
}

/** Whether `at` has come; if not, the controller wakes then. */
export function due(turn: Turn, at: Ms): boolean {
  if (turn.now >= at) return true;
  turn.wakeAt = Math.min(turn.wakeAt ?? at, at);
  return false;
}

/** A number for an act whose end is told. */
export function nextId(turn: Turn): number {
  turn.state.nextId += 1;
  return turn.state.nextId - 1;
}

/** Takes a task from the balancer, if it is there. */
export function deregister(turn: Turn, id: string, task: TaskDraft): void {
  if (task.registered) turn.act.push({ kind: "deregister", task: id });
  task.registered = false;
}

/** Deregisters and ends a task; what it works on may take `graceMs`. */
export function drain(turn: Turn, id: string, task: TaskDraft, graceMs: Ms): void {
  deregister(turn, id, task);
  task.phase = "draining";
  task.doing = nextId(turn);
  turn.act.push({ kind: "stop", id: task.doing, task: id, graceMs });
}
