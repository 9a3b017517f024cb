import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Simple, linkHazard, simpleModel } from "./fixture.ts";
import { Incident } from "./incident.ts";
import type { Hazard, PartPlan, SystemModel } from "./model.ts";
import type { LoadPlan } from "./part/load.ts";
import { type Part, calmSurroundings } from "./part/part.ts";
import { WorkPart, type WorkPlan, type WorkReport } from "./part/work.ts";
import { hazardRates } from "./rates.ts";
import { settleReplica, settleTasks } from "./settle.ts";
import { tallyYears } from "./simulate.ts";
import type { Mishap } from "./spread.ts";
import { compileModel } from "./compile.ts";
import { seededRandom } from "../../base/random.ts";
import { virtualTime } from "../virtual-time.ts";
import { shopTopology } from "../../../test/support/shop-topology.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONES = ["a", "b", "c"];

const anySimple = (id: string): fc.Arbitrary<Simple> =>
  fc
    .record({
      count: fc.integer({ min: 1, max: 4 }),
      needed: fc.integer({ min: 1, max: 4 }),
      perYear: fc.integer({ min: 1, max: 40 }),
      hours: fc.integer({ min: 1, max: 60 }),
      zone: fc.boolean(),
    })
    .map(({ count, needed, perYear, hours, zone }) => ({
      id,
      zones: Array.from({ length: count }, (_, index) => (zone ? (ZONES[index % 3] ?? null) : null)),
      needed: Math.min(needed, count),
      perYear,
      repairMs: [0.5 * hours * HOUR, 2 * hours * HOUR] as const,
    }));

const zoneRate = { zones: ZONES, perYear: 2, lastsMs: [10 * HOUR, 20 * HOUR] as const };

/** Instances fail, zones do, and their links break both ways and one way. */
async function downtime(parts: readonly Simple[], seed: number): Promise<number> {
  const model = simpleModel(parts, zoneRate);
  const links = ZONES.flatMap((zone) => [linkHazard(zone, "cut", zoneRate), linkHazard(zone, "mute", zoneRate)]);
  const whole = { ...model, hazards: [...model.hazards, ...links] };
  return (await tallyYears(whole, { years: 5, seed: `${seed}` })).unservedMs;
}

describe("laws of a simulation, design against design on the same seeds", () => {
  test("one more replica never lowers availability", async () => {
    await fc.assert(
      fc.asyncProperty(anySimple("x"), fc.constantFrom(...ZONES, null), fc.nat(), async (part, zone, seed) => {
        const more = { ...part, zones: [...part.zones, zone] };
        expect(await downtime([more], seed)).toBeLessThanOrEqual((await downtime([part], seed)) + 1e-3);
      }),
      { numRuns: 100 },
    );
  });

  test("parts in a row are no better than the weakest of them", async () => {
    await fc.assert(
      fc.asyncProperty(anySimple("x"), anySimple("y"), fc.nat(), async (x, y, seed) => {
        const [both, onlyX, onlyY] = await Promise.all([
          downtime([x, y], seed),
          downtime([x], seed),
          downtime([y], seed),
        ]);
        expect(both).toBeGreaterThanOrEqual(Math.max(onlyX, onlyY) - 1e-3);
      }),
      { numRuns: 100 },
    );
  });

  test("what never fails is always there", async () => {
    const topology = await shopTopology("all");
    const never = Object.fromEntries(
      Object.entries(hazardRates(topology, "high")).map(([what, rate]) => [what, { ...rate, perYear: 0 }]),
    ) as unknown as ReturnType<typeof hazardRates>;
    const model = compileModel(topology, never);
    expect(await tallyYears(model, { years: 1_000, seed: "1" })).toMatchObject({ events: 0, unservedMs: 0 });
  });

  test("a promotion that goes wrong less often never makes recoveries longer", () => {
    fc.assert(
      fc.property(anyProbe, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (probe, share, seed) => {
        const mendMs = [10 * MINUTE, HOUR] as const;
        const often = recoveryOf(replicaModel(probe, { share, mendMs }), seed);
        const seldom = recoveryOf(replicaModel(probe, { share: share / 2, mendMs }), seed);
        expect(seldom).toBeLessThanOrEqual(often + 1e-3);
        expect(often).toBeLessThanOrEqual(recoveryOf(replicaModel(probe, { share: 1, mendMs }), seed) + 1e-3);
      }),
      { numRuns: 50 },
    );
  });

  test("more workers, and a longer retention, never lose more of what waits in a queue, nor let it wait longer", () => {
    fc.assert(
      fc.property(anyOutage, ({ capacity, more, downMs, retentionMs, longer }) => {
        const own = workOver({ usualCapacity: capacity, retentionMs }, downMs);
        const faster = workOver({ usualCapacity: capacity + more, retentionMs }, downMs);
        const kept = workOver({ usualCapacity: capacity, retentionMs: retentionMs + longer }, downMs);
        // but for what comes in between two looks, which is one batch
        expect(faster.longestMs).toBeLessThanOrEqual(own.longestMs + MINUTE);
        expect(faster.lost).toBeLessThanOrEqual(own.lost + (100 * MINUTE) / 1_000);
        expect(kept.lost).toBeLessThanOrEqual(own.lost + (100 * MINUTE) / 1_000);
      }),
      { numRuns: 200 },
    );
  });

  test("faster detection never makes the recovery of a primary longer", () => {
    fc.assert(
      fc.property(anyProbe, fc.integer({ min: 1, max: 100 }), fc.nat(), (probe, percent, seed) => {
        const faster = { ...probe, intervalMs: (probe.intervalMs * percent) / 100 };
        const fast = recoveryOf(replicaModel(faster), seed);
        const slow = recoveryOf(replicaModel(probe), seed);
        expect(fast).toBeGreaterThan(0);
        expect(fast).toBeLessThanOrEqual(slow + 1e-3);
      }),
      { numRuns: 100 },
    );
  });

  test("faster detection never makes the recovery from a task that hangs longer", () => {
    fc.assert(
      fc.property(anyProbe, fc.integer({ min: 1, max: 100 }), fc.nat(), (probe, percent, seed) => {
        const faster = { ...probe, intervalMs: (probe.intervalMs * percent) / 100 };
        const slow = recoveryOf(tasksModel(probe), seed);
        expect(slow).toBeGreaterThan(0);
        expect(recoveryOf(tasksModel(faster), seed)).toBeLessThanOrEqual(slow + 1e-3);
      }),
      { numRuns: 100 },
    );
  });
});

