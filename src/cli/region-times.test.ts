import { expect, test } from "vitest";
import { loadDefinition } from "../definition/load.ts";
import { stagesOf } from "../control/recovery/stages.ts";
import { compileTopology } from "../topology/compile.ts";
import type { RecoveryStrategy, Topology } from "../topology/topology.ts";
import { regionTimes } from "./region-times.ts";

async function shop(recovery: RecoveryStrategy): Promise<Topology> {
  const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
  return { ...compileTopology(definition, { regions: "all", directory }), recovery };
}

/** What AWS takes over the stages of a failover, in minutes. */
async function minutes(recovery: RecoveryStrategy): Promise<number> {
  const times = regionTimes(await shop(recovery));
  const stages = stagesOf("failover", recovery).map((name) => times[`recovery ${name}`] ?? 0);
  return stages.reduce((sum, ms) => sum + ms, 0) / 60_000;
}

test("the more of a region stands ready, the less AWS has to do when it takes over", async () => {
  const taken = await Promise.all(
    (["backup-restore", "pilot-light", "warm-standby", "active-active"] as const).map(minutes),
  );
  expect(taken).toEqual(taken.toSorted((a, b) => b - a));
  expect(new Set(taken).size).toBe(4);
});

test("a decision has a person's time", async () => {
  expect(regionTimes(await shop("warm-standby"))["recovery decide"]).toBe(600_000);
});
