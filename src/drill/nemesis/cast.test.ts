import { expect, test } from "vitest";
import type { Status } from "../../world/world.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { castOf } from "./cast.ts";

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
