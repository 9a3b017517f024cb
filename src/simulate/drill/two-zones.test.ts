import { expect, test } from "vitest";
import { overTwoZones } from "../../../test/support/shop-topology.ts";
import type { DrillPrediction } from "../../base/prediction.ts";
import { findFault } from "../../fault/catalogue.ts";
import { PACES } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import { predictOneRegionDrill } from "./one-region.ts";

const HEALED_AFTER_MS = 20_000;

/** An example over two zones. `copies`: in how many standbys its stores must have each write. */
async function twoZones(example: "shop" | "notes", copies: 0 | 1): Promise<Topology> {
  const topology = await overTwoZones(example, "primary");
  const components = topology.components.map((component) => {
    if (component.kind === "database")
      return { ...component, settings: { ...component.settings, synchronousStandbys: copies } };
    if (component.kind === "cache")
      return { ...component, settings: { ...component.settings, minReplicasToWrite: copies } };
    return component;
  });
  return { ...topology, components };
}

function predict(topology: Topology, name: string): DrillPrediction {
  const prediction = predictOneRegionDrill({
    topology,
    fault: findFault(name),
    target: name === "database-isolated" ? "primary of database" : "us-east-1a",
    pace: PACES.fast,
    customers: { rate: 50, attempts: 3, attemptMs: 1_000, backoffMs: [200, 400], readShare: 1 / 3 },
    steadyMs: 2_500,
    observeMs: 5_000,
    observeAtMostMs: HEALED_AFTER_MS,
    seed: 1,
  });
  if (prediction === null) throw new Error(`nothing is said of ${name}`);
  return prediction;
}

const promoted = ({ stages }: DrillPrediction): readonly string[] =>
  stages
    .filter(({ name }) => name === "promote")
    .map(({ component }) => component)
    .toSorted();

test("a system over two zones recovers from the loss of one long before that is undone", async () => {
  const topology = await twoZones("shop", 0);
  for (const name of ["zone-loss", "zone-black-hole"]) {
    const prediction = predict(topology, name);
    expect(promoted(prediction)).toEqual(["database", "sessions"]);
    expect(prediction.recoveryTimeMs[1]).toBeLessThan(HEALED_AFTER_MS / 2);
  }
});

test("where the only standby must have each write, another is promoted as soon, and waits for the heal", async () => {
  const topology = await twoZones("notes", 1);
  for (const name of ["zone-loss", "database-isolated"]) {
    const prediction = predict(topology, name);
    expect(promoted(prediction)).toEqual(["database"]);
    const detected = prediction.stages.find((stage) => stage.name === "detect" && stage.component === "database");
    expect(detected?.ms[1]).toBeLessThan(HEALED_AFTER_MS / 2);
    expect(prediction.recoveryTimeMs[0]).toBeGreaterThan(HEALED_AFTER_MS);
  }
});

test("nobody is promoted where two zones have lost each other alone: what is beside them sees both", async () => {
  const topology = await twoZones("shop", 0);
  for (const name of ["zone-partition", "zone-partition-one-way"])
    expect(promoted(predict(topology, name))).toEqual([]);
});
