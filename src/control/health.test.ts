import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type HealthAct, type HealthSpec, health } from "./health.ts";

function verdicts(spec: HealthSpec, probes: readonly boolean[]): (boolean | null)[] {
  let state = health.step(spec, health.start(spec, 0), 0, [{ kind: "targets", targets: ["a"] }]).state;
  return probes.map((ok) => {
    const step = health.step(spec, state, 0, [{ kind: "probe", target: "a", ok }]);
    state = step.state;
    return step.act[0]?.healthy ?? null;
  });
}

test("a target changes sides after as many contrary probes in a row as its threshold says", () => {
  const spec = { healthyThreshold: 3, unhealthyThreshold: 2 };
  const probes = [true, false, true, false, false, true, true, false, true, true, true];
  expect(verdicts(spec, probes)).toEqual([true, null, null, null, false, null, null, null, null, null, true]);
});

test("a new target needs one success, or as many failures as any other", () => {
  const spec = { healthyThreshold: 3, unhealthyThreshold: 2 };
  expect(verdicts(spec, [true])).toEqual([true]);
  expect(verdicts(spec, [false, false])).toEqual([null, false]);
  expect(verdicts({ ...spec, initiallyHealthy: true }, [true, false, false])).toEqual([null, null, false]);
});

test("a target that was removed is forgotten, one that stays is not", () => {
  const spec = { healthyThreshold: 2, unhealthyThreshold: 2 };
  let state = health.step(spec, health.start(spec, 0), 0, [{ kind: "targets", targets: ["a", "b"] }]).state;
  const probe = (target: string, ok: boolean): readonly HealthAct[] => {
    const step = health.step(spec, state, 0, [{ kind: "probe", target, ok }]);
    state = step.state;
    return step.act;
  };
  probe("a", true);
  probe("b", true);
  state = health.step(spec, state, 0, [{ kind: "targets", targets: ["b"] }]).state;
  expect(probe("a", false)).toEqual([]);
  probe("b", false);
  expect(probe("b", false)).toEqual([{ kind: "health", target: "b", healthy: false }]);
});

test("probes that confirm a settled belief may be left out: 2,000 random series", () => {
  for (let seed = 1; seed <= 2_000; seed += 1) {
    const random = seededRandom(seed);
    const spec = { healthyThreshold: 1 + random.int(4), unhealthyThreshold: 1 + random.int(4) };
    let all = health.step(spec, health.start(spec, 0), 0, [{ kind: "targets", targets: ["a"] }]).state;
    let thrifty = all;
    const likely = random.next();
    for (let probe = 0; probe < 60; probe += 1) {
      const ok = random.next() < likely;
      const seen = [{ kind: "probe", target: "a", ok }] as const;
      const target = thrifty.targets["a"];
      const confirms = target?.healthy === ok && target.contrary === 0;
      const full = health.step(spec, all, 0, seen);
      const partial = confirms ? { state: thrifty, act: [] } : health.step(spec, thrifty, 0, seen);
      expect(partial.act, `seed ${seed}`).toEqual(full.act);
      all = full.state;
      thrifty = partial.state;
    }
  }
});
