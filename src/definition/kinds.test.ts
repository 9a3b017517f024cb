import { describe, expect, test } from "vitest";
import { type Definition, validateDefinition } from "./validate.ts";

type Loose = Record<string, unknown>;

/** A system with one component of every kind that others refer to. */
function carrier(changes: Loose = {}): Loose {
  return {
    name: "carrier",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    services: { api: { run: "node api.js", uses: ["parcels"] } },
    functions: { track: { code: "./track" } },
    queues: { orders: {} },
    topics: { delivered: {} },
    buses: { events: {} },
    databases: { database: {} },
    caches: { sessions: {} },
    tables: { parcels: {} },
    buckets: { labels: {} },
    fileSystems: { documents: {} },
    volumes: { index: {} },
    ...changes,
  };
}

function problemsOf(changes: Loose): readonly string[] {
  return validateDefinition(carrier(changes)).problems.map(({ code, at }) => `${code} ${at}`);
}

function valid(changes: Loose = {}): Definition {
  const { definition, problems } = validateDefinition(carrier(changes));
  expect(problems).toEqual([]);
  if (definition === null) throw new Error("no definition without a problem");
  return definition;
}

const ONE_REGION = { regions: { primary: "us-east-1" } };
const service = (changes: Loose): Loose => ({ services: { api: { run: "node api.js", ...changes } } });
const called = (changes: Loose): Loose => ({ functions: { track: { code: "./track", ...changes } } });
const table = (changes: Loose): Loose => ({ tables: { parcels: changes } });
const bucket = (changes: Loose): Loose => ({ buckets: { labels: changes } });
const files = (changes: Loose): Loose => ({ fileSystems: { documents: changes } });
const database = (changes: Loose): Loose => ({ databases: { database: changes } });
const rule = (match: unknown, to: readonly string[] = []): Loose => ({
  buses: { events: { rules: { r: { match, to } } } },
});
const schedule = (expression: string, changes: Loose = {}): Loose => ({
  schedules: { daily: { expression, to: "track", ...changes } },
});

describe("what is left out of a kind", () => {
  test("of a table: one text as its key, on demand, no index", () => {
    expect(valid().tables["parcels"]).toEqual({
      partitionKey: { name: "id", type: "text" },
      sortKey: null,
      indexes: {},
      timeToLive: null,
      capacity: null,
      accelerator: false,
    });
  });

  test("of a bucket: where it is copied to, in one region as in two, so that a second one changes nothing", () => {
    for (const changes of [{}, ONE_REGION]) expect(valid(changes).buckets["labels"]?.replication).toBeNull();
  });

  test("of a function: Node, ten seconds, half a GiB, nothing reserved", () => {
    expect(valid().functions["track"]).toMatchObject({
      runtime: "nodejs24.x",
      handler: "index.handler",
      timeout: 10_000,
      memory: 512,
      reservedConcurrency: null,
    });
  });

  test("of a service: Fargate, HTTP, half a processor and 1 GiB", () => {
    expect(valid().services["api"]).toMatchObject({
      platform: "fargate",
      protocol: "http",
      size: { cpuMillis: 500, memoryMiB: 1_024 },
    });
  });

  test("of a task's memory: twice as many GiB as processors, which Fargate always takes", () => {
    for (const cpu of [0.25, 0.5, 1, 2, 4, 8, 16])
      expect(valid(service({ size: { cpu } })).services["api"]?.size.memoryMiB).toBe(2_048 * cpu);
  });

  test("of a database: 14 days, a class of memory, 100 GiB", () => {
    expect(valid().databases["database"]).toMatchObject({
      size: "db.r7g.large",
      storageGiB: 100,
      backupRetention: 14 * 86_400_000,
    });
  });

  test("of how it is shipped: production, networks and keys of its own, locked and tested backups", () => {
    const { stage, network, backups, alerts, trail, keys, reserveCapacity } = valid();
    expect({ stage, network, alerts, trail, keys, reserveCapacity }).toEqual({
      stage: "production",
      network: { cidrs: ["10.0.0.0/16", "10.1.0.0/16"], nat: "zone", encryption: "monitor", existing: {} },
      alerts: { emails: [], topicArns: {} },
      trail: null,
      keys: {},
      reserveCapacity: false,
    });
    expect(backups).toEqual({
      every: 86_400_000,
      keep: 35 * 86_400_000,
      lock: "governance",
      testRestores: true,
    });
  });

  test("of the cheap stage: two zones, and as many tasks", () => {
    const { regions, services } = valid({ stage: "dev" });
    expect(regions.map(({ zones }) => zones.length)).toEqual([2, 2]);
    expect(services["api"]?.scale.min).toBe(2);
  });
});

