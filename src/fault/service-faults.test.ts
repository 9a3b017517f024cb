import { describe, expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import { badDeploy } from "./bad-deploy.ts";
import { dependencyDownDeepCheck } from "./dependency-down-deep-check.ts";
import { loadSpike } from "./load-spike.ts";
import { taskHang } from "./task-hang.ts";
import { zonalShift } from "./zonal-shift.ts";
import { zoneTasksCrash } from "./zone-tasks-crash.ts";

const ZONES = ["z1", "z2", "z3"];
const on = { metric: "concurrentRequests", target: 50 };
const api = {
  id: "api",
  kind: "service",
  settings: {
    consumes: null,
    uses: ["orders", "database"],
    health: { path: "/healthz", deepPath: "/healthz/deep" },
    scale: { min: 3, max: 9, on },
  },
};
const worker = { id: "worker", kind: "service", settings: { ...api.settings, consumes: "orders", health: null } };
const parts = [api, worker, { id: "orders", kind: "queue" }, { id: "database", kind: "database" }];
/** Only what these faults look at. */
const topology = {
  regions: [{ name: "r1", role: "primary", zones: ZONES.map((name, index) => ({ name, index })) }],
  components: parts,
  instances: ["api", "worker", "database"].flatMap((component) =>
    ZONES.map((zone) => ({ id: `${component}-${zone}`, component, region: "r1", zone })),
  ),
} as unknown as Topology;

/** The same system, with some settings of its HTTP service changed. */
function withApi(settings: object): Topology {
  const components = topology.components.map((each) =>
    each.id === "api" ? { ...each, settings: { ...each.settings, ...settings } } : each,
  );
  return { ...topology, components } as Topology;
}

describe("faults of services", () => {
  test("hang and badly deploy what answers requests, and no worker", () => {
    expect(taskHang.targets(topology)).toEqual(["api-z1", "api-z2", "api-z3"]);
    expect(badDeploy.targets(topology)).toEqual(["api"]);
  });

  test("have nothing to strike in a system without services", () => {
    const none: Topology = { ...topology, components: [], instances: [] };
    for (const fault of [taskHang, badDeploy, zoneTasksCrash, loadSpike, zonalShift, dependencyDownDeepCheck])
      expect(fault.targets(none)).toEqual([]);
  });

  test("send a spike only to services that can grow with their load", () => {
    expect(loadSpike.targets(topology)).toEqual(["api"]);
    const rate = { metric: "requestsPerMinute", target: 600 };
    expect(loadSpike.targets(withApi({ scale: { min: 3, max: 9, on: rate } }))).toEqual(["api"]);
    expect(loadSpike.targets(withApi({ scale: { min: 3, max: 3, on } }))).toEqual([]);
    expect(loadSpike.targets(withApi({ scale: { min: 3, max: 9, on: null } }))).toEqual([]);
  });

  test("shift away from a zone only where there is another", () => {
    expect(zonalShift.targets(topology)).toEqual(["z1", "z2", "z3"]);
    const [region] = topology.regions;
    const single = { ...topology, regions: [{ ...region!, zones: region!.zones.slice(0, 1) }] }; // the fake has one
    expect(zonalShift.targets(single)).toEqual([]);
  });
});

describe("the drill of a deep health check", () => {
  const cache = { id: "sessions", kind: "cache", layer: "data", scope: "zone", settings: {} };
  const withCache = {
    ...withApi({ uses: ["orders", "database", "sessions"] }),
    components: [...withApi({ uses: ["orders", "database", "sessions"] }).components, cache],
  } as unknown as Topology;

  test("takes away a cache before a database, and both ways", () => {
    const ends = (of: Topology): unknown[] =>
      dependencyDownDeepCheck
        .primitives(of, "api")
        .map((primitive) => (primitive.kind === "link" ? [primitive.rule.from, primitive.rule.to] : []));
    const both = (component: string): unknown[] => [
      [{}, { component }],
      [{ component }, {}],
    ];
    expect(ends(topology)).toEqual(both("database"));
    expect(ends(withCache)).toEqual(both("sessions"));
    expect(dependencyDownDeepCheck.expects?.(withCache, "api").unavailable).toEqual(["sessions"]);
  });

  test("has the tasks asked by the deep path in a second blow, and needs one to be declared", () => {
    expect(dependencyDownDeepCheck.then?.primitives(topology, "api")).toEqual([
      { kind: "health-check", service: "api", path: "/healthz/deep" },
    ]);
    expect(dependencyDownDeepCheck.targets(topology)).toEqual(["api"]);
    expect(dependencyDownDeepCheck.targets(withApi({ health: { path: "/healthz", deepPath: null } }))).toEqual([]);
  });
});
