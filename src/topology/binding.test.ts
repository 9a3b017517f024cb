import { expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { type BindingWorld, bindings, functionBindings } from "./binding.ts";
import { compileTopology } from "./compile.ts";
import type { Topology } from "./topology.ts";

const WORLD: BindingWorld = {
  region: "us-east-1",
  port: 41_234,
  host: "127.1.0.7",
  tls: null,
  database: (id) => ({
    writer: { host: `${id}.writer`, port: 5432 },
    reader: { host: `${id}.reader`, port: 5432 },
    user: "app",
    password: "s3cret/@",
  }),
  cache: (id) => ({ host: id, port: 6379, user: "app", password: "c@che" }),
  queueUrl: (id) => `http://127.1.128.9:9324/000000000000/${id}`,
  awsEndpoint: () => "http://127.1.128.9:9324",
};

function topologyOf(changes: Record<string, unknown> = {}): Topology {
  const definition = definitionOf({
    name: "shop",
    regions: { primary: "us-east-1" },
    services: {
      api: { run: "x", uses: ["orders", "user-sessions", "database"] },
      fulfilment: { run: "x", consumes: "orders", uses: ["database"] },
    },
    queues: { orders: {} },
    databases: { database: {} },
    caches: { "user-sessions": {} },
    ...changes,
  });
  return compileTopology(definition, { regions: "primary", directory: "/srv" });
}

test("an HTTP service is told where to listen and where everything that it uses is", () => {
  expect(bindings(topologyOf(), "api", WORLD)).toEqual({
    PORT: "41234",
    HOST: "127.1.0.7",
    ORDERS_URL: "http://127.1.128.9:9324/000000000000/orders",
    DATABASE_URL: "postgres://database.writer:5432/app",
    DATABASE_READER_URL: "postgres://database.reader:5432/app",
    DATABASE_USER: "app",
    DATABASE_PASSWORD: "s3cret/@",
    PGUSER: "app",
    PGPASSWORD: "s3cret/@",
    USER_SESSIONS_URL: "redis://user-sessions:6379",
    USER_SESSIONS_USER: "app",
    USER_SESSIONS_PASSWORD: "c@che",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL_SQS: "http://127.1.128.9:9324",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
});

test("a worker is told its queue, and no port", () => {
  const bound = bindings(topologyOf(), "fulfilment", WORLD);
  expect(Object.keys(bound)).toEqual(expect.arrayContaining(["ORDERS_URL", "DATABASE_URL"]));
  expect(bound).not.toHaveProperty("PORT");
  expect(bound).not.toHaveProperty("USER_SESSIONS_URL");
});

test("who uses or consumes a queue with an outbox is told of it, a function too", () => {
  const queues = { orders: { acrossRegions: "outbox" } };
  for (const service of ["api", "fulfilment"])
    expect(bindings(topologyOf({ queues }), service, WORLD)["ORDERS_ACROSS_REGIONS"]).toBe("outbox");
  expect(bindings(topologyOf(), "api", WORLD)).not.toHaveProperty("ORDERS_ACROSS_REGIONS");
  const functions = { print: { code: "./print", consumes: "orders" } };
  const bound = functionBindings(topologyOf({ queues, functions }), "print", WITHOUT_SECRETS);
  expect(bound["ORDERS_ACROSS_REGIONS"]).toBe("outbox");
});

test("with two databases of PostgreSQL nobody is the default one", () => {
  const databases = { database: {}, ledger: {} };
  const bound = bindings(
    topologyOf({ databases, services: { api: { run: "x", uses: ["database", "ledger"] } } }),
    "api",
    WORLD,
  );
  expect(bound).toMatchObject({ DATABASE_PASSWORD: "s3cret/@", LEDGER_PASSWORD: "s3cret/@" });
  expect(bound).not.toHaveProperty("PGPASSWORD");
  expect(bound).not.toHaveProperty("PGUSER");
});

test("on AWS itself there are no endpoints and no credentials", () => {
  const bound = bindings(topologyOf(), "api", { ...WORLD, awsEndpoint: () => undefined });
  expect(Object.keys(bound).filter((name) => name.startsWith("AWS_"))).toEqual(["AWS_REGION", "AWS_DEFAULT_REGION"]);
});

test("a service reaches another one where the world has a way", () => {
  const topology = topologyOf({ services: { api: { run: "x", uses: ["prices"] }, prices: { run: "x" } } });
  expect(bindings(topology, "api", { ...WORLD, service: () => ({ host: "p", port: 8080 }) })["PRICES_URL"]).toBe(
    "http://p:8080",
  );
  expect(() => bindings(topology, "api", WORLD)).toThrow(expect.objectContaining({ code: "TOP-001" }));
});

const EVERYTHING = {
  services: {
    api: {
      run: "x",
      uses: ["database", "books", "sessions", "parcels", "tours", "labels", "events", "sent", "print", "files"],
    },
  },
  functions: {
    print: { code: "./print", uses: ["database", "sessions", "parcels"], consumes: "jobs" },
  },
  queues: { jobs: {} },
  databases: { database: {}, books: { engine: "mysql" } },
  caches: { sessions: {} },
  tables: { parcels: { accelerator: true }, tours: {} },
  buckets: { labels: {} },
  buses: { events: { rules: {} } },
  topics: { sent: { subscribers: ["jobs"] } },
  fileSystems: { files: {} },
};

const WHOLE: BindingWorld = {
  ...WORLD,
  awsEndpoint: () => undefined,
  tls: { caFile: "/etc/ssl/ca.pem" },
  table: (id) => ({ name: `shop-${id}`, acceleratorUrl: id === "parcels" ? "daxs://dax:9111" : null }),
  nameOf: (kind, id) => `${kind}-${id}`,
  arnOf: (kind, id) => `arn:${kind}:${id}`,
};

const WITHOUT_SECRETS: BindingWorld<never> = {
  ...WHOLE,
  database: (id) => ({ ...WHOLE.database(id), user: "never shown", password: "never shown" }),
  cache: (id) => ({ host: id, port: 6379, user: "never shown", password: "never shown" }),
  secretArn: (id) => `arn:secret:${id}`,
};

test("with TLS the URLs ask for it, each engine in its own words", () => {
  expect(bindings(topologyOf(EVERYTHING), "api", WHOLE)).toMatchObject({
    DATABASE_URL: "postgres://database.writer:5432/app?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem",
    BOOKS_READER_URL: "mysql://books.reader:5432/app?ssl-mode=VERIFY_IDENTITY&ssl-ca=/etc/ssl/ca.pem",
    SESSIONS_URL: "rediss://sessions:6379",
    PGUSER: "app", // of the one database of PostgreSQL
  });
});

test("each kind is told by what its own clients ask for", () => {
  const bound = bindings(topologyOf(EVERYTHING), "api", WHOLE);
  expect(bound).toMatchObject({
    PARCELS_NAME: "shop-parcels",
    PARCELS_ACCELERATOR_URL: "daxs://dax:9111",
    TOURS_NAME: "shop-tours",
    LABELS_NAME: "bucket-labels",
    EVENTS_NAME: "bus-events",
    SENT_ARN: "arn:topic:sent",
    PRINT_ARN: "arn:function:print",
    FILES_PATH: "/mnt/files",
  });
  expect(bound).not.toHaveProperty("TOURS_ACCELERATOR_URL");
});

test("a secret stays one where the world has no text for it", () => {
  const secret = (name: string) => ({ from: name });
  const world: BindingWorld<{ from: string }> = {
    ...WHOLE,
    database: (id) => ({ ...WHOLE.database(id), user: secret("user"), password: secret("password") }),
    cache: (id) => ({ ...WHOLE.cache(id), user: secret("user"), password: secret("password") }),
  };
  expect(bindings(topologyOf(EVERYTHING), "api", world)).toMatchObject({
    DATABASE_URL: expect.stringMatching(/^postgres:\/\/database\.writer:5432/),
    DATABASE_USER: { from: "user" },
    PGPASSWORD: { from: "password" },
    SESSIONS_URL: "rediss://sessions:6379",
    SESSIONS_USER: { from: "user" },
    SESSIONS_PASSWORD: { from: "password" },
  });
});

test("a function is told where its secrets are, and none of them", () => {
  const bound = functionBindings(topologyOf(EVERYTHING), "print", WITHOUT_SECRETS);
  expect(bound).toEqual({
    DATABASE_URL: expect.stringContaining("postgres://database.writer:5432/app?"),
    DATABASE_READER_URL: expect.stringContaining("postgres://database.reader:5432/app?"),
    DATABASE_SECRET_ARN: "arn:secret:database",
    SESSIONS_URL: "rediss://sessions:6379",
    SESSIONS_SECRET_ARN: "arn:secret:sessions",
    PARCELS_NAME: "shop-parcels",
    PARCELS_ACCELERATOR_URL: "daxs://dax:9111",
    JOBS_URL: "http://127.1.128.9:9324/000000000000/jobs",
  });
});
