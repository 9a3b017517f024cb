import type { Ms } from "../../base/units.ts";
import type { ReplacementAct, ReplacementBeliefs, ReplacementSpec, TaskState } from "./language.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One step of the controller: a copy of the state to work on, and what comes of it. */
export interface Turn {
  readonly spec: ReplacementSpec;
  readonly now: Ms;
  readonly state: Mutable<ReplacementBeliefs>;
  readonly act: ReplacementAct[];
  wakeAt: Ms | null;
}

/** Begins a step. What was believed before is left as it is: lists of tasks are replaced, never changed. */
export function beginTurn(spec: ReplacementSpec, before: ReplacementBeliefs, now: Ms): Turn {
  return { spec, now, state: { ...before }, act: [], wakeAt: null };
}

/** What is believed of a task; undefined: there is none. */
export function taskOf({ state }: Turn, id: string): TaskState | undefined {
  return state.tasks.find((task) => task.id === id);
}

/** How many tasks of a sort there are, by zone. */
export function countByZone({ state }: Turn, isCounted: (task: TaskState) => boolean): Map<string, number> {
  const counts = new Map<string, number>();
  let [zone, count] = ["", 0]; // of the last ones: tasks of a zone mostly follow each other
  for (const task of state.tasks) {
    if (!isCounted(task)) continue;
    if (task.zone !== zone) {
      if (count > 0) counts.set(zone, count);
      zone = task.zone;
      count = counts.get(zone) ?? 0;
    }
    count += 1;
  }
  if (count > 0) counts.set(zone, count);
  return counts;
}

/** Changes what is believed of a task. */
export function change({ state }: Turn, id: string, to: Partial<TaskState>): void {
  const at = state.tasks.findIndex((task) => task.id === id);
  const before = state.tasks[at];
  if (before) state.tasks = state.tasks.with(at, { ...before, ...to });
}

/** There is one task more. */
export function add({ state }: Turn, task: TaskState): void {
  state.tasks = [...state.tasks, task];
}

/** There is no such task any more. */
export function forget({ state }: Turn, gone: string): void {
  state.tasks = state.tasks.filter(({ id }) => id !== gone);
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
  if (!taskOf(turn, id)?.registered) return;
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
