import type { Ms } from "../../base/units.ts";
import type { Scheduled } from "../schedule.ts";
import { type ServiceOptions, SimulatedService } from "../service.ts";
import { outcomeOf } from "../violation.ts";
import type { ServiceFault } from "./fault.ts";

/** How a schedule is tried. */
export interface ServiceTrial extends ServiceOptions {
  readonly faults: readonly Scheduled<ServiceFault>[];
  /** Fewer than the minimum may serve for so long, while more could. */
  readonly recoversWithinMs: Ms;
  /** All must be whole again this long after the last fault is over. */
  readonly healsWithinMs: Ms;
}

/** Starts a service, lets the faults happen, waits until all is whole. Says which promise was broken; null: none. */
export function tryService(trial: ServiceTrial): { readonly broken: string | null; readonly events: number } {
  const service = new SimulatedService(trial);
  return { broken: outcomeOf(() => play(service, trial)), events: service.time.events };
}

function play(service: SimulatedService, trial: ServiceTrial): string | null {
  const { time } = service;
  if (!becomesWhole(service, trial)) return "it does not come up";
  const start = time.now();
  let last = start;
  for (const { at, forMs, what } of trial.faults) {
    last = Math.max(last, start + at + forMs);
    time.after(at, () => {
      const heal = service.inject(what);
      time.after(forMs, heal);
    });
  }
  service.runUntil(last, trial.recoversWithinMs);
  return becomesWhole(service, trial) ? null : `${trial.healsWithinMs} ms after the last fault it is not whole`;
}

function becomesWhole(service: SimulatedService, { healsWithinMs, recoversWithinMs }: ServiceTrial): boolean {
  const until = service.time.now() + healsWithinMs;
  while (service.time.now() < until) {
    service.runUntil(service.time.now() + 250, recoversWithinMs);
    if (service.isWhole()) return true;
  }
  return false;
}
