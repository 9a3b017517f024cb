import { describe, expect, test } from "vitest";
import { isUserError } from "../base/error.ts";
import { CODES } from "./codes.ts";
import { type Definition, definitionOf, validateDefinition } from "./validate.ts";

type Loose = Record<string, unknown>;

function shop(changes: Loose = {}): Loose {
  return {
    name: "shop",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" } },
    services: {
      api: { run: "node server.js", uses: ["orders", "sessions", "database"] },
      fulfilment: { run: "node worker.js", consumes: "orders", uses: ["database"] },
    },
    queues: { orders: {} },
    databases: { database: {} },
    caches: { sessions: {} },
    journeys: { order: { write: "POST /api/orders", read: "GET /api/orders/{key}" } },
    ...changes,
  };
}

function api(changes: Loose): Loose {
  const { services, ...rest } = shop();
  const { api, ...others } = services as Record<string, Loose>;
  return { ...rest, services: { api: { ...api, ...changes }, ...others } };
}

/** The problems as "CODE path", the shortest form that tells them apart. */
function problemsOf(value: unknown): readonly string[] {
  return validateDefinition(value).problems.map(({ code, at }) => `${code} ${at}`);
}

function valid(value: unknown): Definition {
  const { definition, problems } = validateDefinition(value);
  expect(problems).toEqual([]);
  if (definition === null) throw new Error("no definition without a problem");
  return definition;
}

describe("what is left out", () => {
  test("takes the highly available default", () => {
    const { services, databases, caches, queues, regions, recovery, edge } = valid(shop());
    expect(regions.map(({ zones }) => zones.length)).toEqual([3, 3]);
    expect(recovery).toBe("warm-standby");
    expect(services["api"]?.scale).toMatchObject({ min: 3, max: 9, on: { metric: "concurrentRequests" } });
    expect(services["fulfilment"]).toMatchObject({ port: null, health: null, scale: { on: { metric: "queueDepth" } } });
    expect(databases["database"]).toMatchObject({ engine: "aurora-postgresql", synchronousStandbys: 1 });
    expect(caches["sessions"]).toMatchObject({ minReplicasToWrite: 1 });
    expect(queues["orders"]).toEqual({
      maxReceives: 5,
      visibilityTimeout: 30_000,
      retention: 4 * 86_400_000,
      acrossRegions: "none",
    });
    expect(edge?.firewall).toEqual({ rateLimit: 2_000, sqlInjection: true, shieldAdvanced: false });
  });

  test("is AWS's own where it is AWS's number", () => {
    const { services } = valid(shop());
    const health = {
      path: "/",
      deepPath: null,
      interval: 10_000,
      timeout: 5_000,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    };
    expect(services["api"]?.health).toEqual(health);
  });

  test("asks for no standby that a single zone cannot have", () => {
    const { databases, caches, services } = valid(shop({ regions: { primary: "us-east-1", zones: ["us-east-1d"] } }));
    expect([databases["database"]?.synchronousStandbys, caches["sessions"]?.minReplicasToWrite]).toEqual([0, 0]);
    expect(services["api"]?.scale.min).toBe(1);
  });

  test("a time-out follows an interval that is shorter than it", () => {
    const { services, databases } = valid({
      ...api({ health: { interval: "5 seconds" } }),
      databases: { database: { detection: { interval: "1 second" } } },
    });
    expect(services["api"]?.health?.timeout).toBe(5_000);
    expect(databases["database"]?.detection.timeout).toBe(1_000);
  });

  test("objectives are in milliseconds, shares and requests a second, null where there is none", () => {
    const { objectives } = valid(
      shop({ objectives: { availability: "99.99%", peak: "500 requests/second", zone: { rto: "1 minute" } } }),
    );
    const none = { rto: null, rpo: null };
    expect(objectives).toEqual({
      availability: 0.9999,
      peak: 500,
      instance: none,
      zone: { rto: 60_000, rpo: null },
      region: none,
    });
  });

  test("a key that is undefined counts as left out", () => {
    expect(valid(api({ port: undefined })).services["api"]?.port).toBe(8080);
  });

  test("a health check can name a deep path beside the one that is used", () => {
    const health = { path: "/healthz", deepPath: "/healthz/deep" };
    expect(valid(api({ health })).services["api"]?.health).toMatchObject(health);
  });

  test("a health check can be a path alone", () => {
    expect(valid(api({ health: "/healthz" })).services["api"]?.health).toMatchObject({
      path: "/healthz",
      interval: 10_000,
    });
  });
});

