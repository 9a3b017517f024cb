import { describe, expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import type { Primitive } from "../world/primitive.ts";
import { clockSkew } from "./clock-skew.ts";
import { databaseIsolated } from "./database-isolated.ts";
import { databaseZombie } from "./database-zombie.ts";
import { diskFull } from "./disk-full.ts";
import { doubleFault } from "./double-fault.ts";
import { observersBlind } from "./observers-blind.ts";
import { staleWriter } from "./stale-writer.ts";

/** Two databases and a cache in `zones` zones; only what these faults look at. */
function topologyOf(zones: number): Topology {
  const names = ["z1", "z2", "z3"].slice(0, zones);
  const components = ["db", "books", "sessions"].map((id) => ({
    id,
    kind: id === "sessions" ? "cache" : "database",
    settings: {},
  }));
  return {
    regions: [{ name: "r1", index: 0, role: "primary", zones: names.map((name, index) => ({ name, index })) }],
    components,
    instances: components.flatMap(({ id }) =>
      names.map((zone) => ({ id: `${id}-${zone}`, component: id, region: "r1", zone })),
    ),
  } as unknown as Topology;
}

const topology = topologyOf(3);

function rulesOf(primitives: readonly Primitive[]): unknown[] {
  return primitives.flatMap((primitive) => (primitive.kind === "link" ? [primitive.rule] : []));
}

describe("the hard cases of a database", () => {
  test("strike whoever is the primary when they strike", () => {
    for (const fault of [databaseZombie, observersBlind, staleWriter, diskFull])
      expect(fault.targets(topology)).toEqual(["primary of db", "primary of books"]);
  });

  test("a zombie sleeps, and cannot be commanded in its sleep: who could kill it then would prove nothing", () => {
    const primitives = databaseZombie.primitives(topology, "db-z1");
    const common = { purposes: ["control"], effect: { kind: "black-hole" } };
    expect(rulesOf(primitives)).toEqual([
      { from: {}, to: { instance: "db-z1" }, ...common },
      { from: { instance: "db-z1" }, to: {}, ...common },
    ]);
    expect(primitives).toContainEqual({ kind: "pause", instance: "db-z1" });
  });

  test("a majority of observers is blind, the writer's own zone is not, and nothing but their checks is lost", () => {
    const primitives = observersBlind.primitives(topology, "db-z2");
    const common = { purposes: ["observe"], effect: { kind: "black-hole" } };
    const writer = { instance: "db-z2" };
    expect(rulesOf(primitives)).toEqual(
      ["z1", "z3"].flatMap((zone) => [
        { from: { zone }, to: writer, ...common },
        { from: writer, to: { zone }, ...common },
      ]),
    );
    expect(primitives).toHaveLength(4);
  });

  test("of two zones the observer beside them is blind, too: without it there would be no majority", () => {
    const two = topologyOf(2);
    for (const fault of [observersBlind, databaseIsolated]) {
      const blind = { to: { instance: "db-z1" }, purposes: expect.arrayContaining(["observe"]) };
      const rules = rulesOf(fault.primitives(two, "db-z1"));
      for (const zone of ["z2", "r1"])
        expect(rules).toContainEqual(expect.objectContaining({ from: { zone }, ...blind }));
      expect(rules).not.toContainEqual(expect.objectContaining({ from: { zone: "z1" } }));
    }
  });

  test("the name is held before the writer dies, and the database cannot be written until it is fresh", () => {
    expect(staleWriter.primitives(topology, "books-z1")).toEqual([
      { kind: "hold-endpoint", component: "books" },
      { kind: "kill", instance: "books-z1" },
    ]);
    expect(staleWriter.expects?.(topology, "books-z1").unavailable).toEqual(["books"]);
  });

  test("a zone's clocks are five minutes fast", () => {
    expect(clockSkew.targets(topology)).toEqual(["z1", "z2", "z3"]);
    expect(clockSkew.primitives(topology, "z2")).toEqual([{ kind: "skew-clock", zone: "z2", byMs: 300_000 }]);
  });
});

describe("a double fault", () => {
  test("takes a second zone with a standby as soon as the failover has begun", () => {
    expect(doubleFault.targets(topology)).toEqual(["zone of the primary of db", "zone of the primary of books"]);
    expect(doubleFault.primitives(topology, "z1")).toEqual([{ kind: "power-off", zone: "z1" }]);
    expect(doubleFault.then?.when).toBe("detected");
    expect(doubleFault.then?.primitives(topology, "z1")).toEqual([{ kind: "power-off", zone: "z2" }]);
    expect(doubleFault.then?.primitives(topology, "z2")).toEqual([{ kind: "power-off", zone: "z1" }]);
  });

  test("applies where a third zone is left", () => {
    expect(doubleFault.targets(topologyOf(2))).toEqual([]);
  });

  test("excuses what needs a primary, and claims that no database's quorum is held under both blows", () => {
    const { unavailable, claims } = doubleFault.expects!(topology, "z1"); // it expects something
    expect(unavailable).toEqual(["db", "books", "sessions"]);
    expect(claims.map(({ claim }) => claim)).toEqual(
      ["db", "books"].map((component) => ({ kind: "undecided", what: "fenced", component, during: "second-blow" })),
    );
  });
});
