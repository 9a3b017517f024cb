import type { RecoverySeen } from "./language.ts";
import { type Turn, beginPlan, isSeen, lossOf, regionOf, say, standbyOf } from "./turn.ts";

/** Takes in one thing that was seen. */
export function learn(turn: Turn, seen: RecoverySeen): void {
  switch (seen.kind) {
    case "sight":
      return sight(turn, seen);
    case "lag":
      // What is told after contact was lost would be an age, not a lag.
      if (regionOf(turn, turn.state.active).lostSince === null)
        regionOf(turn, seen.region).lag = { ms: seen.ms, at: seen.at };
      return;
    case "command":
      return command(turn, seen);
    case "answer":
      return answer(turn, seen.approved);
    case "done":
      return done(turn, seen);
  }
}

function sight(turn: Turn, { watcher, region, ok }: Extract<RecoverySeen, { kind: "sight" }>): void {
  const state = regionOf(turn, region);
  state.sights = { ...state.sights, [watcher]: ok };
  const majority = turn.spec.watchers.length / 2;
  const said = turn.spec.watchers.map((each) => state.sights[each]);
  const isLost = said.filter((each) => each === false).length > majority;
  const isSeenNow = said.filter((each) => each === true).length > majority;
  if (isLost && state.lostSince === null) {
    state.lostSince = turn.now;
    say(turn, "lost", region, "a majority of the watchers does not see it");
  }
  if (!isLost && state.lostSince !== null) {
    state.lostSince = null;
    say(turn, "seen-again", region, "a majority of the watchers does not miss it any more");
    if (region === turn.state.active) Object.assign(turn.state, { asked: false, declined: false, waiting: false });
  }
  state.seenSince = isSeenNow ? (state.seenSince ?? turn.now) : null;
}

function command(turn: Turn, { what, to }: Extract<RecoverySeen, { kind: "command" }>): void {
  const { plan, active } = turn.state;
  const refusal = plan
    ? `a ${plan.kind} is under way`
    : to === active
      ? "it serves already"
      : regionOf(turn, to).givenUp
        ? "it has not rejoined yet"
        : !isSeen(turn, to)
          ? "it is not seen"
          : what === "switchover" && !isSeen(turn, active)
            ? `${active} is not seen: only a failover can be had`
            : undefined;
  if (refusal === undefined) beginPlan(turn, what, { from: active, to });
  else say(turn, "refused", to, refusal);
}

function answer(turn: Turn, approved: boolean): void {
  if (!turn.state.asked || turn.state.plan) return;
  const to = standbyOf(turn);
  turn.state.asked = false;
  if (!approved) {
    turn.state.declined = true;
    say(turn, "declined", turn.state.active, "it is waited for");
  } else if (to === undefined) say(turn, "refused", turn.state.active, "no other region can take over");
  else beginPlan(turn, "failover", { from: turn.state.active, to });
}

function done(turn: Turn, { id, ok }: Extract<RecoverySeen, { kind: "done" }>): void {
  const { plan } = turn.state;
  if (plan?.doing?.id !== id) return;
  plan.doing = null;
  plan.failures = ok ? 0 : plan.failures + 1;
  if (ok) plan.step += 1;
  else plan.retryAt = turn.now + turn.spec.retryMs * Math.min(plan.failures, 8);
}

/** Decides whether the active region is given up, and for whom. */
export function decide(turn: Turn): void {
  const { state, spec, now } = turn;
  const { lostSince } = regionOf(turn, state.active);
  if (lostSince === null || state.plan || state.asked || state.declined) return;
  const to = standbyOf(turn);
  if (to === undefined) return wait(turn, "no other region is seen");
  const { lag } = regionOf(turn, to);
  const { onLag } = spec;
  const isTooMuch = onLag !== null && (lag === null || lag.ms > onLag.mostMs);
  if (isTooMuch && now < lostSince + onLag.waitMs) {
    turn.wakeAt = Math.min(turn.wakeAt ?? Infinity, lostSince + onLag.waitMs);
    return wait(turn, `it may come back: a failover would be ${lossOf(turn, to)}`);
  }
  if (spec.mode === "approval" || (isTooMuch && onLag.afterwards === "ask")) {
    state.asked = true;
    return say(turn, "asked", state.active, `${to} can take over, ${lossOf(turn, to)}`);
  }
  beginPlan(turn, "failover", { from: state.active, to });
}

function wait(turn: Turn, why: string): void {
  if (!turn.state.waiting) say(turn, "waiting", turn.state.active, why);
  turn.state.waiting = true;
}
