import { describe, expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";
import { componentsOf } from "../../topology/topology.ts";
import { capacityOf, staticallyStable } from "./capacity.ts";

/** The capacity of a definition's only service, in its first region. */
function capacityIn(changes: Record<string, unknown>, stage: "production" | "dev" = "production") {
  const { sites } = shipPrograms(systemOf({ regions: { primary: "us-east-1" }, recovery: undefined, ...changes }), {
    stage,
  });
  const [site] = sites;
  return capacityOf(site!, componentsOf(site!.shipment.topology, "service")[0]!);
}

const service = { build: "./program", run: "node server.ts", health: "/healthz" };

describe("capacity", () => {
  test("is one task a zone at least, whatever the definition says", () => {
    expect(capacityIn({ services: { api: { ...service, scale: { min: 1, max: 2 } } } })).toEqual({ min: 3, max: 3 });
  });

  test("carries the peak with a zone lost", () => {
    const objectives = { peak: "4000 requests/second" };
    const scale = { min: 3, max: 30, on: { concurrentRequests: 50 } };
    // 4,000 a second of 100 ms each: 400 under way, 8 tasks; of 12 over three zones 8 are left.
    expect(capacityIn({ objectives, services: { api: { ...service, scale } } })).toEqual({ min: 12, max: 30 });
  });

  test("carries as many requests a minute as the peak has, with a zone lost", () => {
    const objectives = { peak: "100 requests/second" };
    const scale = { min: 3, max: 30, on: { requestsPerMinute: 1_500 } };
    // 6,000 a minute: 4 tasks, and of 6 over three zones 4 are left.
    expect(capacityIn({ objectives, services: { api: { ...service, scale } } })).toEqual({ min: 6, max: 30 });
  });

  test("of the cheap profile is one a zone at most", () => {
    expect(capacityIn({ services: { api: { ...service, scale: { min: 3, max: 9 } } } }, "dev").min).toBe(2);
  });

  test.each([
    [1, 3, 2],
    [2, 3, 3],
    [3, 3, 5],
    [8, 3, 12],
    [4, 2, 8],
    [4, 1, 4],
  ])("for %i tasks with a zone of %i lost is %i", (needed, zones, total) => {
    expect(staticallyStable(needed, zones)).toBe(total);
    if (zones > 1) expect(total - Math.ceil(total / zones)).toBeGreaterThanOrEqual(needed);
  });
});
