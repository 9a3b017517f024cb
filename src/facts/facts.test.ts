import { describe, expect, test } from "vitest";
import * as compute from "./compute.ts";
import * as edge from "./edge.ts";
import type { Fact } from "./fact.ts";
import * as failure from "./failure.ts";
import * as meteredPrice from "./metered-price.ts";
import * as messaging from "./messaging.ts";
import * as network from "./network.ts";
import * as price from "./price.ts";
import { REGIONS, zonesOf } from "./region.ts";
import * as serverless from "./serverless.ts";
import * as size from "./size.ts";
import { SLA } from "./sla.ts";
import * as storage from "./storage.ts";
import * as takeover from "./takeover.ts";
import * as timing from "./timing.ts";
import * as watch from "./watch.ts";

function isFact(value: object): value is Fact<unknown> {
  return "basis" in value;
}

/** Every fact below `value`, with its path. */
function factsIn(value: unknown, path: string): readonly (readonly [string, Fact<unknown>])[] {
  if (typeof value !== "object" || value === null) return [];
  if (isFact(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, each]) => factsIn(each, `${path}.${key}`));
}

const facts = [
  ...factsIn(compute, "compute"),
  ...factsIn(edge, "edge"),
  ...factsIn(timing, "timing"),
  ...factsIn(price, "price"),
  ...factsIn(meteredPrice, "meteredPrice"),
  ...factsIn(failure, "failure"),
  ...factsIn(takeover, "takeover"),
  ...factsIn(watch, "watch"),
  ...factsIn(SLA, "SLA"),
  ...factsIn(REGIONS, "REGIONS"),
  ...factsIn(serverless, "serverless"),
  ...factsIn(size, "size"),
  ...factsIn(messaging, "messaging"),
  ...factsIn(network, "network"),
  ...factsIn(storage, "storage"),
];
const HOST = /^https:\/\/(docs\.aws\.amazon\.com|aws\.amazon\.com|repost\.aws)\//;

describe("facts", () => {
  test("there are many", () => {
    expect(facts.length).toBeGreaterThan(60);
  });

  test.each(facts)(
    "%s names a page of AWS's, the day it was read, and why where AWS gives no figure",
    (_path, fact) => {
      expect(fact.url).toMatch(HOST);
      expect(fact.readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      if (fact.basis === "assumed") expect(fact.note).toBeTruthy();
    },
  );

  test.each(facts)("%s has a value that its unit allows, within its own bounds", (_path, fact) => {
    const values = [fact.value].flat();
    for (const value of values) {
      if (fact.unit === "text") expect(value).toMatch(/./);
      else expect(value).toBeGreaterThanOrEqual(0);
      if (fact.unit === "share") expect(value).toBeLessThanOrEqual(1);
      if (fact.unit === "ms" || fact.unit === "count") expect(Number.isInteger(value)).toBe(true);
      if ("min" in fact) expect(value).toBeGreaterThanOrEqual(Number(fact.min));
      if ("max" in fact) expect(value).toBeLessThanOrEqual(Number(fact.max));
    }
  });

  test("a promise over several zones is never less than one for a single zone", () => {
    for (const sla of Object.values(SLA)) {
      if ("single" in sla) expect(sla.single.value).toBeLessThan(sla.multiZone.value);
    }
  });

  test("every region has at least three zones, each named after it", () => {
    for (const region of Object.keys(REGIONS)) {
      expect(zonesOf(region).length).toBeGreaterThanOrEqual(3);
      expect(zonesOf(region)[0]).toBe(`${region}a`);
    }
  });

  test("a name of the language is no region", () => {
    expect(["constructor", "__proto__", "us-east-9", ""].map((name) => zonesOf(name).length)).toEqual([0, 0, 0, 0]);
  });
});
