import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import type { DrillPrediction } from "../../base/prediction.ts";
import { BACKUP_ENGINE } from "../../facts/machine.ts";
import { findFault } from "../../fault/catalogue.ts";
import { PACES } from "../../topology/timing.ts";
import { predictOneRegionDrill } from "./one-region.ts";

const topology = await shopTopology("primary");

/** As `holdfast drill` has it at its usual pace; customers at the rate that was asked for. */
function predict(name: string, rate = 50, observeAtMostMs = 20_000): DrillPrediction {
  const fault = findFault(name);
  const prediction = predictOneRegionDrill({
    topology,
    fault,
    target: fault.targets(topology)[0] ?? "nothing",
    pace: PACES.fast,
    customers: {
      rate: rate * (fault.rateShare ?? 1),
      attempts: 3,
      attemptMs: 1_000,
      backoffMs: [200, 400],
      readShare: 1 / 3,
    },
    steadyMs: 2_500,
    observeMs: 5_000,
    observeAtMostMs,
    seed: 1,
  });
  if (prediction === null) throw new Error(`nothing is said of ${name}`);
  return prediction;
}

const stage = ({ stages }: DrillPrediction, wanted: string): readonly [number, number] | undefined =>
  stages.find(({ name }) => name === wanted)?.ms;

describe("the prediction of a restore", () => {
  const predicted = predict("restore");

  test("is the time until somebody decides, what backups take, and a moment until the databases serve", () => {
    expect(predicted.stages.map(({ component, name }) => `${component} ${name}`)).toEqual([
      "database decide",
      "database restore",
      "database replace",
    ]);
    expect(stage(predicted, "decide")?.[0]).toBeGreaterThanOrEqual(5_000);
    const [low, high] = BACKUP_ENGINE.restore.value;
    expect(predicted.recoveryTimeMs[0]).toBeGreaterThan(5_000 + low);
    expect(predicted.recoveryTimeMs[1]).toBeLessThan(7_500 + high);
    expect(predicted.journeys["cart"]?.medianMs, "it needs the database that is gone").toBeGreaterThan(5_000 + low);
    expect(predicted.journeys["browse"]?.medianMs).toBe(0);
  });

  test("gives up what was written meanwhile: twice as much where twice as many customers come", () => {
    const [low, high] = predicted.lost;
    expect(low).toBeGreaterThan(40);
    expect(high).toBeLessThan(120);
    const [lowOfTwice, highOfTwice] = predict("restore", 100).lost;
    expect(lowOfTwice + highOfTwice).toBeGreaterThan(1.7 * (low + high));
    expect(lowOfTwice + highOfTwice).toBeLessThan(2.3 * (low + high));
  });
});

test("a failover during a backup is one as ever, noticed later by what the backup takes to begin", () => {
  const [during, ever] = [predict("failover-during-backup"), predict("database-crash")];
  expect(during.recoveryTimeMs).toEqual(ever.recoveryTimeMs);
  expect(stage(during, "promote")?.[0]).toBeGreaterThan(0);
  const laterBy = [0, 1].map((end) => stage(during, "detect")![end]! - stage(ever, "detect")![end]!); // both have it
  const [low, high] = BACKUP_ENGINE.begin.value;
  for (const ms of laterBy) expect(ms).toBeGreaterThan(low / 2);
  for (const ms of laterBy) expect(ms).toBeLessThan(high + 100);
});

describe("the prediction of a load spike", () => {
  test("turns nobody away where the machine bears it, and tells when more tasks come", () => {
    const predicted = predict("load-spike");
    expect(predicted.recoveryTimeMs).toEqual([0, 0]);
    const [earliest, latest] = stage(predicted, "detect") ?? [0, 0];
    expect(earliest, "a metric is an average over a period").toBeGreaterThan(500);
    expect(latest).toBeLessThan(9_000);
    expect(stage(predicted, "scale")?.[0], "a program that starts, and two health checks").toBeGreaterThan(900);
  });

  test("never becomes steady where the machine bears a fraction of what comes", () => {
    expect(predict("load-spike", 200, 8_000).recoveryTimeMs[0]).toBeGreaterThan(8_000);
  });
});
