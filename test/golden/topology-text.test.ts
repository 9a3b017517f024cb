import { describe, expect, test } from "vitest";
import { definitionOf } from "../../src/definition/validate.ts";
import { drawBlastRadii, drawTopology } from "../../src/report/topology-text.ts";
import { blastRadii } from "../../src/topology/blast-radius.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { Topology } from "../../src/topology/topology.ts";

const SHOP = {
  name: "shop",
  regions: { primary: "us-east-1", secondary: "us-west-2" },
  edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" } },
  services: {
    api: { run: "node server.js", uses: ["orders", "sessions", "database"], scale: { min: 4 } },
    fulfilment: { run: "node worker.js", consumes: "orders", uses: ["database"] },
  },
  queues: { orders: {} },
  databases: { database: {} },
  caches: { sessions: {} },
  journeys: {
    order: { write: "POST /api/orders", read: "GET /api/orders/{key}" },
    cart: { read: "GET /api/cart", durability: "best-effort" },
    browse: { read: "GET /" },
  },
};

function topologyOf(definition: unknown): Topology {
  return compileTopology(definitionOf(definition), { regions: "all", directory: "/srv/shop" });
}

function draw(topology: Topology): string {
  return `${drawTopology(topology)}\n\n${drawBlastRadii(topology, blastRadii(topology))}\n`;
}

describe("the picture of a topology", () => {
  test("is as the file shows it", async () => {
    await expect(draw(topologyOf(SHOP))).toMatchFileSnapshot("./topology-text.txt");
  });

  test("names the single points of failure", () => {
    const services = { ...SHOP.services, api: { ...SHOP.services.api, scale: { min: 1 } } };
    const { secondary: _, ...regions } = SHOP.regions;
    const topology = topologyOf({ ...SHOP, regions, services });
    expect(drawBlastRadii(topology, blastRadii(topology))).toContain(
      "single points of failure: us-east-1a (order, cart), api-us-east-1a (order, cart)",
    );
  });

  test("keeps to 100 columns with six zones, long names and many instances", () => {
    const names = Array.from({ length: 12 }, (_, at) => `a-very-long-name-of-a-${String.fromCodePoint(97 + at)}`);
    const drawn = draw(
      topologyOf({
        name: "wide",
        regions: { primary: "us-east-1", zones: [..."abcdef"].map((zone) => `us-east-1${zone}`) },
        edge: { domain: "wide.example.com", routes: { "/*": "everything-uses-all" } },
        services: { "everything-uses-all": { run: "x", uses: names, scale: { min: 60, max: 90 } } },
        caches: Object.fromEntries(names.slice(0, 10).map((name) => [name, {}])),
        queues: Object.fromEntries(names.slice(10).map((name) => [name, {}])),
        journeys: Object.fromEntries(names.map((name) => [name, { read: "GET /" }])),
      }),
    );
    expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(drawn).toContain("● × 10");
  });

  test("of one zone and nothing but a service is drawn too", () => {
    const drawn = draw(
      topologyOf({
        name: "tiny",
        regions: { primary: "us-east-1", zones: ["us-east-1a"] },
        services: { api: { run: "x" } },
      }),
    );
    expect(drawn).toContain("us-east-1a");
    expect(drawn).not.toContain("links");
  });
});
