import { describe, expect, test } from "vitest";
import { wayIn } from "./entry.ts";
import { apiRouteFor } from "./http-api.ts";

const routes = {
  "GET /parcels": "list",
  "GET /parcels/{id}": "one",
  "GET /parcels/{rest+}": "rest",
  "ANY /parcels/new": "new",
  "POST /{any}": "post",
};

describe("the route of an HTTP API", () => {
  test.each([
    ["GET", "/parcels", "list"],
    ["GET", "/parcels?page=2", "list"],
    ["GET", "/parcels/7", "one"],
    ["GET", "/parcels/new", "new"],
    ["GET", "/parcels/7/history/3", "rest"],
    ["POST", "/anything", "post"],
    ["POST", "/two/parts", undefined],
    ["DELETE", "/parcels/7", undefined],
    ["GET", "/", undefined],
  ])("for %s %s is the most specific one", (method, path, expected) => {
    expect(apiRouteFor(routes, { method, path })).toBe(expected);
  });

  test("is the default where no other matches", () => {
    expect(apiRouteFor({ ...routes, $default: "other" }, { method: "DELETE", path: "/" })).toBe("other");
  });
});

describe("the way in", () => {
  const none = { edge: null, httpApis: {}, accelerators: {}, http: [] };
  const request = { method: "GET", path: "/parcels/7" };

  test("is the route of the edge, or its site", () => {
    const edge = { site: null, routes: { "/parcels*": "api" } };
    expect(wayIn({ ...none, edge }, request)).toEqual(["api"]);
    expect(wayIn({ ...none, edge }, { ...request, path: "/" })).toBeUndefined();
    expect(wayIn({ ...none, edge: { ...edge, site: "./site" } }, { ...request, path: "/" })).toEqual([]);
  });

  test("without an edge is the HTTP API and what its route leads to", () => {
    const doors = { ...none, httpApis: { open: { routes } }, http: ["one", "admin"] };
    expect(wayIn(doors, request)).toEqual(["open", "one"]);
    expect(wayIn(doors, { method: "PUT", path: "/" })).toBeUndefined();
  });

  test("without both is the accelerator, else the only HTTP service", () => {
    expect(wayIn({ ...none, accelerators: { front: { to: "api" } }, http: ["api", "b"] }, request)).toEqual(["front"]);
    expect(wayIn({ ...none, http: ["api"] }, request)).toEqual(["api"]);
  });

  test("is none where there are several doors, or the only accelerator leads to TCP", () => {
    expect(wayIn({ ...none, http: ["api", "b"] }, request)).toBeUndefined();
    expect(wayIn({ ...none, accelerators: { front: { to: "scans" } } }, request)).toBeUndefined();
    const both = { ...none, httpApis: { open: { routes } }, accelerators: { front: { to: "api" } }, http: ["api"] };
    expect(wayIn(both, request)).toBeUndefined();
  });
});
