import { describe, expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import type { LinkRule } from "../world/primitive.ts";
import { dependencySlow } from "./dependency-slow.ts";
import type { Fault } from "./fault.ts";
import { zoneBlackHole } from "./zone-black-hole.ts";
import { zonePartition } from "./zone-partition.ts";
import { zonePartitionOneWay } from "./zone-partition-one-way.ts";
import { zoneSlow } from "./zone-slow.ts";

const zones = ["z1", "z2", "z3"].map((name, index) => ({ name, index }));
/** Only what these faults look at. */
const topology = {
  regions: [
    { name: "r2", index: 1, role: "secondary", zones: [{ name: "far", index: 0 }] },
    { name: "r1", index: 0, role: "primary", zones },
  ],
  components: [
    { id: "api", kind: "service", settings: { uses: ["sessions", "orders"] } },
    { id: "orders", kind: "queue" },
    { id: "sessions", kind: "cache" },
    { id: "archive", kind: "database" },
  ],
} as unknown as Topology;

function rulesOf(fault: Fault, subject: string): LinkRule[] {
  return fault.primitives(topology, subject).map((primitive) => {
    if (primitive.kind !== "link") throw new Error(`${primitive.kind} is no rule of a link`);
    return primitive.rule;
  });
}

const ways = (rules: readonly LinkRule[]): string[] =>
  rules.map(({ from, to }) => `${from.zone ?? "*"}>${to.zone ?? "*"}`);

describe("the network of a zone", () => {
  test("is cut from each other zone of its region, both ways and for every purpose, and from nothing else", () => {
    const rules = rulesOf(zonePartition, "z2");
    expect(ways(rules)).toEqual(["z2>z1", "z1>z2", "z2>z3", "z3>z2"]);
    for (const { effect, purposes } of rules) expect([effect.kind, purposes]).toEqual(["cut", undefined]);
  });

  test("loses one direction only", () => {
    const rules = rulesOf(zonePartitionOneWay, "z2");
    expect(ways(rules)).toEqual(["z2>z1", "z2>z3"]);
    for (const { effect } of rules) expect(effect.kind).toBe("black-hole");
  });

  test("is a black hole towards everything, what lies outside included", () => {
    expect(ways(rulesOf(zoneBlackHole, "z2"))).toEqual(["z2>*", "*>z2"]);
  });

  test("is slow, and shows that to customers at least", () => {
    const rules = rulesOf(zoneSlow, "z1");
    expect(ways(rules)).toEqual(["z1>z2", "z2>z1", "z1>z3", "z3>z1"]);
    for (const { effect } of rules) expect(effect).toEqual({ kind: "slow", delayMs: 200 });
    const { trace, claims } = zoneSlow.expects!(topology, "z1"); // it has one, or this test fails
    expect(trace).toBe("customers");
    expect(claims.map(({ claim }) => claim)).toContainEqual({
      kind: "undecided",
      what: "detected",
      component: "archive",
    });
  });

  test("is aimed at the zone of the first primary, or at any zone of the primary region", () => {
    for (const fault of [zonePartition, zonePartitionOneWay, zoneBlackHole, zoneSlow]) {
      expect(fault.targets(topology)).toEqual(["zone of the primary of archive", "z1", "z2", "z3"]);
    }
  });
});

describe("a slow dependency", () => {
  test("is a cache or database that a service uses, slow for programs alone", () => {
    expect(dependencySlow.targets(topology)).toEqual(["sessions"]);
    const rules = rulesOf(dependencySlow, "sessions");
    expect(rules.map(({ from, to }) => [from.component, to.component])).toEqual([
      [undefined, "sessions"],
      ["sessions", undefined],
    ]);
    for (const { purposes } of rules) expect(purposes).toEqual(["client"]);
    expect(dependencySlow.expects?.(topology, "sessions").unavailable).toEqual(["sessions"]);
  });
});
