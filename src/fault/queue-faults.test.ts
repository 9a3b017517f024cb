import { describe, expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import type { Status } from "../world/world.ts";
import { findFault } from "./catalogue.ts";
import { aim } from "./target.ts";

const topology = {
  regions: [{ name: "r1", index: 0, role: "primary", zones: [] }],
  components: [
    { id: "jobs", kind: "queue", settings: { acrossRegions: "none" } },
    { id: "mails", kind: "queue", settings: { acrossRegions: "outbox" } },
    { id: "db", kind: "database" },
  ],
  instances: [],
} as unknown as Topology;
const status = { instances: [] } as unknown as Status;

describe("a fault of a queue", () => {
  test.each(["queue-down", "queue-throttled", "queue-slow", "poison-message"])("%s strikes any queue", (name) => {
    const fault = findFault(name);
    expect(fault.targets(topology)).toEqual(["jobs", "mails"]);
    const { subject, primitives } = aim(fault, "mails", { topology, status });
    expect(subject).toBe("mails");
    for (const primitive of primitives) expect(primitive).toMatchObject({ queue: "mails" });
    expect(() => aim(fault, "db", { topology, status })).toThrow("cannot be aimed at");
  });

  test.each(["queue-down", "queue-throttled", "queue-slow"])("%s leaves its queue unusable until healed", (name) => {
    const { expects } = findFault(name);
    expect(expects?.(topology, "jobs")).toMatchObject({ unavailable: ["jobs"], trace: "customers" });
  });

  test.each(["queue-down", "queue-throttled", "queue-slow"])("%s is noticed by nobody with an outbox", (name) => {
    const found = findFault(name).expects?.(topology, "mails");
    expect(found).toMatchObject({ unavailable: [], claims: [{ claim: { kind: "unharmed" } }], trace: "none" });
  });

  test("as a service has an effect of its own", () => {
    const effects = ["queue-down", "queue-throttled", "queue-slow"].map((name) => {
      const [primitive] = findFault(name).primitives(topology, "jobs");
      return primitive?.kind === "service-fault" ? primitive.effect.kind : null;
    });
    expect(effects).toEqual(["unavailable", "throttle", "slow"]);
  });
});

test("a poison message comes with a good one that must come back, and waits for both to be set aside", () => {
  const fault = findFault("poison-message");
  const [poison, strand] = fault.primitives(topology, "jobs");
  expect(strand).toEqual({ kind: "strand", queue: "jobs", messages: 1 });
  expect(() => JSON.parse(poison?.kind === "poison" ? poison.body : "{}")).toThrow(SyntaxError);
  expect(fault.expects?.(topology, "jobs").claims.map(({ claim }) => claim)).toEqual([
    { kind: "decided", what: "dead-lettered", component: "jobs", times: 2 },
    { kind: "decided", what: "redriven", component: "jobs", after: "heal" },
    { kind: "unharmed" },
  ]);
});
