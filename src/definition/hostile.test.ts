import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { CODES } from "./codes.ts";
import { validateDefinition } from "./validate.ts";

/** A definition that uses every key there is. */
const FULL = {
  name: "shop",
  regions: { primary: "us-east-1", secondary: "us-west-2", zones: ["us-east-1a", "us-east-1b"] },
  objectives: { availability: "99.99%", peak: "500 requests/second", zone: { rto: "1 minute", rpo: "0 seconds" } },
  recovery: "warm-standby",
  edge: {
    domain: "shop.example.com",
    site: "./site",
    routes: { "/api/*": "api" },
    firewall: { rateLimit: 2000, sqlInjection: true, shieldAdvanced: true },
    hostedZoneId: "Z0123456789",
    certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/a",
    origin: { connectionTimeout: "1 second", connectionAttempts: 2, responseTimeout: "5 seconds" },
    cache: { defaultTtl: "1 hour", staleIfError: "1 day" },
    dnsTtl: "10 seconds",
    dnsHealthCheck: { interval: "10 seconds", threshold: 2 },
  },
  services: {
    api: {
      build: "./api",
      run: "node server.js",
      port: 8080,
      health: {
        path: "/healthz",
        interval: "5 seconds",
        timeout: "2 seconds",
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      uses: ["orders", "sessions", "database", "desks", "index", "events", "track"],
      scale: { min: 3, max: 30, on: { concurrentRequests: 50 }, outCooldown: "10 seconds", inCooldown: "1 minute" },
      drain: "10 seconds",
      platform: "ec2",
      protocol: "http",
      size: { cpu: 1, memory: "2 GiB", instance: "m7g.large" },
      environment: { LOG: "debug" },
    },
    fulfilment: { run: "node worker.js", consumes: "orders", uses: ["database"], scale: { on: { queueDepth: 100 } } },
  },
  queues: { orders: { maxReceives: 5, visibilityTimeout: "1 minute", retention: "1 day" } },
  databases: {
    database: {
      engine: "postgresql",
      endpoint: "proxy",
      endpointTtl: "5 seconds",
      synchronousStandbys: 1,
      detection: { interval: "2 seconds" },
      size: "db.m7g.large",
      storage: "50 GiB",
      backupRetention: "7 days",
    },
  },
  caches: {
    sessions: {
      engine: "redis",
      minReplicasToWrite: 1,
      endpointTtl: "5 seconds",
      detection: { timeout: "1 second" },
      size: "cache.m7g.large",
    },
  },
  functions: {
    track: {
      code: "./track",
      handler: "index.track",
      runtime: "nodejs24.x",
      uses: ["parcels", "labels"],
      consumes: "orders",
      batchSize: 5,
      timeout: "10 seconds",
      memory: "1 GiB",
      reservedConcurrency: 5,
      environment: { LOG: "debug" },
    },
  },
  httpApis: {
    open: { routes: { "GET /x/{id}": "track", $default: "api" }, throttle: { requestsPerSecond: 5, burst: 5 } },
  },
  accelerators: { front: { to: "api" } },
  schedules: { daily: { expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin", to: "orders" } },
  topics: { delivered: { subscribers: ["orders", "track"] } },
  buses: {
    events: { rules: { all: { match: { source: ["x"], detail: { a: [1] } }, to: ["delivered"] } }, archive: "9 days" },
  },
  tables: {
    parcels: {
      partitionKey: "id",
      sortKey: { name: "at", type: "number" },
      indexes: { "by-day": { partitionKey: "day" } },
      timeToLive: "expires",
      capacity: { read: { min: 1, max: 5 }, write: { min: 1, max: 5 } },
      accelerator: true,
    },
  },
  buckets: {
    labels: { replication: "same-region", keepFormer: "1 day", archiveAfter: "30 days", expireAfter: "60 days" },
  },
  fileSystems: { desks: { engine: "fsx-windows", size: "100 GiB", directoryId: "d-0123456789" } },
  volumes: { index: { size: "10 GiB", snapshotEvery: "6 hours", keep: 3 } },
  stage: "production",
  network: {
    cidrs: ["10.0.0.0/16", "10.1.0.0/16"],
    nat: "regional",
    existing: {
      "us-east-1": {
        vpcId: "vpc-01234567",
        cidr: "10.9.0.0/16",
        publicSubnets: ["subnet-01234567", "subnet-01234568"],
        privateSubnets: ["subnet-01234561", "subnet-01234562"],
      },
    },
  },
  backups: { every: "12 hours", keep: "30 days", lock: "off", testRestores: false },
  alerts: { emails: ["a@example.com"], topicArns: { "us-east-1": "arn:aws:sns:us-east-1:111122223333:alarms" } },
  trail: "main-trail",
  keys: { "us-east-1": "arn:aws:kms:us-east-1:111122223333:key/mrk-1" },
  reserveCapacity: true,
  journeys: {
    order: { write: "POST /api/orders", read: "GET /api/orders/{key}", weight: 2 },
    cart: { module: "./cart.ts", durability: "best-effort" },
  },
};

type Node = Record<string, unknown>;

/** All objects and lists in `value`, itself included. */
function nodesIn(value: unknown): readonly Node[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(nodesIn)];
}

const throwing = (): never => {
  throw new Error("mine");
};

function cyclic(): unknown {
  const value: Node = {};
  value["self"] = [value];
  return value;
}

/** An object that has another one like it under every key that is asked for. */
function endless(): unknown {
  return new Proxy(
    {},
    {
      ownKeys: () => ["api", "a", "b", "c", "d"],
      getOwnPropertyDescriptor: () => ({ value: endless(), enumerable: true, configurable: true, writable: true }),
    },
  );
}

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const HOSTILE: readonly (() => unknown)[] = [
  cyclic,
  endless,
  revoked,
  () => new Proxy({}, { ownKeys: throwing }),
  () => new Proxy({}, { getPrototypeOf: throwing }),
  () => new Proxy([], { get: throwing }),
  () => new Proxy([1], { get: (_target, key) => (key === "length" ? Number.NaN : 1) }),
  () => new Proxy([1], { get: (_target, key) => (key === "length" ? -1 : 1) }),
  () => new Proxy({}, { ownKeys: () => { throw Object.create(null); } }), // prettier-ignore
  () => ({ get api() { return throwing(); } }), // prettier-ignore
  () => Object.create({ inherited: 1 }) as unknown,
  () => JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
  () => ({ constructor: null, toString: throwing, valueOf: throwing, toJSON: throwing }),
  () => ({ [Symbol("secret")]: 1, [Symbol.toPrimitive]: throwing }),
  () => Array.from({ length: 20_000 }, () => ({})),
  () => Object.assign([], { length: 2 ** 32 - 1 }),
  () => Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, {}])),
  () => "x".repeat(1_000_000),
  () => `${"9".repeat(5_000)} seconds`,
  () => `/${"*a".repeat(120)}`,
  () => `${"a.".repeat(5_000)}com`,
  () => Symbol("secret"),
  () => 10n ** 100n,
  () => Number.NaN,
  () => -0,
  () => new Date(Number.NaN),
  () => new Map([["api", {}]]),
  () => throwing,
  () => Map,
  () => Promise.resolve({}),
  () => new Proxy(() => 1, { getPrototypeOf: throwing }),
];

