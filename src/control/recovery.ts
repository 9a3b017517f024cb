import type { Ms } from "../base/units.ts";
import type { Controller } from "./controller.ts";
import { advance, takeBack } from "./recovery/advance.ts";
import type { RecoveryAct, RecoverySeen, RecoverySpec, RecoveryState, RegionState } from "./recovery/language.ts";
import { decide } from "./recovery/decide.ts";
import { learn } from "./recovery/learn.ts";
import { type Turn, beginTurn } from "./recovery/turn.ts";

/** The controller of a region's recovery, and how its work is taken over. */
export interface RecoveryController extends Controller<RecoverySpec, RecoveryState, RecoverySeen, RecoveryAct> {
  /**
   * The recorded state of a supervisor that is gone, made ready for its successor: the stage under way is begun again,
   * and what was heard is forgotten; the world tells what it sees now.
   */
  resume(spec: RecoverySpec, state: RecoveryState, now: Ms): RecoveryState;
}

/**
 * Keeps one of two regions serving. Decides, by a majority of vantage points, that the region that serves is lost;
 * fences it as a whole before the other is promoted; leads customers over; takes a region that was given up back as the
 * standby, once it is calm; and switches over without loss when it is told to. At most one plan is under way, and one
 * that was begun is finished, taken back before anything was promoted, or replaced by a failover where one may begin:
 * never dropped.
 */
export const recovery: RecoveryController = {
  start(spec) {
    const regions: Record<string, RegionState> = {};
    for (const name of spec.regions)
      regions[name] = { sights: {}, lostSince: null, seenSince: null, givenUp: false, lag: null };
    return { active: spec.first, regions, plan: null, asked: false, declined: false, waiting: false, nextId: 1 };
  },
  step(spec, state, now, seen) {
    const turn = beginTurn(spec, state, now);
    for (const each of seen) learn(turn, each);
    proceed(turn);
    if (!turn.state.plan) proceed(turn); // a plan that has just ended may leave something to decide at once
    return { state: turn.state, act: turn.act, wakeAt: turn.wakeAt };
  },
  resume(spec, state, now) {
    const regions: Record<string, RegionState> = {};
    for (const name of spec.regions) {
      const before = state.regions[name]!; // every region of the spec has a state
      regions[name] = { ...before, sights: {}, lostSince: null, seenSince: null };
    }
    const plan = state.plan && { ...state.plan, doing: null, failures: 0, retryAt: now };
    return { ...state, regions, plan, asked: false, waiting: false };
  },
};

function proceed(turn: Turn): void {
  decide(turn);
  takeBack(turn);
  advance(turn);
}
