import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { type Design, designOf } from "../../src/simulate/system/design.ts";
import { Incident } from "../../src/simulate/system/incident.ts";
import type { Hazard, PartPlan, SystemModel } from "../../src/simulate/system/model.ts";
import { simulate, tallyYears } from "../../src/simulate/system/simulate.ts";
import { shopTopology } from "../support/shop-topology.ts";
import { designOfFixture, designOfFolder, designOfText } from "../support/template-design.ts";
import { IN_TWO_ZONES, type Spread, zonalTemplate } from "../support/zonal-template.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOON = 12 * 3_600_000;

describe("the shop's own templates, of one region, beside its definition", () => {
  /** What the templates call the shop's components. */
  const NAMES: Readonly<Record<string, string>> = {
    EdgeDistribution: "edge",
    ApiService: "api",
    OrdersQueue: "orders",
    SessionsGroup: "sessions",
    DatabaseCluster: "database",
  };
  const shopsWords = (cause: string): string =>
    Object.entries(NAMES).reduce((words, [name, id]) => words.replace(name, id), cause);
  const byCause = ({ hazards }: SystemModel): ReadonlyMap<string, readonly Hazard[]> =>
    Map.groupBy(hazards, ({ cause }) => shopsWords(cause));
  const given = async () => ({
    templates: (await designOfFolder("test/golden/aws/shop-warm-standby", "us-east-1")).modelAt("middle"),
    definition: designOf(await shopTopology("primary")).modelAt("middle"),
  });

  test("the same strikes them as often, but for workers behind a queue, whom nobody waits for", async () => {
    const { templates, definition } = await given();
    const expected = byCause(definition);
    const rate = (hazards: readonly Hazard[] = []): number => hazards.reduce((sum, { perYear }) => sum + perYear, 0);
    for (const [cause, hazards] of byCause(templates)) {
      // an operator errs as often, over one component less
      if (cause.startsWith("operator's error")) expect(expected.has(cause), cause).toBe(true);
      else expect(rate(hazards), cause).toBeCloseTo(rate(expected.get(cause)), 9);
    }
    const missing = [...expected.keys()].filter((cause) => !byCause(templates).has(cause));
    expect(missing.filter((cause) => !cause.includes("fulfilment"))).toEqual([]);
  });

  test("each strike costs customers as much, but where load decides, of which templates tell nothing", async () => {
    const { templates, definition } = await given();
    const expected = byCause(definition);
    const byLoad = ["links of a zone are slow", "operator's error: sessions"]; // overload, and a cache that is cold
    for (const [cause, hazards] of byCause(templates)) {
      const [cost, known] = [costOf(templates, hazards), costOf(definition, expected.get(cause) ?? [])];
      // the definition has its names checked every 10 seconds, templates of one region say nothing of it
      const most = Math.max(0.02 * known, cause.includes("zone") ? 5 * SECOND : 0.1 * SECOND);
      if (byLoad.includes(cause)) expect(cost, cause).toBeLessThanOrEqual(known + most);
      else expect(Math.abs(cost - known), cause).toBeLessThanOrEqual(most);
    }
  });
});

/** What strikes of these hazards cost on average, each on a system that is well, by chance of the same names. */
function costOf(model: SystemModel, hazards: readonly Hazard[]): number {
  const plays = 30;
  let costMs = 0;
  for (const hazard of hazards) {
    for (let play = 0; play < plays; play += 1) {
      const incident = new Incident(model, NOON);
      incident.strike(hazard, (name) => seededRandom(`${play}/${name}`));
      for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
      costMs += incident.report().strikes.reduce((sum, { unservedMs }) => sum + unservedMs, 0);
    }
  }
  return costMs / plays / Math.max(1, hazards.length);
}

/** Minutes of downtime a year by component, the worst first. */
async function blameOf({ modelAt }: Design): Promise<ReadonlyMap<string, number>> {
  const years = 400;
  const { unservedMsOf } = await tallyYears(modelAt("middle"), { years, seed: "1" });
  const worst = [...unservedMsOf].toSorted(([, a], [, b]) => b - a);
  return new Map(worst.map(([component, ms]) => [component, ms / MINUTE / years]));
}

