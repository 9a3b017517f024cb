import { expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { compileTopology } from "./compile.ts";
import { detectionSpec, healthSpec } from "./spec.ts";
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
