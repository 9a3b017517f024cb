import { expect, test } from "vitest";
import type { Topology } from "../../topology/topology.ts";
import { needsOf } from "./journey-needs.ts";

const all = ["api", "orders", "sessions", "database", "books"];
/** Only what is looked at. */
const topology = {
  components: [
    { id: "api", kind: "service", settings: { protocol: "http", consumes: null, uses: all } },
    { id: "worker", kind: "service", settings: { protocol: null, consumes: "orders", uses: ["database"] } },
    { id: "orders", kind: "queue", settings: {} },
    { id: "sessions", kind: "cache", settings: {} },
    { id: "database", kind: "database", settings: {} },
    { id: "books", kind: "database", settings: {} },
  ],
  journeys: [
    { id: "order", durability: "acknowledged", needs: all },
    { id: "cart", durability: "best-effort", needs: all },
    { id: "browse", durability: "acknowledged", needs: ["edge"] },
  ],
} as unknown as Topology;
const journey = (id: string) => topology.journeys.find((each) => each.id === id)!; // one of these

test("a write is handed to the queue, and what its workers keep is read from the readers", () => {
  const nothing = { service: "api", queues: [], writers: [], readers: [] };
  expect(needsOf(topology, journey("order"), "write")).toEqual({ ...nothing, queues: ["orders"], writers: ["books"] });
  const read = { ...nothing, readers: ["database"], writers: ["books"] };
  expect(needsOf(topology, journey("order"), "read")).toEqual(read);
});

test("what is kept as well as may be rests on caches, and what the edge answers on nothing", () => {
  expect(needsOf(topology, journey("cart"), "write")).toMatchObject({
    service: "api",
    writers: ["sessions"],
    queues: [],
  });
  expect(needsOf(topology, journey("browse"), "read")).toEqual({ service: null, queues: [], writers: [], readers: [] });
});