describe("a service behind a balancer", () => {
  test("follows requests under way, or requests a minute where it says so", () => {
    const scaleOf = (scale: Loose) => valid(service({ scale })).services["api"]?.scale.on;
    expect(scaleOf({})).toEqual({ metric: "concurrentRequests", target: 100 });
    expect(scaleOf({ on: { requestsPerMinute: 600 } })).toEqual({ metric: "requestsPerMinute", target: 600 });
  });

  test.each<[string, Loose, readonly string[]]>([
    [
      "two of them",
      { concurrentRequests: 5, requestsPerMinute: 600 },
      ["DEF-003 services.api.scale.on.requestsPerMinute"],
    ],
    ["none of a minute", { requestsPerMinute: 0 }, ["DEF-007 services.api.scale.on.requestsPerMinute"]],
  ])("rejects %s", (_what, on, expected) => {
    expect(problemsOf(service({ scale: { on } }))).toEqual(expected);
  });
});

describe("a service that is spoken to by TLS", () => {
  test("is one of HTTP in everything else", () => {
    const read = (protocol: string) => valid(service({ protocol, health: "/healthz" })).services["api"];
    expect(read("https")).toEqual({ ...read("http"), protocol: "https" });
    const services = { api: { run: "x", protocol: "https" }, front: { run: "x", uses: ["api"] } };
    expect(problemsOf({ services })).toEqual([]);
    expect(problemsOf({ services, accelerators: { door: { to: "api" } } })).toEqual([]);
  });

  test("is not spoken to in another way, by a name that there is not", () => {
    expect(problemsOf(service({ protocol: "HTTPS" }))).toEqual(["DEF-006 services.api.protocol"]);
  });
});

describe("a service behind TCP", () => {
  test("has a port, no path to ask for, and no requests to count", () => {
    const { services } = valid(service({ protocol: "tcp", port: 7_000 }));
    expect(services["api"]).toMatchObject({ protocol: "tcp", port: 7_000, health: null, scale: { on: null, min: 3 } });
  });

  test.each<[string, Loose, readonly string[]]>([
    ["a path", { health: "/healthz" }, ["DEF-003 services.api.health"]],
    ["a target of requests", { scale: { on: { concurrentRequests: 5 } } }, ["DEF-003 services.api.scale.on"]],
  ])("rejects %s", (_what, changes, expected) => {
    expect(problemsOf(service({ protocol: "tcp", ...changes }))).toEqual(expected);
  });

  test("cannot be used by a program, and an accelerator can lead to it", () => {
    const services = { scans: { run: "x", protocol: "tcp" }, api: { run: "x", uses: ["scans"] } };
    expect(problemsOf({ services })).toEqual(["DEF-010 services.api.uses[0]"]);
    expect(problemsOf({ services: { scans: services.scans }, accelerators: { front: { to: "scans" } } })).toEqual([]);
  });
});

describe("a queue that a function works off", () => {
  test("hides messages for six times the function's time-out unless it says otherwise", () => {
    const changes = called({ consumes: "orders", timeout: "1 minute" });
    expect(valid(changes).queues["orders"]?.visibilityTimeout).toBe(6 * 60_000);
    expect(valid({ ...changes, queues: { orders: { visibilityTimeout: "1 hour" } } }).queues["orders"]).toMatchObject({
      visibilityTimeout: 3_600_000,
    });
  });

  test("rejects less, where it is written", () => {
    const queues = { orders: { visibilityTimeout: "59 seconds" } };
    expect(problemsOf({ ...called({ consumes: "orders" }), queues })).toEqual([
      "DEF-011 queues.orders.visibilityTimeout",
    ]);
  });
});

