import { expect, test } from "vitest";
import { defineSystem } from "./define-system.ts";
import { validateDefinition } from "./validate.ts";

function problemsOf(system: unknown): readonly string[] {
  return validateDefinition(system).problems.map(({ code, at }) => `${code} ${at}`);
}

const base = { name: "shop", regions: { primary: "us-east-1" } } as const;

test("the shop of the documentation type-checks and comes back as it is", () => {
  const shop = defineSystem({
    name: "shop",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    objectives: {
      availability: "99.99%",
      peak: "500 requests/second",
      instance: { rto: "10 seconds", rpo: "0 seconds" },
      zone: { rto: "1 minute", rpo: "0 seconds" },
      region: { rto: "15 minutes", rpo: "30 seconds" },
    },
    recovery: "warm-standby",
    edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" }, firewall: { rateLimit: 2000 } },
    services: {
      api: {
        build: "./api",
        run: "node server.js",
        port: 8080,
        health: {
          path: "/healthz",
          interval: "5 seconds",
          timeout: "2 seconds",
          unhealthyThreshold: 2,
          healthyThreshold: 2,
        },
        uses: ["orders", "sessions", "database"],
        scale: { min: 3, max: 30, on: { concurrentRequests: 50 } },
      },
      fulfilment: {
        build: "./fulfilment",
        run: "node worker.js",
        consumes: "orders",
        uses: ["database"],
        scale: { min: 3, max: 30, on: { queueDepth: 100 } },
      },
    },
    queues: { orders: { maxReceives: 5 } },
    databases: { database: { engine: "aurora-postgresql" } },
    caches: { sessions: {} },
    journeys: {
      order: { write: "POST /api/orders", read: "GET /api/orders/{key}" },
      cart: { module: "./journeys/cart.ts", durability: "best-effort" },
      browse: { read: "GET /" },
    },
  });
  expect(shop.services?.fulfilment?.consumes).toBe("orders");
  expect(problemsOf(shop)).toEqual([]);
});

// The first half of what follows is held by `npm run types`: each line below an expectation must not compile.
test("a reference that names nothing is a compile error at that string, and a problem at that path", () => {
  const wrongUses = defineSystem({
    ...base,
    services: {
      api: {
        run: "node server.js",
        // @ts-expect-error databse is no component
        uses: ["orders", "databse"],
      },
      worker: {
        run: "node worker.js",
        // @ts-expect-error a database is no queue
        consumes: "database",
      },
    },
    queues: { orders: {} },
    databases: { database: {} },
  });
  const wrongRoute = defineSystem({
    ...base,
    edge: {
      domain: "shop.example.com",
      // @ts-expect-error apy is no service
      routes: { "/api/*": "apy" },
    },
    services: { api: { run: "node server.js" } },
  });
  const nothingToUse = defineSystem({
    ...base,
    services: {
      api: {
        run: "node server.js",
        // @ts-expect-error there is nothing to use
        uses: ["database"],
      },
    },
  });
  expect(problemsOf(wrongUses)).toEqual(["DEF-004 services.api.uses[1]", "DEF-010 services.worker.consumes"]);
  expect(problemsOf(wrongRoute)).toEqual(['DEF-004 edge.routes["/api/*"]']);
  expect(problemsOf(nothingToUse)).toEqual(["DEF-004 services.api.uses[0]"]);
});

test("a misspelt unit, key or value is a compile error, and a problem at its path", () => {
  const wrongUnit = defineSystem({
    ...base,
    services: {
      api: {
        run: "node server.js",
        // @ts-expect-error no such unit
        drain: "5 minuts",
      },
    },
  });
  const wrongKey = defineSystem({
    ...base,
    services: {
      api: {
        run: "node server.js",
        // @ts-expect-error no such key
        helth: "/healthz",
      },
    },
  });
  const wrongValues = defineSystem({
    ...base,
    // @ts-expect-error no such strategy
    recovery: "cold-standby",
    // @ts-expect-error a request begins with its method
    journeys: { browse: { read: "/" } },
    services: { api: { run: "node server.js" } },
  });
  expect(problemsOf(wrongUnit)).toEqual(["DEF-019 services.api.drain"]);
  expect(problemsOf(wrongKey)).toEqual(["DEF-003 services.api.helth"]);
  expect(problemsOf(wrongValues)).toEqual(["DEF-006 recovery", "DEF-019 journeys.browse.read"]);
});

test("a reference of any kind is checked at that very string", () => {
  const wrong = defineSystem({
    ...base,
    services: {
      api: { run: "x", uses: ["parcels", "track"], protocol: "tcp" },
      heavy: { run: "x", platform: "ec2", uses: ["index"], size: { cpu: 1, memory: "2 GiB", instance: "m7g.large" } },
    },
    functions: {
      track: {
        code: "./track",
        // @ts-expect-error parcel is no component
        uses: ["parcel"],
        // @ts-expect-error a topic is no queue
        consumes: "delivered",
      },
    },
    httpApis: {
      open: {
        routes: {
          "GET /parcels/{id}": "track",
          // @ts-expect-error trak is no function
          $default: "trak",
        },
      },
    },
    schedules: {
      // @ts-expect-error repord is no function
      nightly: { expression: "rate(1 day)", to: "repord" },
    },
    accelerators: {
      // @ts-expect-error a function is no service
      front: { to: "track" },
    },
    topics: {
      // @ts-expect-error order is no queue
      delivered: { subscribers: ["order"] },
    },
    // @ts-expect-error nobody is no target
    buses: { events: { rules: { all: { match: { source: ["x"] }, to: ["nobody"] } } } },
    queues: { orders: {} },
    tables: { parcels: {} },
    volumes: { index: {} },
  });
  expect(problemsOf(wrong)).toEqual([
    "DEF-004 functions.track.uses[0]",
    "DEF-010 functions.track.consumes",
    "DEF-004 httpApis.open.routes.$default",
    "DEF-010 accelerators.front.to",
    "DEF-004 schedules.nightly.to",
    "DEF-004 topics.delivered.subscribers[0]",
    "DEF-004 buses.events.rules.all.to[0]",
  ]);
});

test("a size, an expression and a route have their form", () => {
  const wrong = defineSystem({
    ...base,
    services: {
      api: {
        run: "x",
        // @ts-expect-error GB is no unit
        size: { memory: "2 GB" },
      },
    },
    // @ts-expect-error an expression says how
    schedules: { nightly: { expression: "every day", to: "orders" } },
    // @ts-expect-error a route begins with its method
    httpApis: { open: { routes: { "/parcels": "api" } } },
    queues: { orders: {} },
  });
  expect(problemsOf(wrong)).toEqual([
    "DEF-019 services.api.size.memory",
    'DEF-019 httpApis.open.routes["/parcels"]',
    "DEF-019 schedules.nightly.expression",
  ]);
});

test("the escape hatch takes stacks that are known more closely", () => {
  interface Known {
    readonly regions: Readonly<Record<string, Readonly<Record<"network" | "data", { readonly stackName: string }>>>>;
    readonly global: object | null;
    readonly recovery: object;
  }
  const shop = defineSystem({
    ...base,
    aws(stacks: Known) {
      return stacks.regions["us-east-1"]?.network.stackName;
    },
  });
  const loose = defineSystem({ ...base, aws: (stacks) => void Object.keys(stacks.regions) });
  // @ts-expect-error a number is nothing that is handed over
  const wrong = defineSystem({ ...base, aws: (_stacks: number) => undefined });
  for (const each of [shop, loose, wrong]) expect(problemsOf(each)).toEqual([]);
});
