import { describe, expect, test } from "vitest";
import type { InstanceStatus, Status } from "../world/world.ts";
import { FAULTS, findFault } from "./catalogue.ts";
import { inTwoRegions, shopInOneRegion } from "./fixture/shop.ts";
import { aim } from "./target.ts";

const topology = shopInOneRegion();
const { instances } = topology;

function status(primaries: readonly string[], changes: Partial<InstanceStatus> = {}): Status {
  const all = instances.map((instance): InstanceStatus => {
    const role = primaries.includes(instance.id) ? "primary" : "replica";
    return { ...instance, pid: 1, state: "healthy", role, ...changes };
  });
  return { instances: all } as unknown as Status;
}

const aimed = (name: string, target: string, now = status(["db-z2", "cache-z3"])): ReturnType<typeof aim> =>
  aim(findFault(name), target, { topology, status: now });

describe("a fault", () => {
  test("strikes who holds the role when it strikes", () => {
    expect(aimed("database-crash", "primary of db")).toMatchObject({
      subject: "db-z2",
      primitives: [{ kind: "kill", instance: "db-z2" }],
    });
    expect(aimed("cache-crash", "primary of cache").subject).toBe("cache-z3");
    expect(aimed("zone-loss", "zone of the primary of db").primitives).toEqual([{ kind: "power-off", zone: "z2" }]);
  });

  test("may be aimed at any instance that could hold the role, and at any zone", () => {
    expect(aimed("database-crash", "db-z1").subject).toBe("db-z1");
    expect(aimed("zone-loss", "z3").primitives).toEqual([{ kind: "power-off", zone: "z3" }]);
  });

  test("rejects a target of another kind, and a role that nobody holds", () => {
    expect(() => aimed("task-crash", "db-z1")).toThrow(
      '"task-crash" cannot be aimed at "db-z1" (it has api-z1, api-z2, api-z3)',
    );
    expect(() => aimed("database-crash", "primary of db", status([]))).toThrow('"db" has no primary now');
  });

  test("takes a healthy primary for the primary where an old one is left over", () => {
    const now = status(["db-z1", "db-z2"]);
    const left = now.instances.map((each) => (each.id === "db-z1" ? { ...each, state: "stopped" as const } : each));
    expect(aimed("database-crash", "primary of db", { ...now, instances: left }).subject).toBe("db-z2");
  });
});

describe("a fault that is aimed at a task", () => {
  test("strikes the one that serves in its place where it is gone", () => {
    const now = status([]);
    const replaced = now.instances.map((each) => (each.id === "api-z2" ? { ...each, id: "api-z2-2" } : each));
    expect(aimed("task-crash", "api-z2", { ...now, instances: replaced }).subject).toBe("api-z2-2");
    expect(aimed("task-crash", "api-z2").subject).toBe("api-z2");
  });

  test("and one that takes a zone's tasks takes those that run now, and nothing else there", () => {
    const now = status([]);
    const more = [...now.instances, { ...now.instances[0]!, id: "api-z1-2" }]; // there are instances
    const { primitives } = aimed("zone-tasks-crash", "z1", { ...now, instances: more });
    expect(primitives).toEqual(["api-z1", "worker-z1", "api-z1-2"].map((instance) => ({ kind: "kill", instance })));
  });
});

describe("the catalogue", () => {
  test("kills a worker at its delete, in its own zone", () => {
    expect(aimed("worker-crash", "worker-z3").primitives).toEqual([
      { kind: "kill-at-call", instance: "worker-z3", zone: "z3", component: "jobs", operation: "DeleteMessage" },
    ]);
  });

  test("isolates a primary both ways from every other zone, and not from its clients", () => {
    const { primitives } = aimed("database-isolated", "primary of db");
    const rules = primitives.map((primitive) => (primitive.kind === "link" ? primitive.rule : null));
    expect(rules.map((rule) => [rule?.from, rule?.to, rule?.purposes?.join()])).toEqual([
      [{ zone: "z1" }, { instance: "db-z2" }, "replication,observe"],
      [{ instance: "db-z2" }, { zone: "z1" }, "replication,observe"],
      [{ zone: "z3" }, { instance: "db-z2" }, "replication,observe"],
      [{ instance: "db-z2" }, { zone: "z3" }, "replication,observe"],
      // Nobody can command it, from its own zone either.
      [{}, { instance: "db-z2" }, "control"],
      [{ instance: "db-z2" }, {}, "control"],
    ]);
    for (const rule of rules) expect(rule?.effect).toEqual({ kind: "black-hole" });
  });

  test("says of each fault what it stands for and what it does not model, under a name of its own", () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
    for (const fault of FAULTS) {
      expect(fault.standsFor).not.toBe("");
      expect(fault.notModelled.length).toBeGreaterThan(0);
      const where = fault.blastClass === "region" ? inTwoRegions(topology) : topology;
      expect(fault.targets(where).length, fault.name).toBeGreaterThan(0);
    }
  });
});
