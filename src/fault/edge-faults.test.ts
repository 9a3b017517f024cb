import { describe, expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import type { EdgeSettings } from "../topology/kind/edge.ts";
import { findFault } from "./catalogue.ts";
import { INJECTION_REQUESTS } from "./injection-requests.ts";

type Changes = { site?: string | null; firewall?: Partial<EdgeSettings["firewall"]> };

function systemWith({ site = "./site", firewall = {} }: Changes): Topology {
  const settings = { site, firewall: { rateLimit: 2_000, managedRules: ["sql-injection"], ...firewall } };
  return { components: [{ id: "door", kind: "edge", settings }] } as unknown as Topology;
}

const targets = (name: string, changes: Changes): readonly string[] => findFault(name).targets(systemWith(changes));

test("faults of the edge are aimed at it where it has what they strike", () => {
  expect(targets("origin-lost", {})).toEqual(["door"]);
  expect(targets("origin-lost", { site: null })).toEqual([]);
  expect(targets("firewall-flood", {})).toEqual(["door"]);
  expect(targets("firewall-flood", { firewall: { rateLimit: null } })).toEqual([]);
  expect(targets("firewall-injection", {})).toEqual(["door"]);
  expect(targets("firewall-injection", { firewall: { managedRules: [] } })).toEqual([]);
  for (const name of ["origin-lost", "firewall-flood", "firewall-injection"]) {
    expect(findFault(name).targets({ components: [] } as unknown as Topology)).toEqual([]);
  }
});

test("a flood is not made where the limit is so high that it would never be crossed", () => {
  const { crowd } = findFault("firewall-flood");
  if (crowd?.kind !== "flood") throw new Error("it is no flood");
  expect(targets("firewall-flood", { firewall: { rateLimit: 30_000 } })).toEqual(["door"]);
  expect(targets("firewall-flood", { firewall: { rateLimit: 30_001 } })).toEqual([]);
  // Five minutes of it are well above the highest limit that it is aimed at.
  expect(300 * crowd.requestsPerSecond).toBeGreaterThan(2 * 30_000);
});

test("claims name the edge by the user's own name for it", () => {
  for (const name of ["origin-lost", "firewall-flood"]) {
    const claims = findFault(name).expects?.(systemWith({}), "door").claims ?? [];
    const decided = claims.flatMap(({ claim }) => (claim.kind === "decided" ? [claim.component] : []));
    expect(decided).toEqual(["door"]);
  }
});

describe("requests with and without an injection", () => {
  test("can all be sent, are all different, and reach no program's own path", () => {
    expect(new Set(INJECTION_REQUESTS.map(({ label }) => label)).size).toBe(INJECTION_REQUESTS.length);
    for (const { path, headers, label } of INJECTION_REQUESTS) {
      expect(new URL(path, "http://shop.test").pathname, label).toMatch(/^\/holdfast-probe(?:\/|$)/);
      expect(path, label).toMatch(/^[\x21-\x7e]+$/);
      expect(Object.values(headers).join(""), label).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  test("are tried in every part of a request that is looked at, and both kinds within five seconds", () => {
    for (const expected of ["blocked", "served"] as const) {
      const own = INJECTION_REQUESTS.filter((each) => each.expect === expected);
      const parts = own.map(({ method, path, headers }) =>
        method === "POST"
          ? headers["content-type"]
          : (Object.keys(headers)[0] ?? (path.includes("?") ? "query" : "path")),
      );
      const all = ["application/json", "application/x-www-form-urlencoded", "cookie", "path", "query"];
      expect([...new Set(parts)].toSorted()).toEqual(all);
    }
    const { crowd } = findFault("firewall-injection");
    if (crowd?.kind !== "requests") throw new Error("it makes no requests");
    expect(crowd.requests.length / crowd.requestsPerSecond).toBeLessThan(4);
  });
});