/** Makers of values: the library would trip over some of the values themselves. */
const anyValue: fc.Arbitrary<() => unknown> = fc.oneof(
  constantly(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
    }),
  ),
  constantly(fc.constantFrom("api", "orders", "database", "0 seconds", "1 day", "us-east-1", "constructor")),
  constantly(fc.constantFrom(0, -1, 1, 3, 1e9, 0.5, true, null, "", {}, [])),
  fc.constantFrom(...HOSTILE),
);

function constantly(values: fc.Arbitrary<unknown>): fc.Arbitrary<() => unknown> {
  return values.map((value) => () => value);
}

type Mutation = {
  readonly node: number;
  readonly key: number;
  readonly how: "replace" | "remove" | "rename" | "add";
  readonly name: string;
  readonly make: () => unknown;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  node: fc.nat(150),
  key: fc.nat(10),
  how: fc.constantFrom("replace", "replace", "remove", "rename", "add"),
  name: fc.oneof(
    fc.string(),
    fc.constantFrom("api", "orders", "uses", "__proto__", "edge", "us-east-1a", "scale", "min"),
  ),
  make: anyValue,
});

function mutate(nodes: readonly Node[], { node, key, how, name, make }: Mutation): void {
  const target = nodes[node % nodes.length];
  if (target === undefined || (Array.isArray(target) && name === "length")) return; // no list takes any length
  const keys = Object.keys(target);
  const old = keys[key % Math.max(1, keys.length)] ?? name;
  if (how === "rename")
    Object.defineProperty(target, name, { value: target[old], enumerable: true, configurable: true, writable: true });
  if (how === "remove" || how === "rename") delete target[old];
  if (how === "replace") target[old] = make();
  if (how === "add")
    Object.defineProperty(target, name, { value: make(), enumerable: true, configurable: true, writable: true });
}

/** What holds of the answer to any value. */
function expectAnswer(value: unknown): "valid" | "problems" {
  const { definition, problems } = validateDefinition(value);
  if (definition !== null) {
    expect(problems).toEqual([]);
    expect(() => JSON.stringify(definition)).not.toThrow();
    const tasks = Object.values(definition.services).reduce((sum, { scale }) => sum + scale.min, 0);
    expect(tasks).toBeLessThanOrEqual(300);
    return "valid";
  }
  expect(problems.length).toBeGreaterThan(0);
  for (const { code, at, message, fix } of problems) {
    expect(CODES).toHaveProperty(code);
    expect(at).not.toBe("");
    expect(`${at}${message}${fix}`).not.toMatch(/\p{Cc}/u);
    expect(message.length + fix.length).toBeLessThan(2_000);
  }
  return "problems";
}

describe("a hostile definition", () => {
  test("the unmutated one is valid", () => {
    expect(validateDefinition(FULL).problems).toEqual([]);
  });

  test.each(HOSTILE.map((make, index) => [index, make] as const))(
    "number %i, as the whole or as a part, is a problem and no error",
    (_index, make) => {
      expect(expectAnswer(make())).toBe("problems");
      for (const key of Object.keys(FULL)) expect(expectAnswer({ ...FULL, [key]: make() })).toBe("problems");
    },
  );

  test("6,000 mutated definitions each give problems or a valid system, and none takes long", () => {
    const seen = { valid: 0, problems: 0 };
    let slowestMs = 0;
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const definition = structuredClone(FULL);
        const nodes = nodesIn(definition); // before there is anything hostile in it
        for (const each of mutations) mutate(nodes, each);
        const started = systemClock.now();
        seen[expectAnswer(definition)]++;
        slowestMs = Math.max(slowestMs, systemClock.now() - started);
      }),
      { numRuns: 6_000 }, // a failure prints its seed and the shrunk mutations
    );
    expect(seen.problems).toBeGreaterThan(1_000);
    expect(seen.valid).toBeGreaterThan(100);
    expect(slowestMs).toBeLessThan(2_000);
  });

  test("leaves the prototypes of the language alone", () => {
    validateDefinition(JSON.parse('{"__proto__": {"polluted": 1}, "services": {"__proto__": {"polluted": 1}}}'));
    expect({}).not.toHaveProperty("polluted");
  });
});
