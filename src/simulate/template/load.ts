import { LOAD } from "../../facts/load.ts";
import { ECS } from "../../facts/timing.ts";
import type { TemplateAssumptions, Working } from "../../topology/template-system.ts";
import { scalingAtAws } from "../system/control-spec.ts";
import type { LoadPlan } from "../system/part/load.ts";

/** What customers ask of tasks of which nobody says what they bear: each could bear so many times as much. */
const PLENTY = 1e6;

/**
 * How tasks are loaded. Where the peak and what a task bears are told, scaling follows the load as it does for a
 * definition. Else any task that is left bears all customers.
 */
export function templateLoad(
  { count, most, bears }: Working & { kind: "tasks" },
  { region, told }: { readonly region: string; readonly told: TemplateAssumptions },
): LoadPlan {
  const { requestMs, patienceMs } = told.load;
  const isTold = told.peak !== null && bears !== null;
  const peak = isTold ? told.peak : 1;
  const perTask = isTold ? bears : PLENTY;
  const atTarget = perTask * LOAD.targetShare.value;
  return {
    region,
    peak,
    trough: LOAD.trough.value,
    perTask,
    atTarget,
    requestMs,
    patienceMs,
    attempts: LOAD.attempts.value,
    queueMs: LOAD.queueMs.value,
    countsRequests: false,
    scaling:
      isTold && most > count
        ? scalingAtAws({
            min: count,
            max: most,
            target: (atTarget * requestMs) / 1_000,
            outCooldownMs: ECS.scaleOutCooldown.value,
            inCooldownMs: ECS.scaleInCooldown.value,
          })
        : null,
  };
}
