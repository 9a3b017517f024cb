import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { LOAD } from "../../facts/load.ts";
import { type ServiceComponent, componentsOf } from "../../topology/topology.ts";
import { loadPlan } from "./demand.ts";

/** What the shop's API bears when it follows this. */
async function planOf(on: ServiceComponent["settings"]["scale"]["on"]) {
  const topology = await shopTopology("primary");
  const api = componentsOf(topology, "service").find(({ id }) => id === "api")!; // the shop has one
  const scale = { ...api.settings.scale, on };
  return loadPlan(topology, { ...api, settings: { ...api.settings, scale } }, topology.regions[0]!);
}

describe("what a task bears", () => {
  test("is what it answers of its target of requests under way, and more than that", async () => {
    const plan = await planOf({ metric: "concurrentRequests", target: 50 });
    expect(plan).toMatchObject({ atTarget: 500, countsRequests: false, scaling: { target: 50 } }); // of 100 ms each
    expect(plan.perTask).toBeCloseTo(500 / LOAD.targetShare.value);
  });

  test("is its target of requests a minute, whatever time they take, and more than that", async () => {
    const plan = await planOf({ metric: "requestsPerMinute", target: 600 });
    expect(plan).toMatchObject({ atTarget: 10, countsRequests: true, scaling: { target: 600 } });
    expect(plan.perTask).toBeCloseTo(10 / LOAD.targetShare.value);
  });

  test("follows nothing where messages are counted, or nothing at all", async () => {
    expect((await planOf({ metric: "queueDepth", target: 100 })).scaling).toBeNull();
    expect((await planOf(null)).scaling).toBeNull();
  });
});
