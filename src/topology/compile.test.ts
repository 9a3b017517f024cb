import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Definition, definitionOf, validateDefinition } from "../definition/validate.ts";
import { blastRadii } from "./blast-radius.ts";
import { compileTopology } from "./compile.ts";
import type { Topology } from "./topology.ts";

type Loose = Record<string, unknown>;

const SHOP = {
  name: "shop",
  regions: { primary: "us-east-1", secondary: "us-west-2" },
  edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" } },
  services: {
    api: { build: "./api", run: "node server.js", uses: ["orders", "sessions", "database"], scale: { min: 4 } },
    fulfilment: { run: "node worker.js", consumes: "orders", uses: ["database"] },
  },
  queues: { orders: {} },
  databases: { database: {} },
  caches: { sessions: {} },
  journeys: {
    order: { write: "POST /api/orders", read: "GET /api/orders/{key}" },
    cart: { module: "./journeys/cart.ts", durability: "best-effort" },
    browse: { read: "GET /" },
  },
};

function compile(changes: Loose = {}, regions: "primary" | "all" = "primary"): Topology {
  return compileTopology(definitionOf({ ...SHOP, ...changes }), { regions, directory: "/srv/shop" });
}

function idsOf(topology: Topology, component: string): readonly string[] {
  return topology.instances.filter((instance) => instance.component === component).map(({ id }) => id);
}

function needsOf(topology: Topology, journey: string): readonly string[] | undefined {
  return topology.journeys.find(({ id }) => id === journey)?.needs;
}

describe("instances", () => {
  test("of a service are spread over the zones, the second round numbered", () => {
    expect(idsOf(compile(), "api")).toEqual(["api-us-east-1a", "api-us-east-1b", "api-us-east-1c", "api-us-east-1a-2"]);
  });

  test("of a database and a cache are one a zone, of a queue one a region, of the edge one", () => {
    const topology = compile();
    expect(idsOf(topology, "database")).toEqual(["database-us-east-1a", "database-us-east-1b", "database-us-east-1c"]);
    expect(idsOf(topology, "orders")).toEqual(["orders-us-east-1"]);
    expect(topology.instances[0]).toEqual({ id: "edge", component: "edge", region: null, zone: null });
  });

  test.each([
    ["backup-restore", 0, 0, 0],
    ["pilot-light", 0, 1, 3],
    ["warm-standby", 2, 1, 3],
    ["active-active", 4, 1, 3],
  ])(
    "of %s: %i tasks, %i queue and %i database members run in the second region",
    (recovery, tasks, queues, members) => {
      const topology = compile({ recovery }, "all");
      const there = (component: string): number =>
        idsOf(topology, component).filter((id) => id.includes("us-west-2")).length;
      expect([there("api"), there("orders"), there("database")]).toEqual([tasks, queues, members]);
    },
  );

  test("of the second region are left out with the primary one alone", () => {
    expect(compile().regions.map(({ name }) => name)).toEqual(["us-east-1"]);
    expect(compile().instances.some(({ id }) => id.includes("us-west-2"))).toBe(false);
  });
});

describe("links", () => {
  test("say who waits, who hands over, and who copies", () => {
    expect(compile().links).toEqual([
      { from: "edge", to: "api", mode: "synchronous" },
      { from: "api", to: "orders", mode: "asynchronous" },
      { from: "api", to: "sessions", mode: "synchronous" },
      { from: "api", to: "database", mode: "synchronous" },
      { from: "fulfilment", to: "database", mode: "synchronous" },
      { from: "orders", to: "fulfilment", mode: "asynchronous" },
      { from: "database", to: "database", mode: "replication" },
      { from: "sessions", to: "sessions", mode: "replication" },
    ]);
  });
});

describe("a journey", () => {
  test("needs all that its service uses, the queue too, and not what is behind the queue", () => {
    expect(needsOf(compile(), "order")).toEqual(["edge", "api", "orders", "database", "sessions"]);
  });

  test("that the site answers needs the edge alone", () => {
    expect(needsOf(compile(), "browse")).toEqual(["edge"]);
  });

  test("of a module needs all that the edge leads to, unless its requests are written down", () => {
    const services = { ...SHOP.services, admin: { run: "x" } };
    const edge = { ...SHOP.edge, routes: { "/admin": "admin", "/api/*": "api" } };
    const journeys = { cart: SHOP.journeys.cart, order: { ...SHOP.journeys.order, module: "./order.ts" } };
    const topology = compile({ services, edge, journeys });
    expect(needsOf(topology, "cart")).toContain("admin");
    expect(needsOf(topology, "order")).not.toContain("admin");
  });

  test("follows calls from service to service", () => {
    const services = { api: { run: "x", uses: ["prices"] }, prices: { run: "x", uses: ["database"] } };
    expect(needsOf(compile({ services, queues: {} }), "order")).toEqual(["edge", "api", "prices", "database"]);
  });

  test.each(["http", "https"])("reaches the only service of %s where there is no edge", (protocol) => {
    const services = { ...SHOP.services, api: { ...SHOP.services.api, protocol } };
    const topology = compile({ services, edge: undefined, journeys: { order: SHOP.journeys.order } });
    expect(needsOf(topology, "order")).toEqual(["api", "orders", "database", "sessions"]);
  });
});

