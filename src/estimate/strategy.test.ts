import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shopTopology } from "../../test/support/shop-topology.ts";
import { YEAR } from "../facts/failure.ts";
import type { Component, Instance, RecoveryStrategy, Topology } from "../topology/topology.ts";
import { exactly } from "./exact/interval.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { assess } from "./strategy.ts";

const shop = await shopTopology("all");
const STRATEGIES: readonly RecoveryStrategy[] = ["backup-restore", "pilot-light", "warm-standby", "active-active"];
const under = (recovery: RecoveryStrategy): Topology => ({ ...shop, recovery });
const NOISE = 1e-12;

/** The shop with something else in the settings of one component. */
function changed(id: string, settings: object): Topology {
  const components = shop.components.map((component) =>
    component.id === id ? ({ ...component, settings: { ...component.settings, ...settings } } as Component) : component,
  );
  return { ...shop, components };
}

/** The shop with so many instances of one component in each zone of its primary region. */
function withInstances(id: string, perZone: readonly number[]): Topology {
  const zones = shop.regions[0]?.zones ?? [];
  const own = zones.flatMap((zone, at) =>
    Array.from({ length: perZone[at] ?? 0 }, (_, each): Instance => {
      return { id: `${id}-${zone.name}-${each}`, component: id, region: "us-east-1", zone: zone.name };
    }),
  );
  return { ...shop, instances: [...shop.instances.filter(({ component }) => component !== id), ...own] };
}

describe("the shop under the four strategies", () => {
  test("recovers from a region's loss the sooner, and is the more available, the more is kept ready", () => {
    const all = STRATEGIES.map((recovery) => assess(under(recovery)).figures);
    for (const [at, better] of all.entries()) {
      const worse = all[at - 1] ?? better;
      expect(better.rtoMs.region.high).toBeLessThanOrEqual(worse.rtoMs.region.high);
      expect(better.rtoMs.region.low).toBeLessThanOrEqual(worse.rtoMs.region.low);
      expect(better.availability.low).toBeGreaterThanOrEqual(worse.availability.low);
      expect(better.availability.high).toBeGreaterThanOrEqual(worse.availability.high);
    }
  });

  test("loses nothing with a zone, seconds with a region, and a day where only backups are there", () => {
    const losses = STRATEGIES.map((recovery) => assess(under(recovery)).figures.rpoMs);
    expect(losses.map(({ zone }) => zone)).toEqual(STRATEGIES.map(() => exactly(0)));
    expect(losses.map(({ region }) => region.high / 1_000)).toEqual([26 * 3_600, 5, 5, 5]);
  });

  test("makes its region's recovery of the stages of the control plane's own plan", () => {
    const names = STRATEGIES.map((recovery) => [
      ...new Set(assess(under(recovery)).stages.region.map(({ name }) => name)),
    ]);
    expect(names).toEqual([
      ["detect", "decide", "restore", "start", "shift"],
      ["detect", "decide", "promote", "start", "shift"],
      ["detect", "decide", "promote", "scale", "shift"],
      ["detect", "decide", "promote", "shift"],
    ]);
  });

  test("waits for DNS alone where both regions serve and nothing has to be promoted", () => {
    const journeys = shop.journeys.map((journey) => ({ ...journey, needs: ["edge", "api", "orders"] }));
    const { rtoMs } = assess({ ...under("active-active"), journeys }).figures;
    expect(rtoMs.region).toEqual({ low: 0, high: 20_000 }); // a probe of 10 s and a TTL of 10 s
  });

  test("does not know where a range straddles an objective, and says of which stage that is", () => {
    const { judgement } = assess(under("warm-standby"));
    expect(judgement.meets).toBe("unknown");
    expect(judgement.reasons.join()).toMatch(/region RTO 7\.7 min–32 min \(people: decide\), against 15 min/);
    expect(assess(under("backup-restore")).judgement.meets).toBe(false);
  });

  test("meets objectives that leave it enough", () => {
    const hour = { rtoMs: 3_600_000, rpoMs: 60_000 };
    const objectives = { availability: 0.999, peak: null, instance: hour, zone: hour, region: hour };
    expect(assess({ ...shop, objectives }).judgement).toEqual({ meets: true, reasons: [] });
  });
});

