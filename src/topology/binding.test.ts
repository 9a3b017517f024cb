import { expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { type BindingWorld, bindings } from "./binding.ts";
import { compileTopology } from "./compile.ts";
import type { Topology } from "./topology.ts";

const WORLD: BindingWorld = {
  region: "us-east-1",
  port: 41_234,
  host: "127.1.0.7",
  database: (id) => ({
    writer: { host: `${id}.writer`, port: 5432 },
    reader: { host: `${id}.reader`, port: 5432 },
    password: "s3cret/@",
  }),
  cache: (id) => ({ host: id, port: 6379 }),
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
    DATABASE_URL: "postgres://app@database.writer:5432/app",
    DATABASE_READER_URL: "postgres://app@database.reader:5432/app",
    DATABASE_PASSWORD: "s3cret/@",
    PGPASSWORD: "s3cret/@",
    USER_SESSIONS_URL: "redis://user-sessions:6379",
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

test("with two databases no password is the default one", () => {
  const databases = { database: {}, ledger: {} };
  const bound = bindings(
    topologyOf({ databases, services: { api: { run: "x", uses: ["database", "ledger"] } } }),
    "api",
    WORLD,
  );
  expect(bound).toMatchObject({ DATABASE_PASSWORD: "s3cret/@", LEDGER_PASSWORD: "s3cret/@" });
  expect(bound).not.toHaveProperty("PGPASSWORD");
});

test("the password of a cache is part of its URL", () => {
  const world = { ...WORLD, cache: () => ({ host: "c", port: 6379, password: "a/b" }) };
  expect(bindings(topologyOf(), "api", world)["USER_SESSIONS_URL"]).toBe("redis://:a%2Fb@c:6379");
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
