import { describe, expect, test } from "vitest";
import { shopTopology } from "../../test/support/shop-topology.ts";
import type { CostLine, EstimateDocument } from "../base/estimate-document.ts";
import type { Component, RecoveryStrategy, Topology } from "../topology/topology.ts";
import { IDLE } from "./cost/usage.ts";
import { estimate } from "./estimate.ts";

const shop = await shopTopology("all");
const MINUTE = 60_000;
const FLOOR: Readonly<Record<RecoveryStrategy, number>> = {
  "backup-restore": 1_500,
  "pilot-light": 2_434,
  "warm-standby": 2_891,
  "active-active": 2_927,
};
const none = { rtoMs: null, rpoMs: null };

function estimated(
  change: Partial<Topology>,
  price: (topology: Topology) => number | null = ({ recovery }) => FLOOR[recovery],
): Promise<EstimateDocument> {
  const recoveries = Object.keys(FLOOR) as RecoveryStrategy[];
  return estimate({
    topologies: recoveries.map((recovery) => ({ ...shop, ...change, recovery })),
    chosen: "pilot-light",
    usage: IDLE,
    assumes: ["something"],
    floorOf: async (topology): Promise<readonly CostLine[]> => [
      { component: "all", what: "all", usdPerMonth: price(topology), assumes: "" },
    ],
  });
}

/** The shop where a region may be away for so long, and everything else may be as it is. */
const within = (rtoMs: number): Partial<Topology> => ({
  objectives: { availability: null, peak: null, instance: none, zone: none, region: { rtoMs, rpoMs: null } },
});

describe("the strategies side by side", () => {
  test("say which one is the definition's, what each costs, and what was assumed", async () => {
    const { strategies, assumes } = await estimated({});
    expect(strategies.map(({ recovery, chosen }) => [recovery, chosen])).toEqual([
      ["backup-restore", false],
      ["pilot-light", true],
      ["warm-standby", false],
      ["active-active", false],
    ]);
    expect(strategies.map(({ costUsdPerMonth }) => costUsdPerMonth)).toEqual(Object.values(FLOOR));
    expect(assumes[0]).toBe("something");
  });

  test("are compared by the same rates with the definition's, which is no more than itself", async () => {
    const { strategies } = await estimated({});
    const [restore, light, warm] = strategies.map(({ moreDowntimeThanChosen }) => moreDowntimeThanChosen);
    expect(light).toEqual([0, 0]);
    expect(restore![0]).toBeGreaterThan(0); // each strategy has one
    expect(warm![1]).toBeLessThan(0);
  });

  test("plan with the worse end of each range", async () => {
    const { strategies } = await estimated({});
    for (const each of strategies) {
      expect(each.availability).toBe(each.availabilityRange[0]);
      expect(each.rtoMs.region).toBe(each.rtoRangeMs.region[1]);
      expect(each.rpoMs.region).toBe(each.rpoRangeMs.region[1]);
    }
  });

  test("say so where nothing is wanted of them", async () => {
    const nothing = { availability: null, peak: null, instance: none, zone: none, region: none };
    expect((await estimated({ objectives: nothing })).assumes[1]).toContain("no objectives");
    expect((await estimated({})).assumes.join()).not.toContain("no objectives");
  });

  test("have an unknown cost where the price of anything is", async () => {
    const { strategies } = await estimated({}, () => null);
    expect(strategies.map(({ costUsdPerMonth }) => costUsdPerMonth)).toEqual([null, null, null, null]);
  });
});

test("each journey is judged by what it needs: the site by the edge, an order by all that it reaches", async () => {
  const { strategies } = await estimated({});
  const [browse, order] = ["browse", "order"].map((wanted) => strategies[2]?.journeys.find(({ id }) => id === wanted));
  expect(browse?.rtoRangeMs).toEqual({ instance: [0, 0], zone: [0, 0], region: [0, 0] });
  expect(order?.rtoRangeMs.region).toEqual(strategies[2]?.rtoRangeMs.region);
  const served = strategies[3]?.journeys.find(({ id }) => id === "browse");
  expect(served?.availabilityRange).toEqual(browse?.availabilityRange); // whatever becomes of regions
  expect(browse?.availabilityRange[0]).toBeGreaterThan(order?.availabilityRange[0] ?? 1);
});

describe("the cheapest change", () => {
  test("is the strategy that adds least of those that meet the objectives, and none for one that does", async () => {
    const { strategies } = await estimated(within(35 * MINUTE));
    expect(strategies.map(({ meetsObjectives, cheapestChange }) => [meetsObjectives, cheapestChange])).toEqual([
      [false, { what: "backup-restore → warm-standby", usdPerMonth: 1_391 }],
      ["unknown", { what: "pilot-light → warm-standby", usdPerMonth: 457 }],
      [true, null],
      [true, null],
    ]);
  });

  test("is a setting where that is enough", async () => {
    const components = shop.components.map((component) =>
      component.kind === "edge"
        ? ({ ...component, settings: { ...component.settings, dnsTtlMs: 300_000 } } as Component)
        : component,
    );
    const { strategies } = await estimated({ ...within(35 * MINUTE), components });
    const warm = strategies.find(({ recovery }) => recovery === "warm-standby");
    expect(warm?.cheapestChange).toEqual({ what: "edge: TTL 300 s → 10 s", usdPerMonth: 0 });
  });

  test("is none where nothing helps", async () => {
    const { strategies } = await estimated(within(MINUTE));
    expect(strategies.map(({ cheapestChange }) => cheapestChange)).toEqual([null, null, null, null]);
  });
});

test("a composite SLA is a product of service levels, and named with them", async () => {
  const { compositeSla } = await estimated({});
  expect(compositeSla.of).toEqual(["route53", "cloudFront", "loadBalancer", "compute", "sqs", "aurora", "elastiCache"]);
  expect(compositeSla.value).toBeCloseTo(0.999 * 0.9999 ** 4 * 0.999, 8);
});
