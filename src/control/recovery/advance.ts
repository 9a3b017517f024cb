import type { StageName } from "./language.ts";
import { type Turn, beginPlan, hasCaughtUp, isSeen, isStuck, regionOf, say, wake } from "./turn.ts";

/** Takes a region back that was given up and has been seen for long enough; a flapping one is not. */
export function takeBack(turn: Turn): void {
  const { state, spec, now } = turn;
  if (state.plan) return;
  for (const name of spec.regions) {
    const { givenUp, seenSince } = regionOf(turn, name);
    if (!givenUp || name === state.active || seenSince === null) continue;
    if (now < seenSince + spec.calmMs) wake(turn, seenSince + spec.calmMs);
    else if (isSeen(turn, state.active)) return beginPlan(turn, "rejoin", { from: state.active, to: name });
  }
}

/** Does what a plan has next, changes it where a region was lost meanwhile, and ends it. One that is stuck rests. */
export function advance(turn: Turn): void {
  adapt(turn);
  const { plan } = turn.state;
  if (!plan || plan.doing || isStuck(turn)) return;
  const name = plan.stages[plan.step];
  if (name === undefined) return finish(turn);
  if (turn.now < plan.retryAt) return wake(turn, plan.retryAt);
  if (name === "promote") plan.promoting = true;
  const isOfFrom = OF_FROM.has(name) || (name === "fence" && plan.kind === "failover");
  const [region, other] = isOfFrom ? [plan.from, plan.to] : [plan.to, plan.from];
  plan.doing = { kind: "stage", id: turn.state.nextId, name, region, other };
  turn.state.nextId += 1;
  turn.act.push(plan.doing);
}

/** What is done with the region that served. */
const OF_FROM: ReadonlySet<StageName> = new Set(["quiesce", "resume", "follow"]);

/** A region that is lost while a plan is under way changes what can be had. */
function adapt(turn: Turn): void {
  const { plan } = turn.state;
  if (!plan || plan.doing || plan.takenBack || plan.kind === "rejoin") return;
  const isLost = (name: string): boolean => regionOf(turn, name).lostSince !== null;
  if (!plan.promoting && isLost(plan.to) && isSeen(turn, plan.from)) return takePlanBack(turn);
  if (plan.kind !== "switchover" || !isLost(plan.from) || !hasCaughtUp(plan)) return;
  // It has everything; what the lost region would do is done when it rejoins.
  regionOf(turn, plan.from).givenUp = true;
  const done = plan.stages.slice(0, plan.step);
  plan.stages = [...done, ...plan.stages.slice(plan.step).filter((name) => name !== "follow")];
}

function takePlanBack(turn: Turn): void {
  const { plan } = turn.state;
  if (!plan) return;
  Object.assign(plan, { stages: ["resume"], step: 0, failures: 0, retryAt: turn.now, takenBack: true });
  say(turn, "taken-back", plan.from, `${plan.to} was lost before it took over`);
}

function finish(turn: Turn): void {
  const { plan } = turn.state;
  if (!plan) return;
  turn.state.plan = null;
  if (plan.kind === "rejoin") regionOf(turn, plan.to).givenUp = false;
  else if (plan.takenBack) regionOf(turn, plan.from).givenUp = false;
  else turn.state.active = plan.to;
  turn.state.declined = false;
  for (const name of turn.spec.regions) regionOf(turn, name).lag = null; // of another direction, or of another past
  say(turn, "finished", turn.state.active, plan.takenBack ? `${plan.kind}, taken back` : plan.kind);
}
