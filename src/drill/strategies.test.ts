import { describe, expect, test } from "vitest";
import { UserError } from "../base/error.ts";
import { silentHost } from "../base/host.ts";
import type { RecoveryStrategy, Topology } from "../topology/topology.ts";
import type { DrillDocument, DrillsDocument, JourneyDocument } from "../base/drill-document.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { compareStrategies } from "./strategies.ts";

const ORDER: JourneyDocument = {
  durability: "acknowledged",
  operations: 500,
  ok: 480,
  failed: 15,
  unknown: 5,
  attempts: 600,
  failedAttempts: 60,
  failedAttemptsSent: { inFlight: 1, beforeDetection: 29, later: 30 },
  p50Ms: 9,
  p99Ms: 90,
  firstErrorMs: 10,
  lastErrorMs: 5_000,
  recoveryTimeMs: 6_000,
  recoveryTimeAtAwsMs: 600_000,
  degradedMs: 0,
  longestGapMs: 5_000,
  acknowledged: 200,
  lost: 3,
  lostAtMost: 4,
  lostAfterFault: 0,
  pending: 0,
  stranded: 0,
  diverged: 0,
  oldestLostAgeMs: 120,
  appliedTwice: 0,
  redelivered: 0,
};
const CART: JourneyDocument = { ...ORDER, durability: "best-effort", recoveryTimeMs: 4_000, lost: 90, lostAtMost: 90 };

const region = (name: string, processes: number) => ({ region: name, processes, pssBytes: processes, diskBytes: 1 });

function drillOf(changes: Partial<DrillDocument> = {}): DrillDocument {
  return {
    name: "region-loss",
    target: "us-east-1",
    verdict: "pass",
    reasons: [],
    notes: [],
    journal: "journal.jsonl",
    summary: "",
    standsFor: "",
    notModelled: [],
    fisAction: null,
    proves: [],
    objective: { rtoMs: 900_000, rpoMs: 30_000 },
    journeys: { order: ORDER, cart: CART },
    stages: [
      { name: "detect", component: "recovery", class: "timer", ms: 3_000, atAwsMs: 30_000 },
      { name: "promote", component: "recovery", class: "provider", ms: 900, atAwsMs: 480_000 },
      { name: "detect", component: "api", class: "timer", ms: 1, atAwsMs: 10 },
    ],
    detectedMs: 3_000,
    failedOverMs: 3_900,
    redundancyRestoredMs: 9_000,
    replicationLagMs: 3,
    footprint: [region("us-east-1", 50), region("us-west-2", 30)],
    failback: { atMs: 20_000, tookMs: 5_000, operations: 100, failed: 0, unknown: 0 },
    saved: { rows: 3, messages: 0, ofLost: 3 },
    person: null,
    predicted: null,
    ...changes,
  };
}

function reportOf(drills: readonly DrillDocument[]): DrillsDocument {
  return {
    holdfast: 1,
    system: "shop",
    verdict: "pass",
    seed: 1,
    pace: "fast",
    paceFactor: 10,
    rate: 50,
    control: { journal: "control.jsonl", journeys: {} },
    drills,
    skipped: [],
    strategies: null,
  };
}

const TOPOLOGY: Topology = {
  ...fakeTopology(),
  recovery: "warm-standby",
  regions: [
    { name: "us-east-1", index: 0, role: "primary", zones: [] },
    { name: "us-west-2", index: 1, role: "secondary", zones: [] },
  ],
};

/** Compares with a drill that is told by strategy and time. */
function compare(
  strategies: readonly RecoveryStrategy[],
  drill: (recovery: RecoveryStrategy, time: number) => DrillDocument,
  { times = 1, signal = new AbortController().signal, topology = TOPOLOGY } = {},
): Promise<DrillsDocument> {
  const count = new Map<string, number>();
  return compareStrategies({
    topology,
    strategies,
    times,
    host: silentHost,
    signal,
    async drill(recovery) {
      count.set(recovery, (count.get(recovery) ?? 0) + 1);
      return reportOf([drill(recovery, count.get(recovery) ?? 0)]);
    },
  });
}

