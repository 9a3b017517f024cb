import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type AlarmSpec, alarm } from "./alarm.ts";

const SPEC: AlarmSpec = {
  name: "errors",
  comparison: ">",
  threshold: 5,
  datapoints: 2,
  periods: 3,
  treatMissing: "not-breaching",
};

function states(spec: AlarmSpec, values: readonly (number | null)[]): string[] {
  let state = alarm.start(spec, 0);
  return values.map((value) => {
    state = alarm.step(spec, state, 0, [{ kind: "datapoint", value }]).state;
    return state.state;
  });
}

test("alarms on M breaches within N periods, and recovers when no longer so many are left", () => {
  expect(states(SPEC, [9, 0, 9, 0, 0])).toEqual(["ok", "ok", "alarm", "ok", "ok"]);
});

test("compares each way", () => {
  const one = { ...SPEC, datapoints: 1, periods: 1 };
  const at = (comparison: AlarmSpec["comparison"]): string[] => states({ ...one, comparison }, [4, 5, 6]);
  expect(at(">")).toEqual(["ok", "ok", "alarm"]);
  expect(at(">=")).toEqual(["ok", "alarm", "alarm"]);
  expect(at("<")).toEqual(["alarm", "ok", "ok"]);
  expect(at("<=")).toEqual(["alarm", "alarm", "ok"]);
});

test("treats missing data as it is told to", () => {
  const one = { ...SPEC, datapoints: 1, periods: 1 };
  expect(states({ ...one, treatMissing: "breaching" }, [0, null])).toEqual(["ok", "alarm"]);
  expect(states({ ...one, treatMissing: "not-breaching" }, [9, null])).toEqual(["alarm", "ok"]);
  expect(states({ ...one, treatMissing: "ignore" }, [9, null])).toEqual(["alarm", "alarm"]);
});

test("says each change once, and is always what its last periods make it: 1,000 random series", () => {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const random = seededRandom(seed);
    const periods = 1 + random.int(5);
    const spec: AlarmSpec = { ...SPEC, periods, datapoints: 1 + random.int(periods) };
    let state = alarm.start(spec, 0);
    let told = "ok";
    const values: number[] = [];
    for (let period = 0; period < 40; period += 1) {
      values.push(random.int(11));
      const step = alarm.step(spec, state, 0, [{ kind: "datapoint", value: values.at(-1) ?? 0 }]);
      state = step.state;
      for (const act of step.act) {
        expect(act.state, `seed ${seed}`).not.toBe(told);
        told = act.state;
      }
      const breaches = values.slice(-periods).filter((value) => value > 5).length;
      expect(told, `seed ${seed}`).toBe(breaches >= spec.datapoints ? "alarm" : "ok");
    }
  }
});
