import type { Controller } from "./controller.ts";

/** An alarm over a metric, as CloudWatch evaluates it: `datapoints` of the last `periods` breach the threshold. */
export interface AlarmSpec {
  readonly name: string;
  readonly comparison: ">" | ">=" | "<" | "<=";
  readonly threshold: number;
  /** M of N: how many … */
  readonly datapoints: number;
  /** … of how many periods. */
  readonly periods: number;
  /** What a period without data counts as; `ignore` keeps the state that it is in. */
  readonly treatMissing: "breaching" | "not-breaching" | "ignore";
}

/** The metric of one period, at its end; null where there was none. */
export interface AlarmSeen {
  readonly kind: "datapoint";
  readonly value: number | null;
}

/** The alarm changed. */
export interface AlarmAct {
  readonly kind: "alarm";
  readonly name: string;
  readonly state: "ok" | "alarm";
}

/** What the alarm stands on. */
export interface AlarmState {
  readonly state: "ok" | "alarm";
  /** The last periods, the newest last: breached, or not. */
  readonly window: readonly boolean[];
}

/** See {@link alarm}. */
export type AlarmController = Controller<AlarmSpec, AlarmState, AlarmSeen, AlarmAct>;

/** Alarms when enough of the last periods breached the threshold, and is ok again when no longer enough do. */
export const alarm: AlarmController = {
  start: () => ({ state: "ok", window: [] }),
  step(spec, state, _now, seen) {
    const act: AlarmAct[] = [];
    let next = state;
    for (const { value } of seen) {
      if (value === null && spec.treatMissing === "ignore") continue;
      const breached = value === null ? spec.treatMissing === "breaching" : breaches(spec, value);
      const window = [...next.window, breached].slice(-spec.periods);
      const changed = window.filter(Boolean).length >= spec.datapoints ? "alarm" : "ok";
      if (changed !== next.state) act.push({ kind: "alarm", name: spec.name, state: changed });
      next = { state: changed, window };
    }
    return { state: next, act, wakeAt: null };
  },
};

function breaches({ comparison, threshold }: AlarmSpec, value: number): boolean {
  if (comparison === ">") return value > threshold;
  if (comparison === ">=") return value >= threshold;
  return comparison === "<" ? value < threshold : value <= threshold;
}