describe("a topology", () => {
  test("has absolute folders and modules", () => {
    const topology = compile();
    expect(topology.components.find(({ id }) => id === "api")?.settings).toMatchObject({
      directory: "/srv/shop/api",
      build: "./api",
    });
    expect(topology.components.find(({ id }) => id === "fulfilment")?.settings).toMatchObject({
      directory: "/srv/shop",
      build: null,
    });
    expect(topology.components.find(({ id }) => id === "edge")?.settings).toMatchObject({ site: "/srv/shop/site" });
    expect(topology.journeys[1]?.module).toBe("/srv/shop/journeys/cart.ts");
  });

  test("says of a route whether its answers are kept", () => {
    const routes = { "/api/*": "api", "/api/products*": "api" };
    const { components } = compile({ edge: { ...SHOP.edge, routes, cache: { routes: ["/api/products*"] } } });
    expect(components.find(({ id }) => id === "edge")?.settings).toMatchObject({
      routes: [
        { pattern: "/api/*", service: "api" },
        { pattern: "/api/products*", service: "api", cached: true },
      ],
    });
  });

  test("is frozen all the way down, survives JSON, and is the same each time", () => {
    const topology = compile({}, "all");
    expect(() => Object.assign(topology.components[1]?.settings ?? {}, { run: "x" })).toThrow();
    expect(() => (topology.instances as unknown[]).push(1)).toThrow();
    expect(JSON.parse(JSON.stringify(topology))).toEqual(topology);
    expect(JSON.stringify(compile({}, "all"))).toBe(JSON.stringify(topology));
  });

  test("comes of any valid definition, and so do its blast radii", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,6}$/), { minLength: 2, maxLength: 5 });
    const shape = fc.record({
      names,
      zones: fc.integer({ min: 1, max: 6 }),
      min: fc.integer({ min: 1, max: 20 }),
      recovery: fc.constantFrom("backup-restore", "pilot-light", "warm-standby", "active-active"),
      standbys: fc.constantFrom(0, 1, 2),
    });
    let compiled = 0;
    fc.assert(
      fc.property(shape, ({ names, zones, min, recovery, standbys }) => {
        const [service = "a", ...stores] = names;
        const { definition } = validateDefinition({
          name: "shop",
          regions: {
            primary: "us-east-1",
            secondary: "us-west-2",
            zones: [..."abcdef"].slice(0, zones).map((zone) => `us-east-1${zone}`),
          },
          recovery,
          services: { [service]: { run: "x", uses: stores, scale: { min, max: 40 } } },
          databases: Object.fromEntries(stores.map((name) => [name, { synchronousStandbys: standbys }])),
          journeys: { walk: { write: "POST /x" } },
        });
        if (definition !== null) {
          compiled++;
          expectSound(definition);
        }
      }),
      { numRuns: 300 },
    );
    expect(compiled).toBeGreaterThan(100);
  });
});

function expectSound(definition: Definition): void {
  const topology = compileTopology(definition, { regions: "all", directory: "/srv" });
  const ids = topology.instances.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { component, zone, region } of topology.instances) {
    expect(topology.components.some(({ id }) => id === component)).toBe(true);
    if (zone !== null)
      expect(topology.regions.find(({ name }) => name === region)?.zones.map(({ name }) => name)).toContain(zone);
  }
  // What loses less never stops more: an instance's loss is within its zone's, a zone's within its region's.
  const radii = blastRadii(topology);
  const stopped = (id: string | null): readonly string[] =>
    radii.find(({ lost }) => lost.id === id)?.journeysLost ?? [];
  for (const { id, zone, region } of topology.instances) {
    expect(stopped(zone)).toEqual(expect.arrayContaining([...stopped(id)]));
    expect(stopped(region)).toEqual(expect.arrayContaining([...stopped(zone)]));
  }
}
