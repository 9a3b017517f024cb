import { type Turn, beginPlan, isStuck, lossOf, regionOf, say, standbyOf, wake } from "./turn.ts";

/**
 * Decides whether the active region is given up, and for whom. It is the same question where a switchover was under
 * way: who may say yes, and what may be lost, does not depend on it.
 */
export function decide(turn: Turn): void {
  const { state, spec, now } = turn;
  const { lostSince } = regionOf(turn, state.active);
  if (lostSince === null || state.asked || state.declined) return;
  if (state.plan && !isStuck(turn)) return;
  const to = standbyOf(turn);
  if (to === undefined) return wait(turn, "no other region is seen");
  const { lag } = regionOf(turn, to);
  const { onLag } = spec;
  const isTooMuch = onLag !== null && (lag === null || lag.ms > onLag.mostMs);
  if (isTooMuch && now < lostSince + onLag.waitMs) {
    wake(turn, lostSince + onLag.waitMs);
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
