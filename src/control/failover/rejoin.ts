import { quorumIsPossible } from "./promote.ts";
import { type MemberDraft, type Turn, type Wish, draftOf, due, isReachable, standbysOf } from "./turn.ts";

/** Asks for the next act of each member that needs one; one act at a time. */
export function plan(turn: Turn): void {
  for (const { id } of turn.spec.members) {
    if (!isReachable(turn, id)) continue;
    const wish = wishFor(turn, id);
    if (wish && isFree(turn, draftOf(turn, id), wish)) ask(turn, wish);
  }
}

/** It does nothing else, and is not pausing. A standby that waits to follow is held all the same. */
function isFree(turn: Turn, member: MemberDraft, wish: Wish): boolean {
  if (wish.kind === "hold" && member.failures === 0) return !member.doing || member.doing.kind === "follow";
  return !member.doing && due(turn, member.retryAt);
}

function ask(turn: Turn, wish: Wish): void {
  const member = draftOf(turn, wish.member);
  const act = { ...wish, id: turn.state.nextId };
  turn.state.nextId += 1;
  member.doing = act;
  member.streaming = false;
  // Once it may receive again, it may reach further than it said.
  const staysHeld = act.kind === "hold" || act.kind === "promote" || (act.kind === "start" && act.as.role === "held");
  if (!staysHeld) member.position = null;
  turn.act.push(act);
}

function wishFor(turn: Turn, id: string): Wish | null {
  const { state } = turn;
  if (draftOf(turn, id).fence) return { kind: "fence", member: id };
  if (id === state.primary) return state.failing ? restartInPlace(turn) : forPrimary(turn);
  // Where no quorum can be had, to hold a standby would only keep a primary that may be well from acknowledging.
  const candidate = state.failing?.candidate ?? null;
  const isHeld = state.failing && (candidate !== null || quorumIsPossible(turn));
  return isHeld ? forFailover(turn, id, candidate) : forStandby(turn, id);
}

/** While no standby can be promoted, an old primary that exited may be had back. Its disk holds every write. */
function restartInPlace(turn: Turn): Wish | null {
  const { failing, primary } = turn.state;
  const { up, valid } = draftOf(turn, primary);
  if (!failing || failing.candidate !== null || up || !valid) return null;
  const hopeless = !quorumIsPossible(turn);
  return hopeless || due(turn, failing.since + turn.spec.patienceMs) ? startAsPrimary(turn) : null;
}

/** A standby is held, started again as held where it exited, and promoted if it is the one. */
function forFailover(turn: Turn, id: string, candidate: string | null): Wish | null {
  const standby = draftOf(turn, id);
  if (!standby.valid) return null;
  if (!standby.up) return restartDue(turn, id) ? { kind: "start", member: id, as: { role: "held" } } : null;
  if (id === candidate)
    return mayPromote(turn) ? { kind: "promote", member: id, standbys: standbysOf(turn, id) } : null;
  return candidate === null && !standby.position ? { kind: "hold", member: id } : null;
}

/**
 * Without a quorum nothing but a kill keeps the old primary from acknowledging, so that is tried first where it can
 * be.
 */
function mayPromote(turn: Turn): boolean {
  const old = draftOf(turn, turn.state.primary);
  return turn.spec.acknowledging > 0 || !old.fence || old.failures > 0 || !isReachable(turn, turn.state.primary);
}

/** Observers are given time to notice that it exited; where they do not, it is started again. */
function forPrimary(turn: Turn): Wish | null {
  const primary = draftOf(turn, turn.state.primary);
  if (primary.up || !primary.valid || !due(turn, primary.downSince + turn.spec.patienceMs)) return null;
  return startAsPrimary(turn);
}

function forStandby(turn: Turn, id: string): Wish | null {
  const standby = draftOf(turn, id);
  const { primary } = turn.state;
  const source = draftOf(turn, primary).up && isReachable(turn, primary);
  if (!standby.valid) return source ? { kind: "reseed", member: id, primary } : null;
  if (standby.up && standby.streaming) return null;
  // One that will not follow may be gone unheard; starting what runs does no harm.
  const gone = !standby.up || standby.failures >= 3;
  if (gone) return restartDue(turn, id) ? { kind: "start", member: id, as: { role: "standby", primary } } : null;
  return source ? { kind: "follow", member: id, primary } : null;
}

function startAsPrimary(turn: Turn): Wish {
  const as = { role: "primary", standbys: standbysOf(turn), initial: turn.state.epoch === 0 } as const;
  return { kind: "start", member: turn.state.primary, as };
}

function restartDue(turn: Turn, id: string): boolean {
  return due(turn, draftOf(turn, id).downSince + turn.spec.restartDelayMs);
}