const anyProbe = fc.record({
  intervalMs: fc.integer({ min: 2_000, max: 60_000 }),
  timeoutMs: fc.integer({ min: 500, max: 2_000 }),
  healthyThreshold: fc.constant(1),
  unhealthyThreshold: fc.integer({ min: 1, max: 5 }),
});

type Probe = { intervalMs: number; timeoutMs: number; healthyThreshold: number; unhealthyThreshold: number };

function recoveryOf(model: SystemModel, seed: number): number {
  const incident = new Incident(model, 0);
  const [hazard] = model.hazards;
  incident.strike(hazard!, (name) => seededRandom(`${seed}/${name}`)); // both models have one
  for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
  return incident.report().strikes[0]?.downMs ?? Number.NaN;
}

const anyOutage = fc.record({
  capacity: fc.integer({ min: 101, max: 300 }),
  more: fc.integer({ min: 0, max: 300 }),
  downMs: fc.integer({ min: 1_000, max: 4 * HOUR }),
  retentionMs: fc.integer({ min: 60_000, max: 8 * HOUR }),
  longer: fc.integer({ min: 0, max: 8 * HOUR }),
});

/** What becomes of a hundred messages a second while what their workers need is down for so long. */
function workOver(changes: Partial<WorkPlan>, downMs: number): WorkReport {
  const time = virtualTime();
  let share = 0;
  const part = { share: () => share } as Part;
  const around = { ...calmSurroundings(time, seededRandom), ledTo: () => 1, part: () => part };
  const work = new WorkPart({ ...WORK, ...changes }, around);
  work.look();
  time.after(downMs, () => (share = 1));
  time.runUntil(1_000 * HOUR, () => work.look());
  expect(time.next()).toBeNull(); // all of it was worked off, or lost
  return work.report();
}

const WORK: WorkPlan = {
  kind: "work",
  region: "region",
  peak: 100,
  trough: 1,
  sources: new Set(),
  workers: "worker",
  usualCapacity: 150,
  usualTasks: 3,
  needs: new Set(["database"]),
  isWritten: false,
  writes: false,
  workMs: 100,
  retentionMs: HOUR,
  scaling: null,
  twin: null,
  objectiveMs: null,
};

function replicaModel(probe: Probe, mishap?: Mishap): SystemModel {
  const members = ZONES.map((zone) => ({ id: `db-${zone}`, zone }));
  const { intervalMs, timeoutMs, unhealthyThreshold } = probe;
  const patienceMs = (intervalMs + timeoutMs) * (unhealthyThreshold + 1) + 1_000;
  const plan = settleReplica({
    kind: "replica",
    spec: {
      component: "db",
      members,
      observers: ZONES,
      acknowledging: 0,
      retryMs: 200,
      restartDelayMs: 500,
      patienceMs,
      first: "db-a",
    },
    probe,
    promotionMs: [0, 30_000],
    ...(mishap && { mishap }),
    replaceMs: [300_000, 600_000],
    endpointTtlMs: 5_000,
    needed: 1,
  });
  return modelOf("db", plan, {
    key: "crash",
    cause: "crash",
    perYear: 1,
    harm: { kind: "crash", part: "db", instance: "db-a" },
  });
}

function tasksModel(probe: Probe): SystemModel {
  const plan = settleTasks({
    kind: "tasks",
    spec: {
      service: "api",
      zones: ZONES,
      desired: 3,
      min: 3,
      revision: "1",
      backoff: { firstMs: 100, maxMs: 60_000, resetAfterMs: 60_000 },
      startTimeoutMs: 300_000,
      healthGraceMs: 300_000,
      drainMs: 1_000,
      crashLoopFailures: 3,
      checked: true,
    },
    probe,
    startMs: [30_000, 60_000],
    load: LOAD,
    full: 3,
  });
  return modelOf("api", plan, {
    key: "hang",
    cause: "hang",
    perYear: 1,
    harm: { kind: "hang", part: "api", instance: "api-a", lastsMs: [HOUR, HOUR] },
  });
}

/** So few customers that one task would do. */
const LOAD: LoadPlan = {
  region: "region",
  peak: 1,
  trough: 1,
  perTask: 100,
  atTarget: 70,
  requestMs: 100,
  patienceMs: 1_000,
  attempts: 3,
  queueMs: 5_000,
  countsRequests: false,
  scaling: null,
};

function modelOf(id: string, plan: PartPlan, hazard: Hazard): SystemModel {
  return {
    regions: [{ name: "region", zones: ZONES, zonal: [id] }],
    parts: new Map([[id, plan]]),
    componentOf: new Map([[id, id]]),
    takeover: null,
    journeys: [{ id: "all", needsWriter: false, needs: [new Set([id])] }],
    hazards: [hazard],
    zoneWatch: { intervalMs: 5_000, timeoutMs: 2_000, healthyThreshold: 1, unhealthyThreshold: 3 },
  };
}
