import type { Ms } from "../base/units.ts";
import type { Controller } from "./controller.ts";

/**
 * Target tracking: as many tasks as keep the metric, per task, at the target. Out fast, in slowly. Times at the pace
 * of the run.
 */
export interface ScalingSpec {
  readonly min: number;
  readonly max: number;
  /** Tasks in the beginning. */
  readonly initial: number;
  /** Requests under way or a minute, or messages in the queue, per task; until another target is told. */
  readonly target: number;
  readonly outCooldownMs: Ms;
  readonly inCooldownMs: Ms;
  /** Metrics in a row that must be low before tasks are taken away. */
  readonly inDatapoints: number;
  /** Low is below this share of the target, from 0 to 1: the band in which nothing is done. */
  readonly inBelow: number;
}

/** How often target tracking looks at its metric, at AWS's scale. */
export const SCALING_PERIOD_MS: Ms = 60_000;
/** Of what AWS does and has no setting for: metrics in a row that are low, and how low. */
const IN_DATAPOINTS = 15;
const IN_BELOW = 0.9;

/** What the controller is given, of what can be set. `timer`: AWS's time at the pace of the run. */
export function scalingSpec({
  timer,
  min,
  max,
  target,
  outCooldownMs,
  inCooldownMs,
}: Omit<ScalingSpec, "initial" | "inDatapoints" | "inBelow"> & { timer(ms: Ms): Ms }): ScalingSpec {
  return {
    min,
    max,
    initial: min,
    target,
    outCooldownMs: timer(outCooldownMs),
    inCooldownMs: timer(inCooldownMs),
    inDatapoints: IN_DATAPOINTS,
    inBelow: IN_BELOW,
  };
}

/** What the world tells. */
export type ScalingSeen =
  /** Of all tasks together, over the last period: requests under way or a minute, or messages waiting. */
  | { readonly kind: "metric"; readonly value: number }
  /** Another target per task, from the next metric on. */
  | { readonly kind: "target"; readonly target: number }
  /** While any zone is lost nothing is taken away: what is left carries its load too. */
  | { readonly kind: "zone"; readonly zone: string; readonly available: boolean };

/** So many tasks are wanted from now on. */
export interface ScalingAct {
  readonly kind: "desired";
  readonly count: number;
}

/** What is believed, and until when nothing is done. */
export interface ScalingState {
  readonly desired: number;
  readonly target: number;
  /** Low metrics in a row. */
  readonly low: number;
  readonly outAfter: Ms;
  readonly inAfter: Ms;
  readonly lost: readonly string[];
}

/** See {@link scaling}. */
export type ScalingController = Controller<ScalingSpec, ScalingState, ScalingSeen, ScalingAct>;

/**
 * Follows the load: out at once and as far as needed, in only after it has been low for long and while no zone is
 * lost.
 */
export const scaling: ScalingController = {
  start: (spec, now) => ({ desired: spec.initial, target: spec.target, low: 0, outAfter: now, inAfter: now, lost: [] }),
  step(spec, state, now, seen) {
    let next = state;
    for (const each of seen) next = learn(spec, next, now, each);
    const act: ScalingAct[] = next.desired === state.desired ? [] : [{ kind: "desired", count: next.desired }];
    return { state: next, act, wakeAt: null };
  },
};

function learn(spec: ScalingSpec, state: ScalingState, now: Ms, seen: ScalingSeen): ScalingState {
  if (seen.kind === "target") return { ...state, target: seen.target, low: 0 };
  return seen.kind === "zone" ? learnZone(state, seen) : follow(spec, state, now, seen.value);
}

function learnZone(state: ScalingState, { zone, available }: { zone: string; available: boolean }): ScalingState {
  const others = state.lost.filter((each) => each !== zone);
  return { ...state, lost: available ? others : [...others, zone] };
}

function follow(spec: ScalingSpec, state: ScalingState, now: Ms, value: number): ScalingState {
  const needed = Math.min(Math.max(Math.ceil(value / state.target), spec.min), spec.max);
  if (needed > state.desired) return now < state.outAfter ? { ...state, low: 0 } : scaleTo(spec, state, now, needed);
  const isLow = value < state.desired * state.target * spec.inBelow && needed < state.desired;
  if (!isLow) return state.low === 0 ? state : { ...state, low: 0 };
  const low = state.low + 1;
  const wait = low < spec.inDatapoints || now < state.inAfter || state.lost.length > 0;
  return wait ? { ...state, low } : scaleTo(spec, state, now, needed);
}

function scaleTo(spec: ScalingSpec, state: ScalingState, now: Ms, desired: number): ScalingState {
  return { ...state, desired, low: 0, outAfter: now + spec.outCooldownMs, inAfter: now + spec.inCooldownMs };
}
