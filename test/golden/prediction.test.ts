import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { predictionsFor } from "../../src/cli/drill-prediction.ts";
import { loadDefinition } from "../../src/definition/load.ts";
import { findFault } from "../../src/fault/catalogue.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { type Topology, componentsOf } from "../../src/topology/topology.ts";

const SHOP = fileURLToPath(new URL("../../examples/shop/holdfast.config.ts", import.meta.url));
const { definition, directory } = await loadDefinition(SHOP);
const shop = compileTopology(definition, { regions: "primary", directory });

/**
 * Recovery times of the slowest journey, as drills of the shop measured them on two cores on 2026-11-21: what was
 * struck, whose zones the primaries were in, and milliseconds. Of `cache-crash` it is the median of three runs (1.30,
 * 1.75 and 1.90 s), of `zone-loss` the middle of two (2.50 and 2.70 s), of `restore` the median of five (7.15 to
 * 8.33 s), of the others there was one.
 */
const MEASURED = [
  { name: "task-hang", target: "api-us-east-1b", database: "a", sessions: "a", ms: 0 },
  { name: "queue-slow", target: "orders", database: "a", sessions: "a", ms: 5_134 },
  { name: "queue-throttled", target: "orders", database: "a", sessions: "a", ms: 5_088 },
  { name: "queue-down", target: "orders", database: "a", sessions: "a", ms: 5_132 },
  { name: "database-crash", target: "database-us-east-1a", database: "a", sessions: "a", ms: 0 },
  { name: "cache-crash", target: "sessions-us-east-1a", database: "a", sessions: "a", ms: 1_750 },
  { name: "dependency-slow", target: "database", database: "a", sessions: "b", ms: 5_036 },
  { name: "dependency-down-deep-check", target: "api", database: "a", sessions: "b", ms: 10_460 },
  { name: "clock-skew", target: "us-east-1a", database: "a", sessions: "b", ms: 0 },
  { name: "zonal-shift", target: "us-east-1c", database: "b", sessions: "b", ms: 0 },
  { name: "zone-slow", target: "us-east-1b", database: "b", sessions: "b", ms: 5_030 },
  { name: "zone-partition", target: "us-east-1b", database: "b", sessions: "b", ms: 2_750 },
  { name: "zone-partition-one-way", target: "us-east-1a", database: "a", sessions: "a", ms: 3_750 },
  { name: "zone-black-hole", target: "us-east-1b", database: "b", sessions: "b", ms: 2_450 },
  { name: "zone-loss", target: "us-east-1a", database: "a", sessions: "a", ms: 2_600 },
  { name: "database-isolated", target: "database-us-east-1b", database: "b", sessions: "b", ms: 0 },
  { name: "double-fault", target: "us-east-1b", database: "b", sessions: "b", ms: 23_347 },
  { name: "restore", target: "database", database: "a", sessions: "a", ms: 7_779 },
  { name: "failover-during-backup", target: "database-us-east-1a", database: "a", sessions: "a", ms: 0 },
] as const;

function predict(
  topology: Topology,
  {
    name,
    target,
    database = "a",
    sessions = "a",
  }: { name: string; target: string; database?: string; sessions?: string },
  seed = 1,
) {
  const primaries = { database: `database-us-east-1${database}`, sessions: `sessions-us-east-1${sessions}` };
  return predictionsFor({ topology, paceFactor: 10 }, seed)(
    { fault: findFault(name), target },
    { rate: 50, primaries },
  );
}

describe("what is expected of the shop's drills", () => {
  test("is within a quarter or 250 ms of what nine of ten measured, in narrow intervals that cover it", () => {
    const off = { far: [] as string[], missed: [] as string[], wide: [] as string[] };
    for (const measured of MEASURED) {
      const { name, ms } = measured;
      const predicted = predict(shop, measured);
      if (predicted === null) throw new Error(`nothing is expected of ${name}`);
      const [low, high] = predicted.recoveryTimeMs;
      if (Math.abs(predicted.medianMs - ms) > Math.max(250, ms / 4)) off.far.push(name);
      if (ms < low || ms > high) off.missed.push(name);
      if (high - low > Math.max(250, predicted.medianMs / 2)) off.wide.push(name);
    }
    const allowed = MEASURED.length / 10;
    expect(off.far.length, off.far.join()).toBeLessThanOrEqual(allowed);
    expect(off.missed.length, off.missed.join()).toBeLessThanOrEqual(allowed);
    expect(off.wide.length, off.wide.join()).toBeLessThanOrEqual(allowed);
  }, 240_000);

  test("is the same again with the same seed, and another play with another", () => {
    const drill = { name: "cache-crash", target: "primary of sessions" };
    expect(predict(shop, drill, 3)).toEqual(predict(shop, drill, 3));
    expect(predict(shop, drill, 3)).not.toEqual(predict(shop, drill, 4));
  });

  test("is a shorter outage where a primary's loss is noticed sooner, and a longer one where later", () => {
    const [sessions] = componentsOf(shop, "cache");
    const noticing = (intervalMs: number): Topology => {
      const settings = { ...sessions!.settings, detection: { ...sessions!.settings.detection, intervalMs } };
      const components = shop.components.map((each) => (each.id === "sessions" ? { ...sessions!, settings } : each));
      return { ...shop, components };
    }; // the shop has one cache
    const drill = { name: "cache-crash", target: "primary of sessions" };
    const [fast, usual, slow] = [2_000, 5_000, 20_000].map((ms) => predict(noticing(ms), drill)?.medianMs ?? 0);
    expect(fast).toBeLessThan(usual! - 100);
    expect(usual).toBeLessThan(slow! - 500);
  });

  test("tells the stages of a failover: noticing, promoting, and the name's TTL", () => {
    const stages = predict(shop, { name: "cache-crash", target: "primary of sessions" })?.stages ?? [];
    expect(stages.map(({ component, name }) => `${component} ${name}`)).toEqual([
      "sessions detect",
      "sessions promote",
      "sessions shift",
    ]);
    expect(stages[2]?.ms).toEqual([500, 500]);
  });

  test("is nothing without an edge that customers come in by", () => {
    const components = shop.components.filter(({ kind }) => kind !== "edge");
    expect(predict({ ...shop, components }, { name: "task-crash", target: "api-us-east-1a" })).toBeNull();
  });
});
