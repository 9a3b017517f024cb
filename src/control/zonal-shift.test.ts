import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type ZonalShiftSeen, type ZonalShiftState, zonalShift } from "./zonal-shift.ts";

const SPEC = { zones: ["a", "b", "c"] };

function answers(...steps: readonly { at: number; seen: readonly ZonalShiftSeen[] }[]): (readonly string[] | null)[] {
  let state: ZonalShiftState = zonalShift.start(SPEC, 0);
  return steps.map(({ at, seen }) => {
    const step = zonalShift.step(SPEC, state, at, seen);
    state = step.state;
    return step.act[0]?.zones ?? null;
  });
}

test("traffic leaves a zone until the shift ends, by its time or before", () => {
  const shift: ZonalShiftSeen = { kind: "shift", zone: "b", until: 100 };
  expect(answers({ at: 0, seen: [] }, { at: 1, seen: [shift] }, { at: 50, seen: [] }, { at: 100, seen: [] })).toEqual([
    ["a", "b", "c"],
    ["a", "c"],
    null,
    ["a", "b", "c"],
  ]);
  expect(answers({ at: 1, seen: [shift] }, { at: 2, seen: [{ kind: "cancel", zone: "b" }] })).toEqual([
    ["a", "c"],
    ["a", "b", "c"],
  ]);
});

test("a shift yields to health, and both to having no zone at all", () => {
  const shift: ZonalShiftSeen = { kind: "shift", zone: "c", until: 100 };
  const sick = (zone: string): ZonalShiftSeen => ({ kind: "node", zone, healthy: false });
  expect(answers({ at: 0, seen: [shift, sick("a"), sick("b")] })).toEqual([["c"]]);
  expect(answers({ at: 0, seen: [sick("a"), sick("b"), sick("c")] })).toEqual([["a", "b", "c"]]);
});

test("never answers with nothing, says each change once, and heals: 1,000 random series", () => {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const random = seededRandom(seed);
    let state: ZonalShiftState = zonalShift.start(SPEC, 0);
    let now = 0;
    for (let event = 0; event < 50; event += 1) {
      now += random.int(20);
      const zone = random.pick(SPEC.zones);
      const seen: ZonalShiftSeen = random.pick([
        { kind: "shift", zone, until: now + random.int(60) },
        { kind: "cancel", zone },
        { kind: "node", zone, healthy: random.next() < 0.5 },
      ]);
      const before = state.answer;
      const step = zonalShift.step(SPEC, state, now, [seen]);
      state = step.state;
      for (const act of step.act) {
        expect(act.zones.length, `seed ${seed}`).toBeGreaterThan(0);
        expect(act.zones, `seed ${seed}`).not.toEqual(before);
      }
      const ends = Object.values(state.shifted);
      expect(step.wakeAt, `seed ${seed}`).toBe(ends.length > 0 ? Math.min(...ends) : null);
    }
    const healed = SPEC.zones.map((zone) => ({ kind: "node", zone, healthy: true }) as const);
    expect(zonalShift.step(SPEC, state, now + 60, healed).state.answer, `seed ${seed}`).toEqual(SPEC.zones);
  }
});