describe("problems of the kinds", () => {
  test.each<[string, Loose, readonly string[]]>([
    [
      "too little memory on fargate",
      service({ size: { cpu: 4, memory: "4 GiB" } }),
      ["DEF-011 services.api.size.memory"],
    ],
    [
      "memory between two steps",
      service({ size: { cpu: 0.25, memory: "1536 MiB" } }),
      ["DEF-011 services.api.size.memory"],
    ],
    ["an instance on fargate", service({ size: { instance: "m7g.large" } }), ["DEF-011 services.api.size.instance"]],
    [
      "a task larger than its instance",
      service({ platform: "ec2", size: { cpu: 4, memory: "8 GiB", instance: "m7g.large" } }),
      ["DEF-011 services.api.size"],
    ],
    ["a platform that is none", service({ platform: "ecs" }), ["DEF-006 services.api.platform"]],
    ["a protocol of a worker", service({ consumes: "orders", protocol: "tcp" }), ["DEF-003 services.api.protocol"]],
    ["a volume on fargate", service({ uses: ["index"] }), ["DEF-011 services.api.uses[0]"]],
    ["a volume of a function", called({ uses: ["index"] }), ["DEF-010 functions.track.uses[0]"]],
    [
      "fsx on fargate",
      { ...service({ uses: ["documents"] }), ...files({ engine: "fsx-lustre" }) },
      ["DEF-011 services.api.uses[0]"],
    ],
    [
      "fsx of a function",
      { ...called({ uses: ["documents"] }), ...files({ engine: "fsx-lustre" }) },
      ["DEF-011 functions.track.uses[0]"],
    ],
    [
      "two mounts of a function",
      { ...called({ uses: ["documents", "more"] }), fileSystems: { documents: {}, more: {} } },
      ["DEF-011 functions.track.uses"],
    ],
    [
      "fsx-windows without a directory",
      files({ engine: "fsx-windows" }),
      ["DEF-002 fileSystems.documents.directoryId"],
    ],
    ["a directory of efs", files({ directoryId: "d-0123456789" }), ["DEF-011 fileSystems.documents.directoryId"]],
    ["a size of efs", files({ size: "100 GiB" }), ["DEF-011 fileSystems.documents.size"]],
    [
      "a size that lustre has not",
      files({ engine: "fsx-lustre", size: "3600 GiB" }),
      ["DEF-007 fileSystems.documents.size"],
    ],
    ["half a GiB of storage", { volumes: { index: { size: "1.5 GiB" } } }, ["DEF-007 volumes.index.size"]],
    [
      "snapshots every 5 hours",
      { volumes: { index: { snapshotEvery: "5 hours" } } },
      ["DEF-006 volumes.index.snapshotEvery"],
    ],
    ["storage of Aurora", database({ storage: "100 GiB" }), ["DEF-011 databases.database.storage"]],
    ["a class that Aurora has not", database({ size: "db.m7g.large" }), ["DEF-011 databases.database.size"]],
    ["36 days of backups", database({ backupRetention: "36 days" }), ["DEF-007 databases.database.backupRetention"]],
    [
      "half a day of backups",
      database({ backupRetention: "36 hours" }),
      ["DEF-007 databases.database.backupRetention"],
    ],
    ["one key twice", table({ sortKey: "id" }), ["DEF-011 tables.parcels.sortKey"]],
    [
      "an attribute of two types",
      table({ indexes: { "by-id": { partitionKey: { name: "id", type: "number" } } } }),
      ["DEF-011 tables.parcels.indexes.by-id.partitionKey"],
    ],
    ["an expiry that is a text", table({ sortKey: "at", timeToLive: "at" }), ["DEF-011 tables.parcels.sortKey"]],
    [
      "least capacity above most",
      table({ capacity: { read: { min: 5, max: 1 }, write: { min: 1, max: 5 } } }),
      ["DEF-011 tables.parcels.capacity.read"],
    ],
    [
      "objects gone before they are archived",
      bucket({ archiveAfter: "60 days", expireAfter: "30 days" }),
      ["DEF-011 buckets.labels.expireAfter"],
    ],
    ["objects archived too soon", bucket({ archiveAfter: "29 days" }), ["DEF-007 buckets.labels.archiveAfter"]],
    [
      "a copy in a region that is not there",
      { ...ONE_REGION, ...bucket({ replication: "other-region" }) },
      ["DEF-011 buckets.labels.replication"],
    ],
    [
      "a subscriber that is a service",
      { topics: { delivered: { subscribers: ["api"] } } },
      ["DEF-010 topics.delivered.subscribers[0]"],
    ],
    ["a rule to a database", rule({ source: ["x"] }, ["database"]), ["DEF-010 buses.events.rules.r.to[0]"]],
    ["a pattern without lists", rule({ source: "x" }), ["DEF-005 buses.events.rules.r.match.source"]],
    ["a pattern of no field", rule({ kind: ["x"] }), ["DEF-003 buses.events.rules.r.match.kind"]],
    ["a batch without a queue", called({ batchSize: 5 }), ["DEF-011 functions.track.batchSize"]],
    ["a runtime that is none", called({ runtime: "nodejs12.x" }), ["DEF-006 functions.track.runtime"]],
    [
      "a variable of Lambda's",
      called({ environment: { _HANDLER: "x" } }),
      ["DEF-025 functions.track.environment._HANDLER"],
    ],
    [
      "a variable of a table",
      service({ environment: { PARCELS_NAME: "x" } }),
      ["DEF-025 services.api.environment.PARCELS_NAME"],
    ],
    [
      "a function too slow for its API",
      { ...called({ timeout: "1 minute" }), httpApis: { open: { routes: { $default: "track" } } } },
      ["DEF-011 httpApis.open.routes.$default"],
    ],
    [
      "a route that is none",
      { httpApis: { open: { routes: { "FETCH /x": "track" } } } },
      ['DEF-019 httpApis.open.routes["FETCH /x"]'],
    ],
    [
      "a route to a queue",
      { httpApis: { open: { routes: { "GET /x": "orders" } } } },
      ['DEF-010 httpApis.open.routes["GET /x"]'],
    ],
    ["an accelerator of a function", { accelerators: { front: { to: "track" } } }, ["DEF-010 accelerators.front.to"]],
    ["a rate of nothing", schedule("rate(0 minutes)"), ["DEF-019 schedules.daily.expression"]],
    ["a cron of five fields", schedule("cron(0 3 * * ?)"), ["DEF-019 schedules.daily.expression"]],
    ["a cron with day and weekday", schedule("cron(0 3 * * * *)"), ["DEF-019 schedules.daily.expression"]],
    [
      "a time zone that is none",
      schedule("rate(1 hour)", { timezone: "Mars/Base" }),
      ["DEF-019 schedules.daily.timezone"],
    ],
    ["a schedule of a service", schedule("rate(1 hour)", { to: "api" }), ["DEF-010 schedules.daily.to"]],
    ["a name that a table's accelerator has", { caches: { "parcels-accelerator": {} } }, ["DEF-009 tables.parcels"]],
  ])("%s is found where it is", (_what, changes, expected) => {
    expect(problemsOf(changes)).toEqual(expected);
  });

  test("programs that use each other in a circle are told with the circle, once", () => {
    const services = { api: { run: "x", uses: ["prices"] }, prices: { run: "x", uses: ["track"] } };
    const functions = { track: { code: ".", uses: ["api"] } };
    const { problems } = validateDefinition(carrier({ services, functions }));
    expect(problems).toMatchObject([
      { code: "DEF-026", at: "services.api.uses", message: expect.stringContaining("api → prices → track → api") },
    ]);
  });

  test("programs that meet behind two ways are no circle", () => {
    const services = {
      api: { run: "x", uses: ["a", "b"] },
      a: { run: "x", uses: ["c"] },
      b: { run: "x", uses: ["c"] },
      c: { run: "x" },
    };
    expect(problemsOf({ services })).toEqual([]);
  });
});

