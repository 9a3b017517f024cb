import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { PACES } from "../../topology/timing.ts";
import { virtualTime } from "../virtual-time.ts";
import { ServiceScaling, type ServiceScalingPlan, scalingPlans } from "./service-scaling.ts";

const CUSTOMERS = { rate: 20, attempts: 3, attemptMs: 1_000, backoffMs: [200, 400], readShare: 1 / 3 };
const [shopsOwn] = scalingPlans({
  topology: await shopTopology("primary"),
  pace: PACES.fast,
  customers: CUSTOMERS,
});
const plan: ServiceScalingPlan = shopsOwn!; // the shop's API follows its load

/** When how many tasks were asked for, of a service that is sized so that its minimum carries twice its load. */
function grow(factor: number, { seed = 1, ...changes }: Partial<ServiceScalingPlan> & { seed?: number } = {}) {
  const time = virtualTime();
  let crowd = 1;
  const asked: { readonly at: Ms; readonly count: number }[] = [];
  const scaling = new ServiceScaling(
    { ...plan, ...changes },
    {
      time,
      random: seededRandom(seed),
      crowd: () => crowd,
      scaleTo: (count) => asked.push({ at: time.now(), count }),
    },
  );
  scaling.sizeToLoad(0.5);
  crowd = factor;
  time.runUntil(20_000);
  return { asked, scaling, time };
}

describe("scaling by the load of a drill", () => {
  test("asks for as many tasks as five times the load needs, once a period of metrics shows it", () => {
    const all = Array.from({ length: 40 }, (_, seed) => grow(5, { seed }).asked);
    for (const asked of all) {
      expect(asked[0]?.at).toBeGreaterThan(500);
      expect(asked[0]?.at).toBeLessThanOrEqual(2 * plan.periodMs);
    }
    const most = all.map((asked) => asked.at(-1)?.count ?? 0).toSorted((a, b) => a - b);
    expect(most[20], "2.5 times what three tasks carry").toBeGreaterThanOrEqual(7);
    expect(most[20]).toBeLessThanOrEqual(9);
  });

  test("does the same where it counts requests", () => {
    expect(grow(5, { countsRequests: true }).asked.at(-1)?.count).toBeGreaterThanOrEqual(6);
  });

  test("asks for nothing while no more customers come than before", () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(grow(1, { seed }).asked).toEqual([]);
  });

  test("follows nothing any more once the definition's own target counts again", () => {
    const { asked, scaling, time } = grow(1);
    scaling.restoreTarget();
    expect(time.next()).toBeNull();
    expect(asked).toEqual([]);
  });
});

test("only services that customers' requests scale have a plan, with the share of customers who ask them", () => {
  expect(plan.service).toBe("api");
  expect(plan.requestsPerSecond).toBeCloseTo((20 * 2) / 3, 5);
  expect(plan.countsRequests).toBe(false);
});
