import type { Controller } from "./controller.ts";

/** Thresholds of a health check, as AWS's target groups have them. The world probes, at its interval. */
export interface HealthSpec {
  /** Consecutive successes that make an unhealthy target healthy. A new one needs a single success. */
  readonly healthyThreshold: number;
  /** Consecutive failures that make a target unhealthy. */
  readonly unhealthyThreshold: number;
  /** What is believed of a new target before its first probe. Left out: nothing, and its first verdict is told. */
  readonly initiallyHealthy?: boolean;
}

/** What the world tells. */
export type HealthSeen =
  /**
   * The outcome of one probe. A simulator leaves out those that confirm a settled belief (`contrary` 0): they change
   * nothing.
   */
  | { readonly kind: "probe"; readonly target: string; readonly ok: boolean }
  /** All targets that there are from now on; what is believed of those that stay is kept. */
  | { readonly kind: "targets"; readonly targets: readonly string[] };

/** A threshold was crossed. */
export interface HealthAct {
  readonly kind: "health";
  readonly target: string;
  readonly healthy: boolean;
}

/** What is believed of each target; null: nothing yet. */
export interface HealthState {
  readonly targets: Readonly<
    Record<
      string,
      { readonly healthy: boolean | null; /** Probes in a row against the belief. */ readonly contrary: number }
    >
  >;
}

/** See {@link health}. */
export type HealthController = Controller<HealthSpec, HealthState, HealthSeen, HealthAct>;

/**
 * Turns probes into verdicts: a target changes sides only after as many contrary probes in a row as its threshold
 * says.
 */
export const health: HealthController = {
  start: () => ({ targets: {} }),
  step(spec, state, _now, seen) {
    const act: HealthAct[] = [];
    let targets = state.targets;
    for (const each of seen) {
      if (each.kind === "targets") {
        targets = Object.fromEntries(each.targets.map((id) => [id, targets[id] ?? newTarget(spec)]));
        continue;
      }
      const target = targets[each.target];
      if (!target) continue; // deregistered while its probe was under way
      const next = judge(spec, target, each.ok);
      if (next === target) continue;
      targets = { ...targets, [each.target]: next };
      if (next.healthy !== target.healthy) act.push({ kind: "health", target: each.target, healthy: each.ok });
    }
    return { state: { targets }, act, wakeAt: null };
  },
};

type Target = HealthState["targets"][string];

function newTarget(spec: HealthSpec): Target {
  return { healthy: spec.initiallyHealthy ?? null, contrary: 0 };
}

function judge(spec: HealthSpec, target: Target, ok: boolean): Target {
  if (ok === target.healthy) return target.contrary === 0 ? target : { ...target, contrary: 0 };
  const isNew = target.healthy === null;
  if (isNew && ok) return { healthy: true, contrary: 0 };
  const contrary = target.contrary + 1;
  const threshold = ok ? spec.healthyThreshold : spec.unhealthyThreshold;
  return contrary >= threshold ? { healthy: ok, contrary: 0 } : { ...target, contrary };
}
