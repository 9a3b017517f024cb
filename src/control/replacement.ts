import type { Controller } from "./controller.ts";
import { learnTask } from "./replacement/learn.ts";
import type {
  ReplacementAct,
  ReplacementBeliefs,
  ReplacementSeen,
  ReplacementSpec,
  ReplacementState,
} from "./replacement/language.ts";
import { reconcile } from "./replacement/reconcile.ts";
import { beginTurn } from "./replacement/turn.ts";

type ReplacementBy<State> = Controller<ReplacementSpec, State, ReplacementSeen, ReplacementAct>;

/**
 * {@link replacement} without its index by id: with dozens of tasks, making that anew takes many times as long as a
 * step. For worlds that take steps by the million.
 */
export const listedReplacement: ReplacementBy<ReplacementBeliefs> = {
  start(spec) {
    const { desired, revision } = spec;
    return {
      desired,
      revision,
      good: revision,
      tasks: [],
      lost: [],
      backoff: {},
      crashes: 0,
      redundant: false,
      nextId: 1,
    };
  },
  step(spec, state, now, seen) {
    const turn = beginTurn(spec, state, now);
    for (const each of seen) learnTask(turn, each);
    reconcile(turn);
    return { state: turn.state, act: turn.act, wakeAt: turn.wakeAt };
  },
};

/**
 * Keeps as many tasks of a service serving as are wanted, balanced over the zones that there are. What exits, fails its
 * checks or is lost with its zone is replaced, with a growing pause where it keeps failing. The new one always serves
 * before the old one is drained: in a deployment, in a move to a zone that is back, for a task that is unhealthy.
 */
export const replacement: ReplacementBy<ReplacementState> = {
  start: (spec, now) => ({ ...listedReplacement.start(spec, now), tasks: {} }),
  step(spec, state, now, seen) {
    const listed = Object.values(state.tasks);
    const step = listedReplacement.step(spec, { ...state, tasks: listed }, now, seen);
    const { tasks } = step.state;
    const byId = tasks === listed ? state.tasks : Object.fromEntries(tasks.map((task) => [task.id, task]));
    return { ...step, state: { ...step.state, tasks: byId } };
  },
};