describe("a planted single point of failure", () => {
  const CASES: readonly { readonly single: Partial<Spread>; readonly component: string; readonly name: string }[] = [
    { name: "a database without a standby", single: { database: false }, component: "Database" },
    { name: "one NAT gateway for two zones", single: { gateways: false }, component: "Gateway0" },
    { name: "a cache without a replica", single: { cache: false }, component: "Cache" },
    { name: "an Aurora cluster of one instance", single: { cluster: false }, component: "Cluster" },
    { name: "all tasks in one zone", single: { tasks: false }, component: "Service" },
  ];

  test.each(CASES)("$name costs more, by the fault of that component", async ({ single, component }) => {
    const sound = await blameOf(await designOfText(zonalTemplate(IN_TWO_ZONES)));
    const worse = await blameOf(await designOfText(zonalTemplate({ ...IN_TWO_ZONES, ...single })));
    const more = [...worse].map(([id, minutes]) => [id, minutes - (sound.get(id) ?? 0)] as const);
    const [worst] = more.toSorted(([, a], [, b]) => b - a);
    expect(worst?.[0]).toBe(component);
    expect(worst?.[1]).toBeGreaterThan(2); // minutes a year
  });

  test.each([
    { fixture: "ec2-lone-instance/fail-behind-balancer.yaml", said: {}, component: "Server" },
    { fixture: "rds-multi-az/fail-absent.yaml", said: { entries: ["Db"] }, component: "Db" },
    { fixture: "elasticache-no-replica/fail-default.yaml", said: { entries: ["Sessions"] }, component: "Sessions" },
  ])("$fixture of the audit's is to blame for most that is not the region's", async ({ fixture, said, component }) => {
    const blame = await blameOf(await designOfFixture(fixture, said));
    const zonal = [...blame].filter(([id]) => id !== "the region");
    expect(zonal[0]?.[0]).toBe(component);
    expect(zonal[0]?.[1]).toBeGreaterThan(5 * (zonal[1]?.[1] ?? 0));
  });
});

/** A failover that fails may take longer than what it is there to spare. */
function withoutMishaps(model: SystemModel): SystemModel {
  const parts = [...model.parts].map(([key, plan]): readonly [string, PartPlan] => {
    if (plan.kind !== "replica") return [key, plan];
    const { mishap: _, ...sure } = plan;
    return [key, sure];
  });
  return { ...model, parts: new Map(parts) };
}

describe("laws, template against template on the same seeds", () => {
  /**
   * Tasks are not among these: over two zones they lose some customers to the loss of either, until the balancer has
   * noticed, and over one, as long as it is not that one, none.
   */
  test("what takes over in a second zone never lowers availability", async () => {
    const parts = ["gateways", "database", "cache", "cluster"] as const;
    const anySpread = fc.record({
      gateways: fc.boolean(),
      tasks: fc.boolean(),
      database: fc.boolean(),
      cache: fc.boolean(),
      cluster: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(anySpread, fc.constantFrom(...parts), fc.nat(), async (spread, part, seed) => {
        const downtime = async (isSpread: boolean): Promise<number> => {
          const design = await designOfText(zonalTemplate({ ...spread, [part]: isSpread }));
          return (await tallyYears(withoutMishaps(design.modelAt("middle")), { years: 50, seed: `${seed}` }))
            .unservedMs;
        };
        expect(await downtime(true)).toBeLessThanOrEqual((await downtime(false)) + SECOND);
      }),
      { numRuns: 20 },
    );
  });
});

test("the same seed gives the same document, and templates beside themselves are no different", async () => {
  const design = await designOfText(zonalTemplate(IN_TWO_ZONES));
  const request = { design, years: 50, seed: 3, other: { name: "itself", design } };
  const document = await simulate(request);
  expect(await simulate(request)).toEqual(document);
  expect(document.whatIf).toEqual({ change: "itself", addsMinutesPerYear: { mean: 0, low95: 0, high95: 0 } });
  expect(document.recovery).toBe("one region");
});

test("the low end of the range is played as bad as a template leaves open", async () => {
  const open = zonalTemplate(IN_TWO_ZONES).replace("MultiAZ: true", "MultiAZ: !Ref Wanted");
  const text = `Parameters: { Wanted: { Type: String } }\n${open}`;
  const range = async (template: string): Promise<readonly number[]> =>
    (await simulate({ design: await designOfText(template), years: 300, seed: 1 })).availabilityRange;
  const [low = 1, high] = await range(text);
  const [sound = 1, best] = await range(zonalTemplate(IN_TWO_ZONES));
  expect(low).toBeLessThan(sound);
  expect(high).toBe(best);
});
