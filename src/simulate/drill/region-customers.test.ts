import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import type { Action } from "../../base/journal.ts";
import { PACES } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import { answerIn, demandOf, pathsOf } from "./region-customers.ts";
import type { EdgeCondition, RegionCondition, RegionView, Way } from "./region-world.ts";

const WELL: RegionCondition = { isReached: true, lacks: new Set(), isWritable: true };
const LOST: RegionCondition = { isReached: false, lacks: new Set(["api", "orders", "database"]), isWritable: false };
const EAST = "us-east-1";
const WEST = "us-west-2";
const LED_EAST: EdgeCondition = { isUp: true, servedFrom: Array.from({ length: 8 }, () => EAST) };
const wayTo = (edge: string): Way => ({ edges: Array.from({ length: 8 }, () => edge), isNameSlow: false });

function viewOf(east: RegionCondition, west: RegionCondition, changes: Partial<RegionView> = {}): RegionView {
  return {
    at: 0,
    ways: { [EAST]: wayTo(EAST), [WEST]: wayTo(WEST) },
    edges: { [EAST]: LED_EAST, [WEST]: LED_EAST },
    regions: { "us-east-1": east, "us-west-2": west },
    isCrowded: false,
    ...changes,
  };
}

/** How a customer of the shop near the first region fares. */
function fares(topology: Topology, view: RegionView, asked: { readonly journey: string; readonly action: Action }) {
  const journey = topology.journeys.find(({ id }) => id === asked.journey)!; // one of the shop's
  const paths = pathsOf(topology, PACES.fast);
  return answerIn(view, paths, { journey, action: asked.action, at: 0, customer: 0, turn: 0 });
}

const ORDER = { journey: "order", action: "write" } as const;
const LOOK = { journey: "order", action: "read" } as const;

describe("a customer of a system over regions", () => {
  test("waits in vain for a region that is gone: a write once, a read at every address that it has", async () => {
    const topology = await shopTopology("all");
    const lost = viewOf(LOST, LOST);
    expect(fares(topology, lost, ORDER)).toEqual({ ok: false, tookMs: 500 });
    expect(fares(topology, lost, LOOK)).toEqual({ ok: false, tookMs: 1_500 });
    expect(fares(topology, lost, { journey: "browse", action: "read" }).ok).toBe(true);
  });

  test("has a read answered by the other region where that runs already, and not where it does not", async () => {
    const topology = await shopTopology("all");
    const lost = viewOf(LOST, WELL);
    expect(fares(topology, lost, LOOK).ok).toBe(true);
    expect(fares({ ...topology, recovery: "pilot-light" }, lost, LOOK).ok).toBe(false);
  });

  test("places an order without a database that takes writes, as its workers write it later", async () => {
    const topology = await shopTopology("all");
    const readOnly = viewOf({ ...WELL, isWritable: false }, WELL);
    expect(fares(topology, readOnly, ORDER).ok).toBe(true);
    const direct = topology.components.filter(({ id }) => id !== "fulfilment");
    expect(fares({ ...topology, components: direct }, readOnly, ORDER).ok).toBe(false);
  });

  test("is late where processors are crowded, and turned away at once where an edge location is gone", async () => {
    const topology = await shopTopology("all");
    expect(fares(topology, viewOf(WELL, WELL), ORDER).tookMs).toBeLessThan(50);
    expect(fares(topology, viewOf(WELL, WELL, { isCrowded: true }), ORDER).tookMs).toBeGreaterThan(150);
    const edges = { [EAST]: { ...LED_EAST, isUp: false }, [WEST]: LED_EAST };
    expect(fares(topology, viewOf(WELL, WELL, { edges }), ORDER)).toMatchObject({ ok: false, silent: true });
  });

  test("looks up the edge with everything that they do, and their edge location a service with less", async () => {
    const topology = await shopTopology("all");
    const { edgePerMs, servicePerMs } = demandOf(topology, pathsOf(topology, PACES.fast), 50);
    expect(edgePerMs).toBeCloseTo(0.025);
    expect(servicePerMs).toBeCloseTo(0.025 * (2 / 3)); // two of three journeys
  });
});
