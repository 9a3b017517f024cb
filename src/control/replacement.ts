import type { Controller } from "./controller.ts";
import { learnTask } from "./replacement/learn.ts";
import { reconcile } from "./replacement/reconcile.ts";
import { beginTurn } from "./replacement/turn.ts";
import type { ReplacementSpec, ReplacementSeen, ReplacementAct, ReplacementState } from "./replacement/language.ts";

/**
 * Keeps as many tasks of a service serving as are wanted, balanced over the zones that there are. What exits, fails its
 * checks or is lost with its zone is replaced, with a growing pause where it keeps failing. The new one always serves
 * before the old one is drained: in a deployment, in a move to a zone that is back, for a task that is unhealthy.
 */
export const replacement: Controller<ReplacementSpec, ReplacementState, ReplacementSeen, ReplacementAct> = {
  start(spec) {
    const { desired, revision } = spec;
    return {
      desired,
      revision,
      good: revision,
      tasks: {},
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
