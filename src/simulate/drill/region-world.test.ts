import { describe, expect, test } from "vitest";
import { shopTopology, shopUnder } from "../../../test/support/shop-topology.ts";
import { seededRandom } from "../../base/random.ts";
import { findFault } from "../../fault/catalogue.ts";
import { PACES } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import { RegionRecovery } from "./region-recovery.ts";
import { type RegionView, RegionWorld } from "./region-world.ts";

const EAST = "us-east-1";
const WEST = "us-west-2";

/** A world in which everything runs, and its recovery. */
function settled(topology: Topology, seed = 1) {
  const demand = { edgePerMs: 0.025, servicePerMs: 0.017 };
  const world = new RegionWorld({ topology, pace: PACES.fast, demand }, seededRandom(seed));
  const recovery = new RegionRecovery(world);
  world.time.runUntil(10_000);
  world.directory.begin();
  world.time.runUntil(12_000);
  const strike = (fault: string): void => {
    const primitives = findFault(fault).primitives(topology, EAST);
    world.strike(primitives);
    recovery.notice(primitives);
  };
  return { world, recovery, strike, run: (ms: number) => world.time.runUntil(world.time.now() + ms) };
}

describe("a modelled world of regions", () => {
  test("serves in the first region, and the other one is as ready as its strategy has it", async () => {
    const warm = settled(await shopTopology("all")).world;
    expect([warm.isWhole(EAST), warm.isWhole(WEST), warm.answers(WEST)]).toEqual([true, true, true]);
    expect([warm.dataOf(EAST), warm.dataOf(WEST)]).toEqual(["leads", "follows"]);
    const cold = settled(await shopUnder("backup-restore")).world;
    expect([cold.answers(WEST), cold.dataOf(WEST)]).toEqual([false, "off"]);
    expect(cold.views.at(-1)?.regions[WEST]?.lacks).toContain("sessions");
  });

  test("has the region that nobody reaches lose its lease by itself, and no two regions take writes", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { world, recovery, strike, run } = settled(await shopTopology("all"), seed);
      strike("region-isolated");
      run(700);
      expect(world.leases.holds(EAST)).toBe(true);
      run(300);
      expect(world.leases.holds(EAST)).toBe(false);
      for (let look = 0; look < 200; look += 1) {
        run(100);
        expect(world.leases.holds(EAST)).toBe(false);
      }
      expect(world.leases.holds(WEST)).toBe(true);
      // Its own watcher misses the other region, and nobody hears it.
      expect(recovery.sightsLost).toHaveLength(2);
    }
  });

  test("lets a region that was left write no more, though it goes on asking", async () => {
    const topology = await shopTopology("all");
    const { world, recovery, run } = settled(topology);
    recovery.notice(findFault("switchover").primitives(topology, WEST));
    run(20_000);
    expect(recovery.last("finished")?.subject).toBe(WEST);
    expect([world.leases.holds(EAST), world.leases.holds(WEST)]).toEqual([false, true]);
    expect(new Set(world.views.at(-1)?.edges[EAST]?.servedFrom)).toEqual(new Set([WEST]));
  });

  test("leads customers over by the health checks of the DNS, before anybody has decided anything", async () => {
    const { world, recovery, strike, run } = settled(await shopTopology("all"));
    const from = world.time.now();
    strike("region-loss");
    run(5_000);
    const isLed = ({ edges }: RegionView): boolean =>
      Object.values(edges).every(({ servedFrom }) => servedFrom.every((region) => region === WEST));
    const led = world.views.find((view) => view.at > from && isLed(view));
    const lostAt = recovery.last("lost")?.at ?? 0;
    // The last of three points looks within an interval, and waits for its time-out; then the TTL is over.
    expect((led?.at ?? 0) - from).toBeGreaterThan(1_266);
    expect((led?.at ?? 0) - from).toBeLessThan(1_600 + 1_300);
    expect(lostAt - from).toBeGreaterThan(2_400);
  });

  test("keeps count of since when a copy gets nothing, until it is fed again", async () => {
    const topology = await shopTopology("all");
    const { world, run } = settled(topology);
    expect(world.behindSince(WEST)).toBeUndefined();
    const from = world.time.now();
    const paused = findFault("replication-paused").primitives(topology, EAST);
    world.strike(paused);
    run(3_000);
    expect(world.behindSince(WEST)).toBe(from);
    expect(world.answers(EAST)).toBe(true);
    world.heal(paused);
    expect(world.behindSince(WEST)).toBeUndefined();
  });
});
