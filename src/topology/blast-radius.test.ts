import { describe, expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { type BlastRadius, type Loss, blastRadii, blastRadius } from "./blast-radius.ts";
import { compileTopology } from "./compile.ts";

type Loose = Record<string, unknown>;

const SHOP = {
  name: "shop",
  regions: { primary: "us-east-1" } as Loose,
  edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" } },
  services: {
    api: { run: "node server.js", uses: ["orders", "sessions", "database"] },
    fulfilment: { run: "node worker.js", consumes: "orders", uses: ["database"] },
  },
  queues: { orders: {} },
  databases: { database: {} },
  caches: { sessions: {} },
  journeys: { order: { write: "POST /api/orders" }, browse: { read: "GET /" } },
};

function radius(kind: Loss["kind"], id: string, changes: Loose = {}): BlastRadius {
  const topology = compileTopology(definitionOf({ ...SHOP, ...changes }), { regions: "all", directory: "/srv" });
  return blastRadius(topology, { kind, id });
}

describe("in three zones with the defaults", () => {
  test("the loss of any one zone stops nothing, and loses at most what a cache had not copied yet", () => {
    for (const zone of ["us-east-1a", "us-east-1b", "us-east-1c"]) {
      expect(radius("zone", zone)).toMatchObject({ journeysLost: [], dataAtRisk: ["sessions"] });
    }
  });

  test("the loss of one database member stops nothing and loses nothing", () => {
    expect(radius("instance", "database-us-east-1a")).toEqual({
      lost: { kind: "instance", id: "database-us-east-1a" },
      journeysLost: [],
      dataAtRisk: [],
      because: [],
    });
  });

  test("the loss of a whole component stops each journey that waits for it", () => {
    expect(radius("component", "edge").journeysLost).toEqual(["order", "browse"]);
    for (const id of ["api", "orders", "database", "sessions"])
      expect(radius("component", id).journeysLost).toEqual(["order"]);
    expect(radius("component", "database").dataAtRisk).toEqual(["database"]);
    expect(radius("component", "orders").dataAtRisk).toEqual(["orders"]);
    expect(radius("component", "api").dataAtRisk).toEqual([]);
  });

  test("the loss of the workers stops nothing: what they would do waits in the queue", () => {
    expect(radius("component", "fulfilment")).toMatchObject({
      journeysLost: [],
      dataAtRisk: [],
      because: ["orders: its messages wait for a worker, for 96 h at most"],
    });
  });

  test("the loss of the region stops what is in it, and all that no other place has", () => {
    expect(radius("region", "us-east-1")).toMatchObject({
      journeysLost: ["order"],
      dataAtRisk: ["orders", "database", "sessions"],
    });
  });

  test("every component, region, zone and instance has its blast radius", () => {
    const topology = compileTopology(definitionOf(SHOP), { regions: "all", directory: "/srv" });
    expect(blastRadii(topology)).toHaveLength(topology.components.length + 1 + 3 + topology.instances.length);
  });
});

describe("asking for less", () => {
  test("a single task is a single point of failure", () => {
    const services = { ...SHOP.services, api: { ...SHOP.services.api, scale: { min: 1 } } };
    expect(radius("instance", "api-us-east-1a", { services }).journeysLost).toEqual(["order"]);
    expect(radius("zone", "us-east-1a", { services }).journeysLost).toEqual(["order"]);
    expect(radius("zone", "us-east-1b", { services }).journeysLost).toEqual([]);
  });

  test("without a synchronous standby the last writes go with the writer", () => {
    const databases = { database: { synchronousStandbys: 0 } };
    expect(radius("instance", "database-us-east-1b", { databases })).toMatchObject({
      journeysLost: [],
      dataAtRisk: ["database"],
    });
  });

  test("with two synchronous standbys out of two, writes stop with any of the three zones", () => {
    const databases = { database: { synchronousStandbys: 2 } };
    const lost = radius("zone", "us-east-1c", { databases });
    expect(lost).toMatchObject({ journeysLost: ["order"], dataAtRisk: ["sessions"] });
    expect(lost.because[0]).toBe("order: database takes no writes with 2 of the 3 that must hold each");
  });

  test("in two zones, a database that must hold each write twice stops with either", () => {
    const regions = { primary: "us-east-1", zones: ["us-east-1a", "us-east-1b"] };
    expect(radius("zone", "us-east-1b", { regions }).journeysLost).toEqual(["order"]);
  });
});

describe("with a second region", () => {
  const regions = { primary: "us-east-1", secondary: "us-west-2" };

  test("the loss of the first stops customers until the second takes over", () => {
    const lost = radius("region", "us-east-1", { regions });
    expect(lost.journeysLost).toEqual(["order"]);
    expect(lost.because).toContain("order: nothing is left of api, until us-west-2 takes over");
    expect(lost.because).toContain("database: what the other region has not received yet");
  });

  test("the loss of the second stops nothing and loses nothing", () => {
    expect(radius("region", "us-west-2", { regions })).toMatchObject({ journeysLost: [], dataAtRisk: [] });
  });

  test("both serving, the loss of either stops nothing", () => {
    const lost = radius("region", "us-east-1", { regions, recovery: "active-active" });
    expect(lost.journeysLost).toEqual([]);
    expect(lost.dataAtRisk).toEqual(["orders", "database", "sessions"]);
  });

  test("with backups alone, nothing takes over by itself", () => {
    const lost = radius("region", "us-east-1", { regions, recovery: "backup-restore" });
    expect(lost.because).toContain("order: nothing is left of api");
    expect(lost.because).toContain("database: all that no backup holds");
  });
});
