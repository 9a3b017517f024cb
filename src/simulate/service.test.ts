import { describe, expect, test } from "vitest";
import { replacement } from "../control/replacement.ts";
import type { ReplacementAct, ReplacementSpec } from "../control/replacement/language.ts";
import { describeCounterexample, search } from "./schedule.ts";
import { type ServiceFault, drawServiceSchedule, nameServiceFault } from "./service/fault.ts";
import { tryService } from "./service/trial.ts";

const SPEC: ReplacementSpec = {
  service: "api",
  zones: ["a", "b", "c"],
  desired: 3,
  revision: "good-0",
  min: 3,
  backoff: { firstMs: 200, maxMs: 4_000, resetAfterMs: 4_000 },
  startTimeoutMs: 4_000,
  drainMs: 3_000,
  crashLoopFailures: 3,
  checked: true,
};

interface Campaign {
  /** The most faults in one schedule. */
  readonly faults: number;
  readonly schedules: number;
  readonly checked?: boolean;
  /** Left out: of several sizes. */
  readonly size?: number;
  readonly controller?: typeof replacement;
}

/**
 * Tries so many schedules, from seed 1 on, over services of several sizes; what broke, shrunk and readable, or null.
 */
function campaign({ faults, schedules, checked = true, size, controller = replacement }: Campaign): string | null {
  const found = search<ServiceFault>(
    {
      draw: (seed) => drawServiceSchedule(seed, SPEC.zones, faults),
      run: (seed, schedule) => {
        const spec = { ...SPEC, checked, desired: size ?? 3 + (seed % 4), min: size ?? 1 + (seed % 3) };
        const limits = { recoversWithinMs: 9_000, healsWithinMs: 60_000 };
        return tryService({ spec, seed, faults: schedule, controller, ...limits }).broken;
      },
    },
    1,
    schedules,
  );
  return found && describeCounterexample(found, nameServiceFault);
}

/** The controller, with its acts changed on their way out. */
function withActs(change: (act: ReplacementAct) => readonly ReplacementAct[]): typeof replacement {
  return {
    ...replacement,
    step: (...args) => {
      const step = replacement.step(...args);
      return { ...step, act: step.act.flatMap(change) };
    },
  };
}

describe("a service under faults keeps its minimum, spares work in flight, and heals", () => {
  test("with one fault: 1,000 schedules", () => {
    expect(campaign({ faults: 1, schedules: 1_000 })).toBeNull();
  });

  test("with up to ten faults at once: 1,500 schedules", () => {
    expect(campaign({ faults: 10, schedules: 1_500 })).toBeNull();
  });

  test("of workers, whom nobody checks: 1,000 schedules", () => {
    expect(campaign({ faults: 6, schedules: 1_000, checked: false })).toBeNull();
  });
});

describe("the checks notice a wrong controller", () => {
  test("that ends tasks without grace", () => {
    const hasty = withActs((act) => [act.kind === "stop" ? { ...act, graceMs: 0 } : act]);
    expect(campaign({ faults: 3, schedules: 500, controller: hasty })).toMatch(/work in flight/);
  });

  test("that stops tasks before the balancer knows", () => {
    const silent = withActs((act) => (act.kind === "deregister" ? [] : [act]));
    expect(campaign({ faults: 3, schedules: 500, controller: silent })).toMatch(/work in flight|not whole/);
  });

  test("that takes old tasks away before the new ones serve", () => {
    const optimistic: typeof replacement = {
      ...replacement,
      step: (spec, state, now, seen) => {
        const step = replacement.step(spec, state, now, seen);
        const started = step.act.filter((act) => act.kind === "start");
        const serving = Object.entries(step.state.tasks).filter(([, task]) => task.phase === "serving");
        const early = serving.slice(0, started.length).map(([task]) => ({ kind: "deregister", task }) as const);
        return { ...step, act: [...step.act, ...early] };
      },
    };
    expect(campaign({ faults: 3, schedules: 500, size: 3, controller: optimistic })).toMatch(/taken away/);
  });

  test("that believes in a revision at once", () => {
    const trusting: typeof replacement = {
      ...replacement,
      step: (spec, ...rest) => replacement.step({ ...spec, backoff: { ...spec.backoff, resetAfterMs: 0 } }, ...rest),
    };
    expect(campaign({ faults: 3, schedules: 1_000, checked: false, size: 3, controller: trusting })).toMatch(
      /fewer than|not whole/,
    );
  });

  test("that never rolls back", () => {
    const stubborn: typeof replacement = {
      ...replacement,
      step: (spec, ...rest) => replacement.step({ ...spec, crashLoopFailures: Infinity }, ...rest),
    };
    expect(campaign({ faults: 3, schedules: 500, controller: stubborn })).toMatch(/not whole/);
  });
});