describe("problems of how it is shipped", () => {
  const vpc = { vpcId: "vpc-0123456789abcdef0", cidr: "10.9.0.0/16" };
  const subnets = (count: number): string[] => Array.from({ length: count }, (_, at) => `subnet-0123456789abcde${at}`);
  const existing = (region: string, count: number): Loose => ({
    network: { existing: { [region]: { ...vpc, publicSubnets: subnets(3), privateSubnets: subnets(count) } } },
  });

  test.each<[string, Loose, readonly string[]]>([
    ["a stage that is none", { stage: "staging" }, ["DEF-006 stage"]],
    ["one range for two regions", { network: { cidrs: ["10.0.0.0/16"] } }, ["DEF-011 network.cidrs"]],
    ["one range twice", { network: { cidrs: ["10.0.0.0/16", "10.0.0.0/16"] } }, ["DEF-012 network.cidrs[1]"]],
    ["a range of somebody else's", { network: { cidrs: ["8.8.0.0/16", "10.1.0.0/16"] } }, ["DEF-019 network.cidrs[0]"]],
    ["a network in no region of the system", existing("eu-west-1", 3), ["DEF-013 network.existing.eu-west-1"]],
    ["a subnet too few", existing("us-east-1", 2), ["DEF-011 network.existing.us-east-1.privateSubnets"]],
    [
      "a key of another region",
      { keys: { "us-east-1": "arn:aws:kms:us-west-2:111122223333:key/mrk-1" } },
      ["DEF-019 keys.us-east-1"],
    ],
    [
      "an ARN of another service",
      { keys: { "us-east-1": "arn:aws:s3:us-east-1:111122223333:key/a" } },
      ["DEF-019 keys.us-east-1"],
    ],
    ["an address that is none", { alerts: { emails: ["on-call"] } }, ["DEF-019 alerts.emails[0]"]],
    ["backups every 5 hours", { backups: { every: "5 hours" } }, ["DEF-006 backups.every"]],
    [
      "a hosted zone that is none",
      { edge: { domain: "a.example.com", hostedZoneId: "example.com" } },
      ["DEF-019 edge.hostedZoneId"],
    ],
    [
      "a certificate of another region",
      { edge: { domain: "a.example.com", certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/a" } },
      ["DEF-019 edge.certificateArn"],
    ],
    ["an escape hatch that is no function", { aws: {} }, ["DEF-005 aws"]],
  ])("%s is found where it is", (_what, changes, expected) => {
    expect(problemsOf(changes)).toEqual(expected);
  });

  test("an existing network may leave its isolated subnets out", () => {
    expect(valid(existing("us-east-1", 3)).network.existing["us-east-1"]?.isolatedSubnets).toBeNull();
  });
});

describe("the escape hatch", () => {
  test("is a function at the top alone, and no part of the definition", () => {
    expect(valid({ aws: () => undefined })).not.toHaveProperty("aws");
    expect(problemsOf({ caches: { sessions: { aws: () => undefined } } })).toEqual(["DEF-018 caches.sessions.aws"]);
  });
});

describe("a queue with an outbox", () => {
  const queues = { queues: { orders: { acrossRegions: "outbox" } } };

  test("asks each program that puts messages in for a database or a table to keep them in", () => {
    expect(problemsOf({ ...queues, ...service({ uses: ["sessions", "orders"] }) })).toEqual([
      "DEF-011 services.api.uses[1]",
    ]);
    expect(problemsOf({ ...queues, ...called({ uses: ["orders"] }) })).toEqual(["DEF-011 functions.track.uses[0]"]);
  });

  test("is right with either of them, and asks nothing of who works it off", () => {
    valid({ ...queues, ...service({ uses: ["orders", "database"] }), ...called({ uses: ["orders", "parcels"] }) });
    valid({ ...queues, ...service({ consumes: "orders" }) });
    expect(problemsOf(service({ uses: ["orders"] }))).toEqual([]);
  });

  test("is told to programs in a variable that they cannot set themselves", () => {
    const environment = { ORDERS_ACROSS_REGIONS: "outbox" };
    expect(problemsOf(service({ environment }))).toEqual(["DEF-025 services.api.environment.ORDERS_ACROSS_REGIONS"]);
  });
});
