import type { Ms } from "../../base/units.ts";
import type { ReplacementAct, ReplacementSpec, ReplacementState, TaskState } from "./language.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One step of the controller: a copy of the state to work on, and what comes of it. */
export interface Turn {
  readonly spec: ReplacementSpec;
  readonly now: Ms;
  readonly state: Mutable<ReplacementState>;
  readonly act: ReplacementAct[];
  wakeAt: Ms | null;
  /** The tasks of this step; null: nothing has changed, and they are those of the recorded state. */
  changed: Record<string, TaskState> | null;
}

/** Begins a step. The recorded state is left as it is. Most steps change one task of many: that one is copied. */
export function beginTurn(spec: ReplacementSpec, state: ReplacementState, now: Ms): Turn {
  return { spec, now, state: { ...state }, act: [], wakeAt: null, changed: null };
}

/** Visits each task as it was when the visits began. A step visits all of them several times; this is quickest. */
export function eachTask({ state: { tasks } }: Turn, visit: (task: TaskState, id: string) => void): void {
  for (const id in tasks) visit(tasks[id]!, id); // a key of its own: records are plain
}

/** Changes what is believed of a task. */
export function change(turn: Turn, id: string, to: Partial<TaskState>): void {
  const before = turn.state.tasks[id];
  if (before) put(turn, id, { ...before, ...to });
}

/** Adds a task, or takes another one for it. */
export function put(turn: Turn, id: string, task: TaskState): void {
  ownTasks(turn)[id] = task;
}

/**
 * There is no such task any more. Built anew without it: an object that something was deleted from is slow to copy and
 * to go through from then on.
 */
export function forget(turn: Turn, gone: string): void {
  const { [gone]: _, ...others } = turn.state.tasks;
  turn.changed = others;
  turn.state.tasks = others;
}

function ownTasks(turn: Turn): Record<string, TaskState> {
  turn.changed ??= { ...turn.state.tasks };
  turn.state.tasks = turn.changed;
  return turn.changed;
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
export function deregister(turn: Turn, id: string): void {
  if (!turn.state.tasks[id]?.registered) return;
  turn.act.push({ kind: "deregister", task: id });
  change(turn, id, { registered: false });
}

/** Deregisters and ends a task; what it works on may take `graceMs`. */
export function drain(turn: Turn, id: string, graceMs: Ms): void {
  deregister(turn, id);
  const doing = nextId(turn);
  change(turn, id, { phase: "draining", doing });
  turn.act.push({ kind: "stop", id: doing, task: id, graceMs });
}
