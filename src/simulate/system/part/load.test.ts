import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../base/random.ts";
import { virtualTime } from "../../virtual-time.ts";
import { calmSurroundings } from "./part.ts";
import { Load, type LoadPlan, demandAt, tasksAt } from "./load.ts";

const NOON = 12 * 3_600_000;
const MINUTE = 60_000;

const PLAN: LoadPlan = {
  region: "here",
  peak: 200,
  trough: 0.25,
  perTask: 100,
  atTarget: 70,
  requestMs: 100,
  patienceMs: 1_000,
  attempts: 3,
  queueMs: 5_000,
  countsRequests: false,
  scaling: null,
};

const SCALING = {
  min: 3,
  max: 10,
  initial: 3,
  target: 7,
  outCooldownMs: MINUTE,
  inCooldownMs: MINUTE,
  inDatapoints: 5,
  inBelow: 0.9,
};

function given(changes: Partial<LoadPlan> = {}) {
  const time = virtualTime();
  const around = {
    ...calmSurroundings(time, seededRandom),
    clockMs: () => NOON,
    ledTo: () => 1,
  };
  const world = { working: 3, wanted: 3 };
  const tasks = { working: () => world.working, scaleTo: (count: number) => (world.wanted = count) };
  const load = new Load({ ...PLAN, ...changes }, around, tasks);
  return { time, world, load };
}

describe("requests as a fluid", () => {
  test("while the tasks bear what is asked for nothing is computed", () => {
    const { time, load, world } = given();
    load.look();
    world.working = 2; // just enough
    load.look();
    expect(time.next()).toBeNull();
    expect(load.served).toBe(1);
  });

  test("demand follows the day, and so do the tasks that run", () => {
    const at = (clock: number) => ({ clockMs: () => clock, ledTo: () => 1 });
    expect(demandAt(PLAN, at(0))).toBeCloseTo(50);
    expect(demandAt(PLAN, at(NOON))).toBeCloseTo(200);
    const scaled = { ...PLAN, scaling: SCALING };
    expect(tasksAt(scaled, at(0), 2)).toBe(2);
    expect(tasksAt(scaled, at(NOON), 2)).toBe(3);
  });

  test("too few tasks: work piles up until it is all done in vain", () => {
    const { time, load, world } = given();
    world.working = 1;
    load.look();
    time.runUntil(30_000);
    expect(load.served).toBe(0);
  });

  test("customers who try again keep it down after its tasks are back, those who do not let it recover", () => {
    const servedAfterwards = (attempts: number): number => {
      const { time, load, world } = given({ attempts });
      world.working = 1;
      load.look();
      time.runUntil(30_000);
      world.working = 3; // bears 300: more than 200, and less than three times that
      time.runUntil(30 * MINUTE);
      return load.served;
    };
    expect(servedAfterwards(3)).toBe(0);
    expect(servedAfterwards(1)).toBe(1);
  });

  test("scaling ends what customers' retries would keep up, and takes back what it added", () => {
    const { time, load, world } = given({ scaling: SCALING });
    world.working = 1;
    load.look();
    time.runUntil(30_000);
    world.working = 3;
    time.runUntil(2 * MINUTE);
    expect(world.wanted).toBe(10);
    world.working = 10;
    time.runUntil(10 * MINUTE);
    expect(load.served).toBe(1);
    time.runUntil(60 * MINUTE);
    expect(world.wanted).toBe(3);
    expect(time.next()).toBeNull();
  });

  test("scaling that counts requests sees how many customers ask for, and not how slow they are served", () => {
    const wantedWhen = (countsRequests: boolean): number => {
      const scaling = { ...SCALING, target: countsRequests ? 4_200 : 7 }; // 70 a second, of 100 ms each
      const { time, load, world } = given({ attempts: 1, countsRequests, scaling });
      load.slow(5, 10 * MINUTE);
      load.look();
      time.runUntil(2 * MINUTE);
      return world.wanted;
    };
    expect(wantedWhen(false)).toBe(10);
    expect(wantedWhen(true)).toBe(3);
  });

  test("what slows requests down takes capacity for as long as it lasts", () => {
    const { time, load } = given({ attempts: 1 });
    load.slow(5, MINUTE);
    load.look();
    time.runUntil(50_000);
    expect(load.served).toBe(0);
    time.runUntil(10 * MINUTE);
    expect(load.served).toBe(1);
  });
});
