import { expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { matchesPattern, routeFor } from "./route.ts";

test.each([
  ["/api/*", "/api/orders", true],
  ["/api/*", "/api/", true],
  ["/api/*", "/api", false],
  ["/*.jpg", "/a/b.jpg", true],
  ["/*.jpg", "/a/b.jpeg", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/*a*b", "/xaxbxb", true],
  ["/*", "/", true],
  ["/", "/index.html", false],
  ["/a.c", "/abc", false],
])("pattern %s against %s: %s", (pattern, path, expected) => {
  expect(matchesPattern(pattern, path)).toBe(expected);
});

test("the most specific route wins, whatever the order, and the query does not count", () => {
  const routes = { "/api/*": "api", "/api/admin/*": "admin" };
  expect(routeFor(routes, "/api/admin/x")).toBe("admin");
  expect(routeFor(routes, "/api/orders?x=/api/admin/")).toBe("api");
  expect(routeFor(routes, "/")).toBeUndefined();
});

test("a pattern of many stars is not slow", () => {
  const started = systemClock.now();
  expect(matchesPattern(`/${"*a".repeat(120)}b`, `/${"a".repeat(2_000)}`)).toBe(false);
  expect(systemClock.now() - started).toBeLessThan(500);
});
