import type { Ms } from "../../base/units.ts";
import type {
  PlanKind,
  PlanState,
  RecoveryAct,
  RecoveryDecision,
  RecoverySpec,
  RecoveryState,
  RegionState,
} from "./language.ts";
import { stagesOf } from "./stages.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One step of the controller: a copy of the state to work on, and what comes of it. */
export interface Turn {
  readonly spec: RecoverySpec;
  readonly now: Ms;
  readonly state: Mutable<Omit<RecoveryState, "regions" | "plan">> & {
    regions: Record<string, Mutable<RegionState>>;
    plan: Mutable<PlanState> | null;
  };
  readonly act: RecoveryAct[];
  wakeAt: Ms | null;
}

/** Begins a step. The recorded state is left as it is. */
export function beginTurn(spec: RecoverySpec, state: RecoveryState, now: Ms): Turn {
  const regions = Object.fromEntries(spec.regions.map((name) => [name, { ...state.regions[name]! }])); // each has one
  return { spec, now, state: { ...state, regions, plan: state.plan && { ...state.plan } }, act: [], wakeAt: null };
}

/** What is believed of a region. */
export function regionOf(turn: Turn, name: string): Mutable<RegionState> {
  return turn.state.regions[name]!; // every region of the spec has a state
}

/** Writes a conclusion down. */
export function say(turn: Turn, what: RecoveryDecision, subject: string, detail: string): void {
  turn.act.push({ kind: "decision", what, subject, detail });
}

/** Asks to be woken at `at`, or earlier. */
export function wake(turn: Turn, at: Ms): void {
  turn.wakeAt = Math.min(turn.wakeAt ?? Infinity, at);
}

/** Whether a majority of the watchers sees a region now. */
export function isSeen(turn: Turn, name: string): boolean {
  return regionOf(turn, name).seenSince !== null;
}

/** The region that is to take over when the active one is lost: seen, and not given up itself. */
export function standbyOf(turn: Turn): string | undefined {
  return turn.spec.regions.find(
    (name) => name !== turn.state.active && isSeen(turn, name) && !regionOf(turn, name).givenUp,
  );
}

/**
 * Whether what is under way cannot be had any more: the region that serves was lost before the other had everything, or
 * while it was to take writes again. It rests until that region is seen, or until a failover takes its place.
 */
export function isStuck(turn: Turn): boolean {
  const { plan } = turn.state;
  if (plan === null || plan.doing !== null || regionOf(turn, plan.from).lostSince === null) return false;
  return plan.takenBack || (plan.kind === "switchover" && !hasCaughtUp(plan));
}

/** Whether the region that takes over has every write that the other acknowledged. */
export function hasCaughtUp({ stages, step }: Pick<PlanState, "stages" | "step">): boolean {
  return stages.slice(0, step).includes("catch-up");
}

/** Begins a plan. A region that is failed over from is given up at once: from here it must rejoin. */
export function beginPlan(turn: Turn, kind: PlanKind, way: { readonly from: string; readonly to: string }): void {
  const { from, to } = way;
  if (kind === "failover") regionOf(turn, from).givenUp = true;
  turn.state.plan = {
    kind,
    from,
    to,
    stages: stagesOf(kind, turn.spec.readiness),
    step: 0,
    doing: null,
    failures: 0,
    retryAt: turn.now,
    promoting: false,
    takenBack: false,
  };
  turn.state.asked = false;
  turn.state.waiting = false;
  say(turn, "began", to, `${kind} from ${from}${kind === "failover" ? `, ${lossOf(turn, to)}` : ""}`);
}

/** What a promotion would lose, for people. */
export function lossOf(turn: Turn, to: string): string {
  const { lag } = regionOf(turn, to);
  return lag === null ? "losing what nobody knows" : `losing about the last ${Math.round(lag.ms)} ms`;
}
