import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import type { AssumedLoad } from "../../topology/assumption.ts";
import type { Topology } from "../../topology/topology.ts";
import { compileModel } from "./compile.ts";
import { designOf } from "./design.ts";
import type { WarmthPlan } from "./part/warmth.ts";
import type { WorkPlan } from "./part/work.ts";
import { hazardRates } from "./rates.ts";
import { simulate } from "./simulate.ts";

function partOf<T>(topology: Topology, key: string): T | undefined {
  return compileModel(topology, hazardRates(topology, "middle")).parts.get(key) as T | undefined; // the key tells which
}

function assuming(topology: Topology, load: Partial<AssumedLoad>): Topology {
  const usual = { requestMs: 100, patienceMs: 1_000, coldFactor: 3, warmMs: 300_000 };
  return { ...topology, assumptions: { failures: {}, load: { ...usual, ...load } } };
}

describe("the work behind the shop's queue", () => {
  test("comes in with two of three operations, and is worked off by tasks of which 70% bear the peak", async () => {
    const work = partOf<WorkPlan>(await shopTopology("primary"), "work/orders@us-east-1")!; // it has that queue
    expect(work.peak).toBeCloseTo((500 * 2) / 3);
    expect(work.usualCapacity).toBeCloseTo(work.peak / 0.7);
    expect(work.workers).toBe("fulfilment@us-east-1");
    expect([...work.needs]).toEqual(["orders@us-east-1", "database@us-east-1"]);
    expect(work.scaling?.target).toBe(100);
    expect(work.objectiveMs).toBe(15 * 60_000);
  });

  test("is late, and nobody's downtime, where its workers fail", async () => {
    const { incidents, queues } = await simulate({
      design: designOf(await shopTopology("primary")),
      years: 100,
      seed: 1,
    });
    const bad = incidents.find(({ cause }) => cause === "bad version: fulfilment")!; // it is struck by some
    expect(bad.downtimeMinutesPerYear).toBe(0);
    expect(bad.lateSeconds.p50).toBeGreaterThan(5 * 60);
    expect(bad.lateSeconds.p99).toBeLessThan(31 * 60);
    expect(queues).toMatchObject([{ queue: "orders", objectiveSeconds: 900, lostShare: 0 }]);
    expect(queues[0]!.beyondObjectiveShare).toBeGreaterThan(0); // there is one
    expect(queues[0]!.beyondObjectiveShare).toBeLessThan(0.01);
  });
});

describe("the shop's cache", () => {
  test("stands before its database, for journeys that need both", async () => {
    const topology = await shopTopology("primary");
    const warmth = partOf<WarmthPlan>(topology, "warmth/sessions/database@us-east-1")!; // the api asks both
    expect(warmth.load.peak / warmth.load.perTask).toBeCloseTo(0.3);
    expect(warmth.coldFactor).toBe(3);
    const model = compileModel(topology, hazardRates(topology, "middle"));
    const needing = model.journeys.filter(({ needs }) => needs[0]?.has("warmth/sessions/database@us-east-1"));
    expect(needing.map(({ id }) => id)).toEqual(["order", "cart"]);
    const links = topology.links.filter(({ to }) => to !== "sessions");
    expect(partOf({ ...topology, links }, "warmth/sessions/database@us-east-1")).toBeUndefined();
  });

  test("costs more where the database does not bear that it is empty, and no more for being warm sooner", async () => {
    const topology = await shopTopology("primary");
    const fragile = assuming(topology, { coldFactor: 20 });
    const adds = async (one: Topology, other: Topology): Promise<number> => {
      const compared = { name: "other", design: designOf(other) };
      const { whatIf } = await simulate({ design: designOf(one), years: 100, seed: 4, other: compared });
      return whatIf!.addsMinutesPerYear.mean; // it was given another
    };
    expect(await adds(topology, fragile)).toBeGreaterThan(0);
    expect(await adds(fragile, assuming(topology, { coldFactor: 20, warmMs: 60_000 }))).toBeLessThanOrEqual(0);
  });
});