describe("laws of the whole", () => {
  test("with no failures it is available all of the time, and nothing is a cause", () => {
    const never = Object.fromEntries(
      Object.entries(ratesOf({})).map(([what, { repairMs }]) => [what, { perYear: exactly(0), repairMs }]),
    ) as Rates;
    for (const recovery of STRATEGIES) {
      const { figures, causes } = assess(under(recovery), never);
      expect(figures.availability).toEqual(exactly(1));
      expect(causes).toEqual([]);
    }
  });

  test("faster detection never makes a recovery longer, nor the whole less available", () => {
    const interval = fc.integer({ min: 1, max: 60 }).map((seconds) => seconds * 1_000);
    fc.assert(
      fc.property(interval, interval, fc.constantFrom("sessions", "database"), (one, other, id) => {
        const [fast, slow] = [Math.min(one, other), Math.max(one, other)].map((intervalMs) =>
          assess(changed(id, { detection: { intervalMs, timeoutMs: 2_000, unhealthyThreshold: 2 } })),
        );
        for (const scope of ["instance", "zone", "region"] as const) {
          expect(fast!.figures.rtoMs[scope].high).toBeLessThanOrEqual(slow!.figures.rtoMs[scope].high); // there are two
          expect(fast!.figures.rtoMs[scope].low).toBeLessThanOrEqual(slow!.figures.rtoMs[scope].low);
        }
        expect(fast!.figures.availability.low).toBeGreaterThanOrEqual(slow!.figures.availability.low - NOISE);
      }),
      { numRuns: 40 },
    );
  });

  test("one more task, or member, never lowers availability or makes a recovery longer", () => {
    const counts = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(counts, fc.nat({ max: 2 }), fc.constantFrom("api", "database", "sessions"), (before, at, id) => {
        const after = before.map((count, zone) => (zone === at ? count + 1 : count));
        const [less, more] = [before, after].map((each) => assess(withInstances(id, each)).figures);
        expect(more!.availability.low).toBeGreaterThanOrEqual(less!.availability.low - NOISE); // there are two
        expect(more!.availability.high).toBeGreaterThanOrEqual(less!.availability.high - NOISE);
        expect(more!.rtoMs.instance.high).toBeLessThanOrEqual(less!.rtoMs.instance.high);
      }),
      { numRuns: 60 },
    );
  });

  test("every range has its low end below its high one", () => {
    for (const recovery of STRATEGIES) {
      const { figures, causes } = assess(under(recovery));
      const ranges = [
        figures.availability,
        ...Object.values(figures.rtoMs),
        ...Object.values(figures.rpoMs),
        ...causes.map(({ unavailability }) => unavailability),
      ];
      for (const { low, high } of ranges) expect(low).toBeLessThanOrEqual(high);
    }
  });
});

describe("how long each thing takes", () => {
  test("a proxy spares the customers of a database the TTL of its name", () => {
    const only = (topology: Topology) =>
      assess({ ...topology, journeys: shop.journeys.map((each) => ({ ...each, needs: ["database"] })) }).figures;
    expect(only(shop).rtoMs.instance).toEqual({ low: 5_000, high: 12_000 + 30_000 + 5_000 });
    expect(only(changed("database", { endpoint: "proxy" })).rtoMs.instance).toEqual({ low: 5_000, high: 42_000 });
  });

  test("a zone's loss, and no instance's, waits for the names of its balancer node", () => {
    const { rtoMs } = assess(changed("edge", { dnsTtlMs: 300_000 })).figures;
    expect(rtoMs.zone.high).toBe(310_000); // a probe of 10 s before it
    expect(rtoMs.instance.high).toBe(77_000);
  });

  test("where both regions serve, the loss of either counts, the other's by half of its customers", () => {
    const { figures, causes } = assess(under("active-active"));
    const found = causes.find(({ cause }) => cause === "the loss of either region")?.unavailability.high ?? 0;
    const lasts = figures.rtoMs.region.high + 20_000 / 2;
    expect(found / ((0.5 * lasts) / YEAR.value)).toBeCloseTo(1, 3);
    const slow = changed("edge", { dnsHealthCheck: { intervalMs: 30_000, threshold: 3 } });
    const low = assess({ ...slow, recovery: "active-active" });
    const least = low.causes.find(({ cause }) => cause === "the loss of either region")?.unavailability.low ?? 0;
    expect(least / ((0.05 * (low.figures.rtoMs.region.low + 60_000 / 2)) / YEAR.value)).toBeCloseTo(1, 3);
  });

  test("a primary is missed by everybody, a task by nobody where they try again", () => {
    const lowOf = (id: string): number =>
      assess(shop).causes.find(({ cause }) => cause === `${id}: loss of an instance`)?.unavailability.low ?? -1;
    expect(lowOf("database") / ((0.1 * 5_000) / YEAR.value)).toBeCloseTo(1, 3);
    expect(lowOf("api")).toBe(0);
  });

  test("an outage of a service of AWS's lasts no longer than the other region takes to serve", () => {
    const minutes = (recovery: RecoveryStrategy): number => {
      const found = assess(under(recovery)).causes.find(({ cause }) => cause.startsWith("orders:"))?.unavailability;
      return ((found?.high ?? 0) * YEAR.value) / 60_000;
    };
    expect(minutes("backup-restore")).toBeCloseTo(120, 0); // four hours, every two years
    expect(minutes("warm-standby")).toBeCloseTo(15.9, 1); // half of 31.8 min
  });
});

describe("what stands alone", () => {
  test("has to be made anew, so its loss takes far longer than a failover", () => {
    const alone = assess(withInstances("database", [1, 0, 0])).figures.rtoMs;
    expect(alone.instance.high).toBeGreaterThan(30 * 60_000);
    expect(assess(shop).figures.rtoMs.instance.high).toBeLessThan(120_000);
    const missing = assess(withInstances("database", [1, 0, 0])).causes.find(({ cause }) =>
      cause.startsWith("too little"),
    );
    const fiveMinutesInTenYears = (5 * 60_000) / (10 * YEAR.value);
    expect(missing?.unavailability.low).toBeGreaterThan(fiveMinutesInTenYears);
  });

  test("in one zone is out for as long as the zone is, with its share of the downtime", () => {
    const causeOf = (topology: Topology): number =>
      assess(topology).causes.find(({ cause }) => cause === "too little left of the zones")?.unavailability.high ?? 0;
    expect(causeOf(withInstances("api", [3, 0, 0]))).toBeGreaterThan(20 * causeOf(shop));
  });
});
