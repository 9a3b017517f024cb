import type { Ms } from "../base/units.ts";
import type { Controller } from "./controller.ts";
import { detect } from "./failover/detect.ts";
import { learn } from "./failover/learn.ts";
import { choose } from "./failover/promote.ts";
import { plan } from "./failover/rejoin.ts";
import { type Turn, beginTurn, draftOf, isReachable, memberOf, say, standbysOf } from "./failover/turn.ts";
import type { FailoverSpec, FailoverSeen, FailoverAct, MemberState, FailoverState } from "./failover/language.ts";

/** The failover controller, and how its work is taken over. */
export interface FailoverController extends Controller<FailoverSpec, FailoverState, FailoverSeen, FailoverAct> {
  /**
   * The recorded state of a supervisor that is gone, made ready for its successor: acts under way are void, what was
   * heard is forgotten, and members that are not `running` are started at once. A failover goes on if a standby was
   * chosen already. The world then tells what it sees now: unreachable zones, sights, who streams.
   * @default running: none
   */
  resume(spec: FailoverSpec, state: FailoverState, now: Ms, running?: readonly string[]): FailoverState;
}

/**
 * Keeps one primary of a replicated engine alive, without ever losing an acknowledged write or letting two primaries
 * acknowledge. Starts the members, replaces a primary that a majority of observers lost sight of, brings the others
 * back as its standbys.
 *
 * 1. `detect`: a majority of the observers lost sight of the primary.
 * 2. Hold: every standby stops receiving, so that it can acknowledge nothing more for the old primary. Only then
 * 3. `choose`: with n standbys, k of which acknowledge, at least n − k + 1 are held: one of them has every acknowledged
 *    write, and it is the one that reaches furthest. With fewer, nothing is promoted; the old primary may come back.
 * 4. Promote it, with its quorum in force. The old primary is killed as soon as it can be reached.
 * 5. `plan`: whoever was held and reaches no further than the new primary follows it. The others may have a past of
 *    their own, perhaps under the same timeline number, and are seeded anew; until then they count in no quorum.
 */
export const failover: FailoverController = {
  start(spec, now) {
    const members: Record<string, MemberState> = {};
    for (const { id } of spec.members) members[id] = { ...stopped(spec, now), valid: id === spec.first };
    return {
      epoch: 0,
      primary: spec.first,
      failing: null,
      unseenUntil: now,
      blind: false,
      members,
      unreachable: [],
      endpoint: null,
      redundant: false,
      nextId: 1,
    };
  },
  step(spec, state, now, seen) {
    const turn = beginTurn(spec, state, now);
    for (const each of seen) learn(turn, each);
    detect(turn);
    choose(turn);
    plan(turn);
    announce(turn);
    return { state: turn.state, act: turn.act, wakeAt: turn.wakeAt };
  },
  resume(spec, state, now, running = []) {
    const candidate = state.failing?.candidate ?? null;
    const members: Record<string, MemberState> = {};
    for (const { id } of spec.members) {
      const { valid, fence, position } = memberOf(state, id);
      const kept = { valid, fence, position: candidate === null ? null : position };
      members[id] = { ...stopped(spec, now), ...kept, up: running.includes(id) };
    }
    const failing = candidate === null ? null : state.failing;
    return {
      ...state,
      members,
      failing,
      unseenUntil: now + spec.patienceMs,
      blind: false,
      endpoint: null,
      redundant: false,
    };
  },
};

/** A member that does not run and may be started at once. */
function stopped(spec: FailoverSpec, now: Ms): MemberState {
  return {
    up: false,
    downSince: now - Math.max(spec.patienceMs, spec.restartDelayMs),
    valid: false,
    fence: false,
    streaming: false,
    position: null,
    doing: null,
    failures: 0,
    retryAt: 0,
    sights: {},
  };
}

/** Says where writers and readers belong, and whether all members replicate, when either has changed. */
function announce(turn: Turn): void {
  const { state } = turn;
  const { primary } = state;
  const replicas = standbysOf(turn).filter((id) => draftOf(turn, id).streaming && draftOf(turn, id).valid);
  const full =
    !state.failing && replicas.length === turn.spec.members.length - 1 && replicas.every((id) => isReachable(turn, id));
  if (full !== state.redundant) {
    state.redundant = full;
    turn.act.push({ kind: "redundancy", full });
  }
  const last = state.endpoint;
  if (state.failing || !(last ?? draftOf(turn, primary).up)) return;
  if (last?.primary === primary && sameList(last.replicas, replicas)) return;
  turn.act.push({ kind: "endpoint", id: state.nextId, primary, replicas });
  if (last && last.primary !== primary) say(turn, "shifted", primary);
  state.nextId += 1;
  state.endpoint = { primary, replicas };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
