import { expect, test } from "vitest";
import { findFault } from "./catalogue.ts";
import { inTwoRegions, shopInOneRegion } from "./fixture/shop.ts";
import { regionOf, seenFrom } from "./target.ts";
import { withinRegion } from "./within-region.ts";

const topology = inTwoRegions(shopInOneRegion());

test("a queue and the way to a component are struck in one region, and a program that is deployed is not", () => {
  const [queue] = withinRegion("r2", findFault("queue-down").primitives(topology, "jobs")) ?? [];
  expect(queue).toMatchObject({ kind: "service-fault", queue: "jobs", region: "r2" });
  const links = withinRegion("r2", findFault("dependency-slow").primitives(topology, "db"));
  expect(links).toMatchObject([
    { rule: { from: {}, to: { component: "db", region: "r2" } } },
    { rule: { from: { component: "db", region: "r2" }, to: {} } },
  ]);
  expect(withinRegion("r2", findFault("bad-deploy").primitives(topology, "api"))).toBeNull();
});

test("seen from another region, that one's zones are those that a fault finds", () => {
  const there = seenFrom(topology, "r2");
  expect(findFault("zone-loss").targets(there).slice(1)).toEqual(["y1", "y2", "y3"]);
  expect(["y2", "api-z1", "api"].map((name) => regionOf(topology, name))).toEqual(["r2", "r1", undefined]);
});
