import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { designOf } from "./design.ts";
import { simulate } from "./simulate.ts";

describe("simulate", () => {
  test("the same seed gives the same document, another seed another one", async () => {
    const topology = await shopTopology("primary");
    const first = JSON.stringify(await simulate({ design: designOf(topology), years: 60, seed: 1 }));
    expect(JSON.stringify(await simulate({ design: designOf(topology), years: 60, seed: 1 }))).toBe(first);
    expect(JSON.stringify(await simulate({ design: designOf(topology), years: 60, seed: 2 }))).not.toBe(first);
  });

  test("downtime and availability agree, and causes and components sum up to all of it", async () => {
    const topology = await shopTopology("all");
    const document = await simulate({ design: designOf(topology), years: 200, seed: 3 });
    const { availability, downtimeMinutesPerYear, incidents, weakest, availabilityRange } = document;
    expect(availability.low95).toBeLessThan(availability.mean);
    expect(availability.mean).toBeLessThan(availability.high95);
    expect((1 - availability.mean) * 525_600).toBeCloseTo(downtimeMinutesPerYear, 0);
    expect(weakest.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
    const byCause = incidents.reduce((sum, each) => sum + each.downtimeMinutesPerYear, 0);
    expect(byCause / downtimeMinutesPerYear).toBeCloseTo(1, 1);
    expect(availabilityRange[0]).toBeLessThan(availabilityRange[1]);
    expect(incidents.map(({ cause }) => cause)).toContain("loss of an instance: database");
  });

  test("a second region that takes over spares most of what a lost region costs", async () => {
    const lost = async (regions: "primary" | "all") => {
      const { incidents } = await simulate({ design: designOf(await shopTopology(regions)), years: 100, seed: 1 });
      return incidents.find(({ cause }) => cause === "loss of a region")?.downtimeMinutesPerYear ?? Number.NaN;
    };
    expect(await lost("all")).toBeLessThan((await lost("primary")) / 5);
  });

  test("tells how far it is", async () => {
    const told: number[] = [];
    const onProgress = async (years: number): Promise<void> => void told.push(years);
    await simulate({ design: designOf(await shopTopology("primary")), years: 60, seed: 1, onProgress });
    expect(told.slice(0, 3)).toEqual([25, 50, 60]);
  });
});

describe("two designs on the same seeds", () => {
  test("the same design is no different, whatever the years bring", async () => {
    const topology = await shopTopology("all");
    const design = designOf(topology);
    const { whatIf } = await simulate({ design, years: 50, seed: 5, other: { name: "itself", design } });
    expect(whatIf).toEqual({ change: "itself", addsMinutesPerYear: { mean: 0, low95: 0, high95: 0 } });
  });

  test("a cache that fails over twice as slowly is told apart, though chance alone would hide it", async () => {
    const topology = await shopTopology("primary");
    const components = topology.components.map((component) =>
      component.kind === "cache"
        ? { ...component, settings: { ...component.settings, endpointTtlMs: 60_000 } }
        : component,
    );
    const other = { name: "slower", design: designOf({ ...topology, components }) };
    const { whatIf, availability } = await simulate({ design: designOf(topology), years: 150, seed: 5, other });
    const { mean, low95 } = whatIf!.addsMinutesPerYear; // it was given another
    expect(low95).toBeGreaterThan(0);
    const chance = (availability.high95 - availability.low95) * 525_600;
    expect(mean).toBeLessThan(chance); // two runs without pairs could not have told
  });

  test("what is halved saves about half of what its cause costs", async () => {
    const topology = await shopTopology("primary");
    const { sensitivity, incidents } = await simulate({
      design: designOf(topology),
      years: 40,
      seed: 2,
      sensitivity: true,
    });
    const worst = incidents[0]!; // something happens in forty years
    const half = sensitivity!.find(({ change }) => change === `half as long: ${worst.cause}`);
    expect(half!.addsMinutesPerYear.mean / -worst.downtimeMinutesPerYear).toBeCloseTo(0.5, 1);
    const means = sensitivity!.map(({ addsMinutesPerYear }) => addsMinutesPerYear.mean);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
  });
});
