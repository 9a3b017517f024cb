import { describe, expect, test } from "vitest";
import { replacement } from "../control/replacement.ts";
import type { ReplacementAct, ReplacementSpec } from "../control/replacement/language.ts";
import { seededRandom } from "../base/random.ts";
import { scaling } from "../control/scaling.ts";
import { describeCounterexample, search } from "./schedule.ts";
import { type ServiceFault, drawServiceSchedule, nameServiceFault } from "./service/fault.ts";
import { tryService } from "./service/trial.ts";
import { SimulatedService } from "./service.ts";
import { outcomeOf } from "./violation.ts";

const SPEC: ReplacementSpec = {
  service: "api",
  zones: ["a", "b", "c"],
  desired: 3,
  revision: "good-0",
  min: 3,
  backoff: { firstMs: 200, maxMs: 4_000, resetAfterMs: 4_000 },
  startTimeoutMs: 4_000,
  healthGraceMs: 1_500,
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

/** A load that steps up and down for five minutes, and a service that follows it by target tracking. */
function followLoad(seed: number, controller = replacement): { broken: string | null; timesIn: number } {
  const random = seededRandom(`${seed}/load`);
  const service = new SimulatedService({ spec: SPEC, seed, controller });
  const scale = { min: 3, max: 12, initial: 3, target: 50, outCooldownMs: 2_000, inCooldownMs: 4_000 };
  const spec = { ...scale, inDatapoints: 3, inBelow: 0.9 };
  let state = scaling.start(spec, 0);
  let [load, timesIn] = [100, 0];
  const broken = outcomeOf(() => {
    for (let now = 2_000; now < 300_000; now += 2_000) {
      service.runUntil(now, 9_000);
      if (random.next() < 0.1) load = random.int(700);
      const before = state.desired;
      state = scaling.step(spec, state, now, [{ kind: "metric", value: load }]).state;
      if (state.desired !== before) service.inject({ kind: "scale", desired: state.desired });
      if (state.desired < before) timesIn += 1;
    }
    return null;
  });
  return { broken, timesIn };
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

describe("a service that follows its load goes out and in without cutting off work in flight", () => {
  test("under 300 random loads", () => {
    for (let seed = 1; seed <= 300; seed += 1) expect(followLoad(seed), `seed ${seed}`).toMatchObject({ broken: null });
  });

  test("and it does go in, many times", () => {
    const timesIn = Array.from({ length: 50 }, (_, seed) => followLoad(seed).timesIn);
    expect(timesIn.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100);
  });

  test("which is noticed where it ends tasks without grace", () => {
    const hasty = withActs((act) => [act.kind === "stop" ? { ...act, graceMs: 0 } : act]);
    const broken = Array.from({ length: 50 }, (_, seed) => followLoad(seed, hasty).broken);
    expect(broken.filter((each) => each?.includes("work in flight")).length).toBeGreaterThan(10);
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
