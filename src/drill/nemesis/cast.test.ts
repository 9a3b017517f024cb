import { expect, test } from "vitest";
import { findFault } from "../../fault/catalogue.ts";
import type { Status } from "../../world/world.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { castOf, faultNow } from "./cast.ts";

const NAMES = ["z1", "z2", "z3", "database-z1", "database-z2", "api-z1", "api-z2", "worker-z3"];

function cast(primary: string): readonly string[] {
  const instances = [{ id: primary, component: "database", role: "primary" }] as unknown as Status["instances"];
  const meant = castOf(fakeTopology(), { instances });
  return NAMES.map(meant);
}

test("everybody plays their own part while the first member leads, or nobody does", () => {
  expect(cast("database-z1")).toEqual(NAMES);
  expect(cast("nobody")).toEqual(NAMES);
});

test("who leads now changes places with who leads in a simulation, and so do their zones with the tasks there", () => {
  expect(cast("database-z2")).toEqual([
    "z2",
    "z1",
    "z3",
    "database-z2",
    "database-z1",
    "api-z2",
    "api-z1",
    "worker-z3",
  ]);
});

test("the loss of a region is that of one that serves, or of one that stands ready, as things stand", () => {
  const regions = [
    { name: "r1", role: "standby" },
    { name: "r2", role: "active" },
    { name: "r3", role: "given-up" },
  ];
  const now = { recovery: { regions } } as unknown as Status;
  const named = (fault: string, region: string): string => faultNow(findFault(fault), region, now).name;
  expect(named("region-isolated", "r1")).toBe("standby-region-loss");
  expect(named("standby-region-loss", "r2")).toBe("region-loss");
  expect(named("region-flapping", "r3")).toBe("region-flapping");
  expect(named("zone-loss", "z1")).toBe("zone-loss");
});
