import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../base/random.ts";
import { virtualTime } from "../../virtual-time.ts";
import { calmSurroundings } from "./part.ts";
import { ReplicaPart } from "./replica.ts";
import { settleReplica } from "../settle.ts";
import { WarmthPart, type WarmthPlan } from "./warmth.ts";

const MINUTE = 60_000;
const ZONES = ["a", "b"];

const CACHE = settleReplica({
  kind: "replica",
  spec: {
    component: "cache",
    members: ZONES.map((zone) => ({ id: `cache-${zone}`, zone })),
    observers: ZONES,
    acknowledging: 0,
    retryMs: 200,
    restartDelayMs: 500,
    patienceMs: 30_000,
    first: "cache-a",
  },
  probe: { intervalMs: 5_000, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 2 },
  promotionMs: [30_000, 30_000],
  replaceMs: [5 * MINUTE, 5 * MINUTE],
  endpointTtlMs: 0,
  needed: 1,
});

const PLAN: WarmthPlan = {
  kind: "warmth",
  cache: "cache",
  load: {
    region: "here",
    peak: 100,
    trough: 1,
    perTask: 250,
    atTarget: 100,
    requestMs: 100,
    patienceMs: 1_000,
    attempts: 1,
    queueMs: 5_000,
    countsRequests: false,
    scaling: null,
  },
  coldFactor: 5,
  warmMs: 5 * MINUTE,
  entryMs: 10 * MINUTE,
};

function given(changes: Partial<WarmthPlan> = {}) {
  const time = virtualTime();
  time.runUntil(24 * 60 * MINUTE);
  const start = time.now();
  const dark = new Set<string>();
  const world = { led: 1 };
  const around = {
    ...calmSurroundings(time, seededRandom),
    isLit: (zone: string) => !dark.has(zone),
    isReached: (zone: string) => !dark.has(zone),
    ledTo: () => world.led,
    part: () => cache,
  };
  const cache: ReplicaPart = new ReplicaPart(CACHE, around);
  const warmth = new WarmthPart({ ...PLAN, ...changes }, around);
  const look = (): void => void warmth.look();
  const turn = (zone: string, isDark: boolean): void => {
    if (isDark) dark.add(zone);
    else dark.delete(zone);
    cache.zoneChanged(zone);
    cache.zoneNoticed(zone, !isDark);
    look();
  };
  return { time, world, warmth, cache, turn, look, runUntil: (ms: number) => time.runUntil(start + ms, look) };
}

describe("a cache that is cold", () => {
  test("fails over and has what the standby has, without what has run out meanwhile", () => {
    const { cache, warmth, look, runUntil } = given();
    cache.strike({ kind: "crash", instance: "cache-a" });
    look();
    runUntil(3 * MINUTE);
    expect(cache.share()).toBe(1);
    expect(warmth.warm).toBeGreaterThan(0.9);
    expect(warmth.share()).toBe(1);
  });

  test("was lost with all its members: the database is asked instead, and bears that or does not", () => {
    const afterLoss = (perTask: number) => {
      const world = given({ load: { ...PLAN.load, perTask } });
      for (const zone of ZONES) world.turn(zone, true);
      world.runUntil(MINUTE);
      for (const zone of ZONES) world.turn(zone, false);
      world.runUntil(4 * MINUTE);
      expect(world.cache.share()).toBe(1);
      return world;
    };
    const small = afterLoss(250); // five times as much as usual is 500
    expect(small.warmth.warm).toBeLessThan(0.6);
    expect(small.warmth.share()).toBe(0);
    small.runUntil(60 * MINUTE);
    small.look();
    expect(small.warmth.warm).toBe(1);
    expect(small.warmth.share()).toBe(1);
    const large = afterLoss(600);
    expect(large.warmth.share()).toBe(1);
  });

  test("an overload outlives its cause where customers try again: what is asked thrice is not borne warm", () => {
    const servedAfterwards = (attempts: number): number => {
      const world = given({ load: { ...PLAN.load, attempts } });
      for (const zone of ZONES) world.turn(zone, true);
      world.runUntil(MINUTE);
      for (const zone of ZONES) world.turn(zone, false);
      world.runUntil(120 * MINUTE);
      world.look();
      expect(world.warmth.warm).toBeGreaterThan(0.96);
      return world.warmth.share();
    };
    expect(servedAfterwards(1)).toBe(1);
    expect(servedAfterwards(3)).toBe(0);
  });

  test("customers who come from another region find nothing in it", () => {
    const { world, warmth, look } = given();
    world.led = 0;
    look();
    expect(warmth.warm).toBe(1);
    world.led = 1;
    look();
    expect(warmth.warm).toBe(0);
  });
});
