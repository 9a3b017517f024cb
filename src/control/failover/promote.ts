import { type Turn, comparePositions, draftOf, due, forgive, isReachable, say, standbysOf } from "./turn.ts";

/** Every standby is to be held from here on, if enough of them can be. */
export function beginFailover(turn: Turn): void {
  const { state } = turn;
  state.failing = { since: turn.now, candidate: null, waiting: false };
  for (const id of standbysOf(turn)) {
    const standby = draftOf(turn, id);
    standby.position = null;
    forgive(standby);
  }
  say(turn, "detected", state.primary);
}

/**
 * The old primary serves on: it was seen again, or it was restarted in place. Those that were held are released by
 * `rejoin.ts`.
 */
export function resumeService(turn: Turn, what: "cancelled" | "restarted"): void {
  const { state } = turn;
  if (state.failing) {
    say(turn, what, state.primary);
    state.failing = null;
    for (const id of standbysOf(turn)) forgive(draftOf(turn, id));
  }
  if (what === "cancelled") return;
  state.epoch = Math.max(state.epoch, 1);
  state.unseenUntil = turn.now + turn.spec.patienceMs;
}

/**
 * Chooses the standby to promote, once enough of them are held and have said how far they reach. A choice is final,
 * for its promotion may take effect without our hearing of it; it is changed only where the quorum can do without
 * that standby.
 */
export function choose(turn: Turn): void {
  const { failing } = turn.state;
  if (!failing) return;
  const { candidate } = failing;
  if (candidate !== null && isReachable(turn, candidate) && draftOf(turn, candidate).valid) return;
  if (candidate === null && stillAsking(turn)) return;
  const best = bestOf(turn, candidate);
  if (best === null) return candidate === null ? wait(turn) : undefined;
  if (candidate !== null) depose(turn, candidate);
  settleOn(turn, best);
}

/**
 * How many standbys must be held, so that every set of k of them, each of which can acknowledge, has one among them.
 */
export function quorumOf(turn: Turn): number {
  const { acknowledging } = turn.spec;
  return acknowledging === 0 ? 1 : turn.spec.members.length - acknowledging;
}

/** Standbys that are held and told their position, without `except`. */
function answered(turn: Turn, except: string | null): string[] {
  return standbysOf(turn).filter((id) => id !== except && draftOf(turn, id).valid && draftOf(turn, id).position);
}

/** Without a quorum to tell when enough have answered, all that can be asked are waited for, once. */
function stillAsking(turn: Turn): boolean {
  if (turn.spec.acknowledging > 0) return false;
  return standbysOf(turn).some((id) => draftOf(turn, id).doing?.kind === "hold" && draftOf(turn, id).failures === 0);
}

/**
 * The standby within reach that holds the most, provided that a quorum of those that answered reaches no further:
 * then it has every write that was ever acknowledged. Null where there is none.
 */
function bestOf(turn: Turn, except: string | null): string | null {
  const held = answered(turn, except);
  let best: string | null = null;
  for (const id of held) {
    const covered = held.filter((other) => compareHeld(turn, other, id) <= 0).length;
    if (covered < quorumOf(turn) || !isReachable(turn, id)) continue;
    if (best === null || preference(turn, id, best) > 0) best = id;
  }
  return best;
}

function compareHeld(turn: Turn, a: string, b: string): number {
  const none = { timeline: 0, offset: 0 };
  return comparePositions(draftOf(turn, a).position ?? none, draftOf(turn, b).position ?? none);
}

/** Of two that reach equally far, the one that runs. */
function preference(turn: Turn, a: string, b: string): number {
  return compareHeld(turn, a, b) || Number(draftOf(turn, a).up) - Number(draftOf(turn, b).up);
}

function settleOn(turn: Turn, candidate: string): void {
  const { state } = turn;
  const held = answered(turn, null);
  for (const id of standbysOf(turn)) {
    const standby = draftOf(turn, id);
    // One that did not answer may hold what nobody acknowledged; so does one that reaches further.
    const isPrefix = held.includes(id) && compareHeld(turn, id, candidate) <= 0;
    if (isPrefix) continue;
    standby.valid = false;
    standby.doing = null;
  }
  if (state.failing?.candidate === null) say(turn, "fenced", state.primary, `held: ${held.join(", ")}`);
  depose(turn, state.primary);
  forgive(draftOf(turn, candidate));
  state.failing = { since: state.failing?.since ?? turn.now, candidate, waiting: false };
}

/** It may go on as a primary that nobody follows: it is killed as soon as it can be, and seeded anew. */
function depose(turn: Turn, id: string): void {
  const member = draftOf(turn, id);
  if (member.fence) return;
  member.fence = true;
  member.valid = false;
  member.doing = null;
  member.streaming = false;
  forgive(member);
}

function wait(turn: Turn): void {
  const { failing } = turn.state;
  if (!failing || failing.waiting) return;
  const failed = standbysOf(turn).some((id) => draftOf(turn, id).failures > 0);
  const late = due(turn, failing.since + turn.spec.patienceMs);
  if (quorumIsPossible(turn) && !failed && !late) return;
  turn.state.failing = { ...failing, waiting: true };
  say(turn, "waiting", turn.state.primary, `${answered(turn, null).length} of ${quorumOf(turn)} standbys answered`);
}

/** Whether enough standbys answered, or can be asked, as far as is known. */
export function quorumIsPossible(turn: Turn): boolean {
  const able = standbysOf(turn).filter((id) => {
    const standby = draftOf(turn, id);
    return standby.valid && (standby.position !== null || isReachable(turn, id));
  });
  return able.length >= quorumOf(turn);
}

/** The candidate is the primary now. Everyone else is to follow it. */
export function completePromotion(turn: Turn, promoted: string): void {
  const { state } = turn;
  if (state.failing?.candidate !== promoted) return;
  state.epoch += 1;
  state.primary = promoted;
  state.failing = null;
  state.unseenUntil = turn.now + turn.spec.patienceMs;
  for (const { id } of turn.spec.members) {
    const member = draftOf(turn, id);
    member.position = null;
    member.streaming = false;
    if (!member.fence) forgive(member);
  }
  say(turn, "promoted", promoted);
}
