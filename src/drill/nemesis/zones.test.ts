import { expect, test } from "vitest";
import type { Status } from "../../world/world.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { zonesTouched } from "./zones.ts";

const topology = fakeTopology();
const instances = [
  { id: "api-z2-7", component: "api", region: "r1", zone: "z2", pid: 1, state: "healthy", role: null },
];
const world = { topology, status: { instances } as unknown as Status };

test("a fault touches the zone of its subject, and of what is killed with it", () => {
  const kill = (instance: string): { kind: "kill"; instance: string } => ({ kind: "kill", instance });
  expect(zonesTouched({ subject: "api-z1", primitives: [kill("api-z1")] }, world)).toEqual(["z1"]);
  expect(zonesTouched({ subject: "api-z2-7", primitives: [kill("api-z2-7")] }, world)).toEqual(["z2"]);
  expect(zonesTouched({ subject: "z3", primitives: [{ kind: "power-off", zone: "z3" }] }, world)).toEqual(["z3"]);
  expect(zonesTouched({ subject: "api-z1", primitives: [kill("api-z3")] }, world)).toEqual(["z1", "z3"]);
});

test("a partition touches the zone that is cut off, and not those that it is cut off from", () => {
  const rule = { from: { zone: "z1" }, to: { zone: "z2" }, effect: { kind: "cut" } } as const;
  expect(zonesTouched({ subject: "z1", primitives: [{ kind: "link", rule }] }, world)).toEqual(["z1"]);
});

const zones = ["y1", "y2"].map((name, index) => ({ name, index }));
const twoRegions = {
  ...world,
  topology: fakeTopology({ regions: [...topology.regions, { name: "r2", index: 1, role: "secondary", zones }] }),
};

test("a region that is lost is all of its zones, and so is what is struck in it alone", () => {
  const primitives = [{ kind: "region-power-off", region: "r2" }] as const;
  expect(zonesTouched({ subject: "r2", primitives }, twoRegions)).toEqual(["y1", "y2"]);
  const effect = { kind: "unavailable" } as const;
  const queue = [{ kind: "service-fault", queue: "orders", region: "r2", effect }] as const;
  expect(zonesTouched({ subject: "orders", primitives: queue, region: "r2" }, twoRegions)).toEqual(["y1", "y2"]);
  expect(zonesTouched({ subject: "orders", primitives: queue }, twoRegions)).toHaveLength(5);
});

test("what concerns a component as a whole touches every zone", () => {
  const effect = { kind: "unavailable" } as const;
  const primitives = [{ kind: "service-fault", queue: "orders", effect }] as const;
  expect(zonesTouched({ subject: "orders", primitives }, world)).toEqual(["z1", "z2", "z3"]);
});
