import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type ScalingSeen, type ScalingSpec, type ScalingState, scaling } from "./scaling.ts";

const SPEC: ScalingSpec = {
  min: 3,
  max: 30,
  initial: 3,
  target: 50,
  outCooldownMs: 1_000,
  inCooldownMs: 5_000,
  inDatapoints: 5,
  inBelow: 0.9,
};

/** The tasks wanted after each metric, one a second. */
function follow(values: readonly number[], between: Readonly<Record<number, ScalingSeen>> = {}): number[] {
  let state = scaling.start(SPEC, 0);
  return values.map((value, second) => {
    const also = between[second];
    const seen: ScalingSeen[] = [...(also ? [also] : []), { kind: "metric", value }];
    state = scaling.step(SPEC, state, second * 1_000, seen).state;
    return state.desired;
  });
}

describe("scaling", () => {
  test("goes out at once, as far as the load asks for, and no further than the maximum", () => {
    expect(follow([100, 500, 9_999])).toEqual([3, 10, 30]);
  });

  test("goes in after the load was low for long, and no further than the minimum", () => {
    expect(follow([500, ...Array.from({ length: 6 }, () => 10)])).toEqual([10, 10, 10, 10, 10, 3, 3]);
  });

  test("begins to count again when the load was high once", () => {
    expect(follow([500, 10, 10, 10, 10, 480, 10, 10, 10, 10, 10])).toEqual([
      ...Array.from({ length: 10 }, () => 10),
      3,
    ]);
  });

  test("stays as it is within the band below the target", () => {
    expect(follow([500, ...Array.from({ length: 20 }, () => 451)]).at(-1)).toBe(10);
  });

  test("follows another target from the next metric on, and the first one again", () => {
    const low = Array.from({ length: 7 }, () => 10);
    const changed: ScalingSeen = { kind: "target", target: 2 };
    const back: ScalingSeen = { kind: "target", target: 50 };
    expect(follow([10, 10, ...low], { 1: changed }).at(-1)).toBe(5);
    expect(follow([10, 10, ...low], { 1: changed, 2: back })).toEqual([3, 5, 5, 5, 5, 5, 3, 3, 3]);
  });

  test("never goes in while a zone is lost: what is left carries that load too", () => {
    const lost: ScalingSeen = { kind: "zone", zone: "a", available: false };
    const back: ScalingSeen = { kind: "zone", zone: "a", available: true };
    const low = Array.from({ length: 20 }, () => 10);
    expect(follow([500, ...low], { 1: lost }).at(-1)).toBe(10);
    expect(follow([500, ...low], { 1: lost, 15: back }).at(-1)).toBe(3);
  });

  test("keeps its promises under 2,000 random loads and losses", () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const broken = storm(seed);
      expect(broken, `seed ${seed}`).toBeNull();
    }
  });
});

/** Load that steps, spikes and fades, while zones come and go. Says which promise broke; null: none. */
function storm(seed: number): string | null {
  const random = seededRandom(seed);
  let state = scaling.start(SPEC, 0);
  let load = 100;
  let now = 0;
  const lost = new Set<string>();
  const step = (seen: readonly ScalingSeen[]): ScalingState => {
    now += 1_000;
    const before = state;
    state = scaling.step(SPEC, state, now, seen).state;
    return before;
  };
  for (let second = 0; second < 200; second += 1) {
    if (random.next() < 0.1) load = random.int(2_000);
    const zone = random.pick(["a", "b", "c"]);
    const available = random.next() < 0.5;
    const change: ScalingSeen[] = random.next() < 0.1 ? [{ kind: "zone", zone, available }] : [];
    for (const _ of change)
      if (available) lost.delete(zone);
      else lost.add(zone);
    const value = load * (0.9 + 0.2 * random.next());
    const before = step([...change, { kind: "metric", value }]);
    if (state.desired < SPEC.min || state.desired > SPEC.max) return "out of bounds";
    if (state.desired < before.desired && lost.size > 0) return "goes in while a zone is lost";
    if (state.desired < before.desired && state.desired * SPEC.target < value && state.desired < SPEC.max)
      return "goes in too far";
    if (now >= before.outAfter && state.desired * SPEC.target < value && state.desired < SPEC.max)
      return "does not go out";
  }
  for (const zone of lost) step([{ kind: "zone", zone, available: true }]);
  for (let second = 0; second < 20; second += 1) step([{ kind: "metric", value: 100 }]);
  return state.desired === SPEC.min ? null : "does not come back";
}
