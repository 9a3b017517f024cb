import type { Ms } from "../../base/units.ts";
import type { FailoverSeen, MemberAct } from "./language.ts";
import { completePromotion, resumeService } from "./promote.ts";
import { type MemberDraft, type Turn, draftOf, forgive } from "./turn.ts";

type Done = Extract<FailoverSeen, { kind: "done" }>;

/** Takes one thing that was seen into the beliefs. */
export function learn(turn: Turn, seen: FailoverSeen): void {
  switch (seen.kind) {
    case "sight": {
      const member = draftOf(turn, seen.member);
      member.sights = { ...member.sights, [seen.observer]: seen.ok };
      return;
    }
    case "exited":
      return wentDown(draftOf(turn, seen.member), turn.now);
    case "streaming":
      draftOf(turn, seen.member).streaming = seen.ok;
      return;
    case "zone":
      return learnZone(turn, seen.zone, seen.reachable);
    case "done":
      return learnDone(turn, seen);
  }
}

function wentDown(member: MemberDraft, now: Ms): void {
  if (member.up) member.downSince = now;
  member.up = false;
  // What was asked of the process that is gone, or has started it, ends here. A copy of a disk goes on without one.
  if (member.doing?.kind !== "reseed") member.doing = null;
  member.streaming = false;
}

function learnZone(turn: Turn, zone: string, reachable: boolean): void {
  const others = turn.state.unreachable.filter((each) => each !== zone);
  turn.state.unreachable = reachable ? others : [...others, zone];
  if (!reachable) return;
  for (const member of turn.spec.members) {
    if (member.zone === zone) forgive(draftOf(turn, member.id));
  }
}

function learnDone(turn: Turn, done: Done): void {
  const found = turn.spec.members.find(({ id }) => draftOf(turn, id).doing?.id === done.id);
  if (!found) return; // made void by a later act, or asked for by a supervisor that is gone
  const member = draftOf(turn, found.id);
  const act = member.doing!; // it was found by its act
  member.doing = null;
  if (done.ok && (act.kind !== "hold" || done.position)) {
    forgive(member);
    succeeded(turn, act, done);
  } else {
    member.failures += 1;
    member.retryAt = turn.now + retryDelay(turn, member);
    if (done.diverged) member.valid = false;
  }
}

function succeeded(turn: Turn, act: MemberAct, done: Done): void {
  const member = draftOf(turn, act.member);
  switch (act.kind) {
    case "start":
      member.up = true;
      if (act.as.role === "primary") resumeService(turn, "restarted");
      if (act.as.role === "standby") expectStream(turn, member);
      return;
    case "hold":
      if (turn.state.failing && done.position) member.position = done.position;
      return;
    case "promote":
      return completePromotion(turn, act.member);
    case "reseed":
      member.up = true;
      member.valid = true;
      return expectStream(turn, member);
    case "follow":
      return expectStream(turn, member);
    case "fence":
      member.fence = false;
      return wentDown(member, turn.now);
  }
}

/** It should stream soon; if it does not, it is told again. */
function expectStream(turn: Turn, member: MemberDraft): void {
  member.retryAt = turn.now + 8 * turn.spec.retryMs;
}

/** During a failover every moment counts; a standby that does not come up can wait longer and longer. */
function retryDelay(turn: Turn, member: MemberDraft): Ms {
  return turn.state.failing ? turn.spec.retryMs : turn.spec.retryMs * 2 ** Math.min(member.failures - 1, 6);
}