describe("problems", () => {
  test.each<[string, unknown, readonly string[]]>([
    ["a missing name", shop({ name: undefined }), ["DEF-002 name"]],
    ["an unknown key", shop({ servics: {} }), ["DEF-003 servics"]],
    ["a reference to nothing", api({ uses: ["orders", "databse"] }), ["DEF-004 services.api.uses[1]"]],
    ["a value of the wrong type", api({ uses: "database" }), ["DEF-005 services.api.uses"]],
    [
      "a value that is not allowed",
      shop({ databases: { database: { engine: "oracle" } } }),
      ["DEF-006 databases.database.engine"],
    ],
    ["too large a number", api({ scale: { max: 1e9 } }), ["DEF-007 services.api.scale.max"]],
    ["a fraction", api({ port: 80.5 }), ["DEF-005 services.api.port"]],
    ["too long a time", api({ drain: "3 minutes" }), ["DEF-007 services.api.drain"]],
    ["a name that is no host name", shop({ caches: { sessions: {}, Bad_Name: {} } }), ["DEF-008 caches.Bad_Name"]],
    [
      "a name with a key of the language",
      JSON.parse('{"__proto__": {}, "constructor": {}}'),
      ["DEF-003 __proto__", "DEF-003 constructor", "DEF-002 name", "DEF-002 regions"],
    ],
    ["too long a name", shop({ name: "a".repeat(25) }), ["DEF-008 name"]],
    ["a name in two kinds", shop({ caches: { sessions: {}, orders: {} } }), ["DEF-009 caches.orders"]],
    [
      "the name of a dead-letter queue",
      shop({ queues: { orders: {}, "orders-dead-letters": {} } }),
      ["DEF-009 queues.orders-dead-letters"],
    ],
    [
      "a name whose variables clash",
      shop({ caches: { sessions: {}, "database-reader": {} } }),
      ["DEF-009 caches.database-reader"],
    ],
    [
      "a name that holds a region's",
      shop({ caches: { sessions: {}, "x-us-east-1a": {} } }),
      ["DEF-009 caches.x-us-east-1a"],
    ],
    [
      "a name that AWS's clients know",
      shop({ caches: { sessions: {}, "aws-endpoint": {} } }),
      ["DEF-009 caches.aws-endpoint"],
    ],
    ["a worker as a dependency", api({ uses: ["fulfilment"] }), ["DEF-010 services.api.uses[0]"]],
    [
      "a worker behind a route",
      shop({ edge: { domain: "a.example.com", site: ".", routes: { "/x": "fulfilment" } } }),
      ['DEF-010 edge.routes["/x"]'],
    ],
    ["a deep path that is none", api({ health: { deepPath: "deep" } }), ["DEF-019 services.api.health.deepPath"]],
    ["a minimum above the maximum", api({ scale: { min: 5, max: 2 } }), ["DEF-011 services.api.scale"]],
    [
      "a time-out above the interval",
      api({ health: { interval: "5 seconds", timeout: "6 seconds" } }),
      ["DEF-011 services.api.health.timeout"],
    ],
    [
      "more standbys than zones",
      shop({
        regions: { primary: "us-east-1", zones: ["us-east-1a", "us-east-1b"] },
        databases: { database: { synchronousStandbys: 2 } },
      }),
      ["DEF-011 databases.database.synchronousStandbys"],
    ],
    ["an entry twice", api({ uses: ["database", "database"] }), ["DEF-012 services.api.uses[1]"]],
    ["an unknown region", shop({ regions: { primary: "us-east-9" } }), ["DEF-013 regions.primary"]],
    [
      "a zone of no region",
      shop({ regions: { primary: "us-east-1", zones: ["us-east-1g"] } }),
      ["DEF-013 regions.zones[0]"],
    ],
    [
      "one region twice",
      shop({ regions: { primary: "us-east-1", secondary: "us-east-1" } }),
      ["DEF-013 regions.secondary"],
    ],
    [
      "a strategy without a second region",
      shop({ regions: { primary: "us-east-1" }, recovery: "pilot-light" }),
      ["DEF-014 recovery"],
    ],
    [
      "a request that nothing answers",
      shop({ edge: { domain: "a.example.com", routes: { "/x/*": "api" } } }),
      ["DEF-015 journeys.order.write", "DEF-015 journeys.order.read"],
    ],
    [
      "a cached route that is none",
      shop({ edge: { domain: "a.example.com", routes: { "/api/*": "api" }, cache: { routes: ["/api/x*"] } } }),
      ["DEF-004 edge.cache.routes[0]"],
    ],
    [
      "a write on a route that is only read",
      shop({ edge: { domain: "a.example.com", routes: { "/api/*": "api" }, cache: { routes: ["/api/*"] } } }),
      ["DEF-015 journeys.order.write"],
    ],
    ["a journey that does nothing", shop({ journeys: { idle: {} } }), ["DEF-002 journeys.idle"]],
    ["a write by GET", shop({ journeys: { order: { write: "GET /api/orders" } } }), ["DEF-019 journeys.order.write"]],
    ["a misspelt duration", api({ drain: "5 minuts" }), ["DEF-019 services.api.drain"]],
    [
      "a port of a worker",
      shop({ services: { api: { run: "x" }, w: { run: "x", consumes: "orders", port: 1 } } }),
      ["DEF-003 services.w.port"],
    ],
    [
      "a variable that is ours",
      api({ environment: { DATABASE_URL: "x" } }),
      ["DEF-025 services.api.environment.DATABASE_URL"],
    ],
    ["a command of two lines", api({ run: "a\nb" }), ["DEF-019 services.api.run"]],
    ["a reservation where no service has instances", shop({ reserveCapacity: true }), ["DEF-011 reserveCapacity"]],
    [
      "a reservation without a second region",
      { ...api({ platform: "ec2" }), regions: { primary: "us-east-1" }, reserveCapacity: true },
      ["DEF-011 reserveCapacity"],
    ],
    [
      "a path pattern with a newline at its end",
      shop({ edge: { domain: "a.example.com", site: ".", routes: { "/x\n": "api" } } }),
      ['DEF-019 edge.routes["/x\\n"]'],
    ],
  ])("%s is found where it is", (_what, value, expected) => {
    expect(problemsOf(value)).toEqual(expected);
  });

  test("too many tasks in all are found, though each service is within its bounds", () => {
    const services = Object.fromEntries(
      ["a", "b", "c", "d"].map((name) => [name, { run: "x", scale: { min: 80, max: 80 } }]),
    );
    expect(problemsOf({ name: "shop", regions: { primary: "us-east-1" }, services })).toEqual(["DEF-017 services"]);
  });

  test("an object that holds itself is told as that, once", () => {
    const own: Loose = {};
    own["self"] = own;
    expect(problemsOf(shop({ caches: { sessions: own } }))).toEqual(["DEF-018 caches.sessions.self"]);
  });

  test("no more are told than anyone would read", () => {
    const services = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`s${at}`, Object.fromEntries([..."abcdefghij"].map((key) => [key, 1]))]),
    );
    const { problems } = validateDefinition(shop({ services }));
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)?.message).toMatch(/^\d+ further problems are not shown$/);
  });

  test("are all told at once", () => {
    const value = {
      ...api({ uses: ["ordrs"], helth: "/", scale: { min: 9, max: 1, on: { queueDepth: 1 } } }),
      recovery: "none",
      journeys: { Bad: {} },
    };
    expect(problemsOf(value)).toEqual([
      "DEF-006 recovery",
      "DEF-003 services.api.helth",
      "DEF-004 services.api.uses[0]",
      "DEF-003 services.api.scale.on.queueDepth",
      "DEF-002 services.api.scale.on.concurrentRequests",
      "DEF-011 services.api.scale",
      "DEF-008 journeys.Bad",
      "DEF-002 journeys.Bad",
    ]);
  });

  test("show the value given and the values allowed, and what was meant", () => {
    expect(validateDefinition(api({ uses: ["databse"] })).problems).toEqual([
      {
        code: "DEF-004",
        at: "services.api.uses[0]",
        message: '"databse" names nothing (there are api, orders, database, sessions)',
        fix: 'write "database"',
      },
    ]);
  });

  test("of a hostile text are short and on one line", () => {
    const [problem] = validateDefinition(api({ drain: `\u001b[2J\n${"x".repeat(5_000)}` })).problems;
    expect(problem?.message.length).toBeLessThan(200);
    expect(problem?.message).not.toMatch(/\p{Cc}/u);
  });

  test("make one error: a single problem as it is, several as a list", () => {
    const thrownBy = (value: unknown): unknown => {
      try {
        return definitionOf(value);
      } catch (error) {
        return error;
      }
    };
    expect(thrownBy(shop({ name: 1 }))).toMatchObject({ code: "DEF-008", at: "name" });
    const several = thrownBy(null);
    expect(isUserError(several) && several.code).toBe("DEF-001");
    expect(thrownBy(shop({ name: 1, recovery: 2 }))).toMatchObject({
      code: "DEF-024",
      message: expect.stringContaining("DEF-006 recovery"),
    });
  });

  test("have codes of the table alone", () => {
    expect(Object.keys(CODES).every((code) => /^DEF-\d{3}$/.test(code))).toBe(true);
  });
});
