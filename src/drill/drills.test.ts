import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { silentHost } from "../base/host.ts";
import { findFault } from "../fault/catalogue.ts";
import type { DrillDocument } from "../base/drill-document.ts";
import { runDrills } from "./drills.ts";
import { type FakeWorld, type Misbehaviour, startFakeWorld } from "./fixture/fake-world.ts";
import { readJournal } from "./journal.ts";
import { budgetsOf } from "./plan.ts";
import type { Session } from "./rig.ts";
import { judge } from "./verdict.ts";

let directory = "";
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), "holdfast-drills-"))));
afterAll(() => rm(directory, { recursive: true }));

interface Drilled {
  readonly drill: DrillDocument;
  readonly world: FakeWorld;
}

const NOTHING_BAD = { medianMs: 0, lost: [0, 0], journeys: {}, stages: [] } as const;

/** One drill of `task-crash` at 40 operations a second, on a fake that misbehaves in this way. */
async function drillFake(misbehaviour: Misbehaviour, signal = new AbortController().signal): Promise<Drilled> {
  const world = await startFakeWorld(misbehaviour);
  try {
    const budgets = { ...budgetsOf(world.topology, 10), warmUpMs: 500, controlMs: 1_500, observeAtMostMs: 6_000 };
    const planned = [{ fault: findFault("task-crash"), target: "api-z2" }];
    const own = await mkdtemp(join(directory, "drill-"));
    const session = {
      world,
      host: silentHost,
      clock: systemClock,
      seed: 1,
      rate: 40,
      directory: own,
      documentedMs: {},
      budgets,
    };
    const predict: NonNullable<Session["predict"]> = (_, { rate }) => ({ ...NOTHING_BAD, recoveryTimeMs: [0, rate] });
    const report = await runDrills({ ...session, planned, predict, signal }, () => undefined);
    return { drill: report.drills[0]!, world }; // one was planned, and it ran
  } finally {
    await world.close();
  }
}

describe.concurrent("a drill against a shop of our own", () => {
  test("passes where nothing goes wrong, and its figures can be computed again from the file", async () => {
    const { drill, world } = await drillFake({});
    expect(drill.reasons).toEqual([]);
    expect(drill).toMatchObject({ verdict: "pass", target: "api-z2", detectedMs: expect.any(Number) });
    expect(drill.redundancyRestoredMs).toBeGreaterThan(1_000);
    const { order } = drill.journeys;
    expect(order).toMatchObject({ failed: 0, unknown: 0, lost: 0, lostAtMost: 0, appliedTwice: 0, recoveryTimeMs: 0 });
    expect(order!.acknowledged).toBeGreaterThan(50);
    expect(drill.predicted?.recoveryTimeMs, "said beforehand, and kept in the journal").toEqual([0, 40]);
    expect(world.injected).toEqual(["task-crash"]);
    expect(world.healed).toEqual(["task-crash"]);
    expect([...world.seen.hosts]).toEqual(["shop.example.com"]);
    if (process.platform === "linux") expect(world.seen.addresses.size).toBeGreaterThan(10);
    expect(judge({ ...(await readJournal(drill.journal)), file: drill.journal })).toEqual(drill);
  });

  test("fails where acknowledged writes are forgotten, and says how many", async () => {
    const { drill } = await drillFake({ loseOneIn: 10 });
    const { lost, acknowledged } = drill.journeys["order"]!;
    expect(drill.verdict).toBe("fail");
    expect(Math.abs(lost - acknowledged / 10)).toBeLessThan(1);
    expect(drill.reasons.join()).toContain(`${lost} acknowledged writes lost`);
  });

  test("waits for what is acknowledged and still on its way", async () => {
    const { drill } = await drillFake({ visibleAfterMs: 700 });
    expect(drill).toMatchObject({ verdict: "pass", journeys: { order: { failed: 0, lost: 0, lostAtMost: 0 } } });
  });

  test("fails where effects are applied twice", async () => {
    const { drill } = await drillFake({ doubleOneIn: 20 });
    expect(drill.verdict).toBe("fail");
    expect(drill.journeys["order"]!.appliedTwice).toBeGreaterThan(1);
  });

  test("measures how long customers were turned away", async () => {
    const { drill } = await drillFake({ downMs: 1_500 });
    const { recoveryTimeMs, recoveryTimeAtAwsMs, failed, unknown, firstErrorMs } = drill.journeys["order"]!;
    expect(failed).toBeGreaterThan(3);
    expect(unknown).toBe(0); // 503 is certain
    expect(firstErrorMs).toBeLessThan(500);
    expect(recoveryTimeMs).toBeGreaterThan(600);
    expect(recoveryTimeMs).toBeLessThanOrEqual(1_700);
    expect(recoveryTimeAtAwsMs).toBeGreaterThan(recoveryTimeMs!); // detection is a timer
  });

  test("is unknown where the world shows no trace of the fault", async () => {
    const { drill } = await drillFake({ unmoved: true });
    expect(drill).toMatchObject({ verdict: "unknown", reasons: [expect.stringContaining("no trace of the fault")] });
  });

  test("heals what it broke when it is interrupted, and says that it was", async () => {
    const interrupt = new AbortController();
    const world = await startFakeWorld();
    world.watch(() => interrupt.abort());
    try {
      const budgets = { ...budgetsOf(world.topology, 10), warmUpMs: 500, controlMs: 1_500 };
      const planned = ["task-crash", "worker-crash"].map((name) => ({
        fault: findFault(name),
        target: name === "task-crash" ? "api-z1" : "worker-z1",
      }));
      const session = {
        world,
        host: silentHost,
        clock: systemClock,
        seed: 1,
        rate: 40,
        directory,
        documentedMs: {},
        budgets,
      };
      const report = await runDrills({ ...session, planned, signal: interrupt.signal }, () => undefined);
      expect(report).toMatchObject({ verdict: "unknown", drills: [{ name: "task-crash", verdict: "unknown" }] });
      expect(report.drills[0]!.reasons.join()).toContain("it was interrupted");
      expect(world.healed).toEqual(["task-crash"]);
    } finally {
      await world.close();
    }
  });
});
