import { expect, test } from "vitest";
import { routeBy } from "./route.ts";

test("the most specific pattern wins, whatever the order, and what fits none goes to the site", () => {
  const routes = routeBy([
    { pattern: "/api/*", service: "api" },
    { pattern: "/api/orders/*", service: "orders" },
    { pattern: "/api/v?/status", service: "status" },
    { pattern: "*.png", service: "images" },
  ]);
  const route = (path: string): string | null => routes(path)?.service ?? null;
  expect(route("/api/items")).toBe("api");
  expect(route("/api/orders/7")).toBe("orders");
  expect(route("/api/v2/status")).toBe("status");
  expect(route("/api/v12/status")).toBe("api");
  expect(route("/logo.png")).toBe("images");
  expect(route("/logoXpng")).toBeNull();
  expect(route("/api")).toBeNull();
  expect(route("/")).toBeNull();
});
