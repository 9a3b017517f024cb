import { expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { compileTopology } from "./compile.ts";
import {
  detectionSpec,
  documentedFailoverMs,
  endpointTtlMs,
  healthSpec,
  healthyAfterMs,
  zoneWatchSpec,
} from "./spec.ts";
import { PACES } from "./timing.ts";
import { findComponent } from "./topology.ts";

const topology = compileTopology(
  definitionOf({
    name: "shop",
    regions: { primary: "us-east-1" },
    services: {
      api: { run: "x", health: { interval: "5 seconds", timeout: "2 seconds" } },
      worker: { run: "x", consumes: "orders" },
    },
    queues: { orders: {} },
    databases: { database: {} },
  }),
  { regions: "primary", directory: "/srv" },
);
const [api, worker] = ["api", "worker"].map((id) => findComponent(topology, "service", id));
const database = findComponent(topology, "database", "database");

test("a health check runs at the pace, and its time-out never falls below what a busy machine needs", () => {
  if (!api) throw new Error("no api");
  expect(healthSpec(api, PACES.aws)).toEqual({
    intervalMs: 5_000,
    timeoutMs: 2_000,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  });
  expect(healthSpec(api, PACES.fast)).toMatchObject({ intervalMs: 500, timeoutMs: 250 });
});

test("a worker is not probed", () => {
  if (!worker) throw new Error("no worker");
  expect(healthSpec(worker, PACES.fast)).toBeNull();
});

test("a member is seen again after a single answer", () => {
  if (!database) throw new Error("no database");
  expect(detectionSpec(database, PACES.fast)).toEqual({
    intervalMs: 500,
    timeoutMs: 250,
    healthyThreshold: 1,
    unhealthyThreshold: 2,
  });
});

test("a zone is missed after three probes, a name is kept for its TTL, and a proxy's for no time, at the pace", () => {
  if (!database || !api) throw new Error("neither database nor api");
  expect(zoneWatchSpec(PACES.fast)).toMatchObject({ intervalMs: 500, timeoutMs: 250, unhealthyThreshold: 3 });
  const { endpointTtlMs: ttlMs } = database.settings;
  expect([PACES.aws, PACES.fast].map((pace) => endpointTtlMs(database, pace))).toEqual([ttlMs, ttlMs / 10]);
  const proxied = { ...database, settings: { ...database.settings, endpoint: "proxy" } } as const;
  expect(endpointTtlMs(proxied, PACES.aws)).toBe(0);
  expect(healthyAfterMs(api.settings.health, PACES.fast)).toBe(2_500);
  expect(healthyAfterMs(null, PACES.fast)).toBe(0);
});

test("a failover takes what AWS documents of the engine, the longer end of a range", () => {
  if (!database) throw new Error("no database");
  const taking = (engine: "aurora-postgresql" | "postgresql"): number =>
    documentedFailoverMs({ ...database, settings: { ...database.settings, engine } });
  expect([taking("aurora-postgresql"), taking("postgresql")]).toEqual([30_000, 120_000]);
});