describe("the comparison of strategies", () => {
  test("has what the loss of the region cost under each, and what ran in the other one before", async () => {
    const document = await compare(["pilot-light", "warm-standby"], () => drillOf());
    expect(document.verdict).toBe("pass");
    expect(document.drills.map(({ recovery }) => recovery)).toEqual(["pilot-light", "warm-standby"]);
    expect(document.strategies).toHaveLength(2);
    expect(document.strategies?.[1]).toEqual({
      recovery: "warm-standby",
      chosen: true,
      meetsSystem: false, // without an objective nothing may be lost
      verdict: "pass",
      reasons: [],
      notes: [],
      objective: TOPOLOGY.objectives.region,
      recoveryTimeMs: 6_000,
      recoveryTimeAtAwsMs: 600_000,
      person: null,
      lost: 3,
      lostAtMost: 4,
      oldestLostAgeMs: 120,
      acknowledged: 200,
      operations: 1_000,
      failed: 30,
      unknown: 10,
      journeys: {
        order: expect.objectContaining({ recoveryTimeMs: 6_000, lost: 3 }) as unknown,
        cart: expect.objectContaining({ recoveryTimeMs: 4_000, lost: 90 }) as unknown,
      },
      stages: [
        { name: "detect", class: "timer", ms: 3_000, atAwsMs: 30_000 },
        { name: "promote", class: "provider", ms: 900, atAwsMs: 480_000 },
      ],
      failbackMs: 5_000,
      ranBefore: { processes: 30, pssBytes: 30, diskBytes: 1 },
      drills: [1],
    });
  });

  test("takes the median of several runs by journey and by stage, and the worst of what was lost", async () => {
    const runs = [2_000, 9_000, 4_000].map((ms, at) =>
      drillOf({
        journeys: { order: { ...ORDER, recoveryTimeMs: ms, lost: [0, 7, 1][at] ?? 0, failed: ms / 1_000 } },
        stages: [{ name: "detect", component: "recovery", class: "timer", ms, atAwsMs: 10 * ms }],
      }),
    );
    const { strategies } = await compare(["pilot-light"], (_, time) => runs[time - 1]!, { times: 3 });
    expect(strategies?.[0]).toMatchObject({ recoveryTimeMs: 4_000, lost: 7, failed: 4, drills: [0, 1, 2] });
    expect(strategies?.[0]?.stages).toEqual([{ name: "detect", class: "timer", ms: 4_000, atAwsMs: 40_000 }]);
  });

  test("never recovered where most runs did not, and fails where one run did", async () => {
    const never = { order: { ...ORDER, recoveryTimeMs: null, recoveryTimeAtAwsMs: null } };
    const { strategies, verdict } = await compare(
      ["pilot-light"],
      (_, time) => (time === 2 ? drillOf() : drillOf({ journeys: never, verdict: "fail", reasons: ["order: never"] })),
      { times: 3 },
    );
    expect(strategies?.[0]).toMatchObject({ recoveryTimeMs: null, verdict: "fail", reasons: ["order: never"] });
    expect(verdict).toBe("fail");
  });

  test("leaves a strategy unknown under which the system does not start, and goes on with the next", async () => {
    const document = await compare(["backup-restore", "pilot-light"], (recovery) => {
      if (recovery === "pilot-light") return drillOf();
      throw new UserError({ code: "RUN-006", message: "it did not come up", fix: "read the logs" });
    });
    expect(document.strategies?.map(({ recovery, verdict }) => [recovery, verdict])).toEqual([
      ["backup-restore", "unknown"],
      ["pilot-light", "pass"],
    ]);
    expect(document.strategies?.[0]?.reasons).toEqual(["RUN-006 it did not come up"]);
    expect(document.verdict).toBe("unknown");
  });

  test("fails where none of them can be drilled, and throws what is no user's error at once", async () => {
    const down = new UserError({ code: "RUN-006", message: "it did not come up", fix: "read the logs" });
    const throwing = (error: Error) => (): DrillDocument => {
      throw error;
    };
    await expect(compare(["pilot-light", "warm-standby"], throwing(down))).rejects.toBe(down);
    const bug = new TypeError("x is not a function");
    await expect(compare(["pilot-light", "warm-standby"], throwing(bug))).rejects.toBe(bug);
  });

  test("after an interrupt has what was measured until then", async () => {
    const abort = new AbortController();
    const { strategies } = await compare(
      ["pilot-light", "warm-standby"],
      () => {
        abort.abort();
        return drillOf();
      },
      { signal: abort.signal },
    );
    expect(strategies?.map(({ recovery }) => recovery)).toEqual(["pilot-light"]);
  });

  test("says of active-active that a relational database is promoted there, too", async () => {
    const { strategies } = await compare(["active-active", "pilot-light"], () => drillOf());
    expect(strategies?.[0]?.notes).toEqual([expect.stringContaining("active-active for reads only")]);
    expect(strategies?.[1]?.notes).toEqual([]);
  });

  test("holds a strategy that is tried to what it is there for, and says what that is to the system", async () => {
    const slow = { order: { ...ORDER, recoveryTimeAtAwsMs: 20 * 60_000 } };
    const [person, notes] = [{ decisionMs: 600_000, counted: false }, ["cart: 3 of 9 writes lost (best effort)"]];
    const told = [expect.stringMatching(/at AWS a person decides .* about 10 min, which is not in these times/)];
    const own = { region: { rtoMs: 15 * 60_000, rpoMs: 30_000 } };
    const { strategies } = await compare(
      ["pilot-light", "warm-standby"],
      () => drillOf({ journeys: slow, notes, person }),
      {
        topology: { ...TOPOLOGY, objectives: { ...TOPOLOGY.objectives, ...own } },
      },
    );
    expect(strategies).toMatchObject([
      { objective: { rtoMs: 60 * 60_000, rpoMs: 10 * 60_000 }, meetsSystem: false, person, notes: told },
      { objective: own.region, meetsSystem: false },
    ]);
  });
});
