import type { RecoverySeen } from "./language.ts";
import { type Turn, beginPlan, isSeen, isStuck, regionOf, say, standbyOf } from "./turn.ts";

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
  const refusal = refusalOf(turn, what, to);
  if (refusal === undefined) beginPlan(turn, what, { from: turn.state.active, to });
  else say(turn, "refused", to, refusal);
}

/** Why a command cannot be followed; undefined where it can. */
function refusalOf(turn: Turn, what: "failover" | "switchover", to: string): string | undefined {
  const { plan, active } = turn.state;
  if (plan && !(what === "failover" && isStuck(turn))) return `a ${plan.kind} is under way`;
  if (to === active) return "it serves already";
  if (regionOf(turn, to).givenUp) return "it has not rejoined yet";
  if (!isSeen(turn, to)) return "it is not seen";
  if (what === "switchover" && !isSeen(turn, active)) return `${active} is not seen: only a failover can be had`;
  return undefined;
}

function answer(turn: Turn, approved: boolean): void {
  if (!turn.state.asked) return;
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
