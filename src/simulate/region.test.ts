import { describe, expect, test } from "vitest";
import { type RecoveryController, recovery } from "../control/recovery.ts";
import type { RecoverySpec } from "../control/recovery/language.ts";
import { type RegionFault, REGIONS, drawRegionFaults, nameRegionFault } from "./region/fault.ts";
import { OUTSIDE } from "./region/place.ts";
import { type RegionTrial, tryRegions } from "./region/trial.ts";
import { type Scheduled, describeCounterexample, search } from "./schedule.ts";

const SPEC: RecoverySpec = {
  regions: REGIONS,
  first: "east",
  readiness: "warm-standby",
  watchers: [...REGIONS, OUTSIDE],
  mode: "automatic",
  onLag: null,
  retryMs: 200,
  calmMs: 1_000,
};

function campaign(faults: number, schedules: number, planted: Partial<RegionTrial> = {}): string | null {
  const found = search<RegionFault>(
    {
      draw: (seed) => drawRegionFaults(seed, faults),
      run: (seed, schedule) => tryRegions({ spec: SPEC, seed, faults: schedule, ...planted }).broken,
    },
    1,
    schedules,
  );
  return found && describeCounterexample(found, nameRegionFault);
}

function play(faults: readonly Scheduled<RegionFault>[], spec: Partial<RecoverySpec> = {}) {
  return tryRegions({ spec: { ...SPEC, ...spec }, seed: 1, faults });
}

describe("under faults one region writes at a time, nothing acknowledged is gone unsaved, and all heals", () => {
  test("with one fault: 500 schedules", () => {
    expect(campaign(1, 500)).toBeNull();
  });

  test("with up to six faults at once: 1,000 schedules", () => {
    expect(campaign(6, 1_000)).toBeNull();
  });

  test.each(["backup-restore", "pilot-light", "active-active"] as const)(
    "kept ready as %s: 150 schedules",
    (readiness) => {
      expect(campaign(4, 150, { spec: { ...SPEC, readiness } })).toBeNull();
    },
  );
});

describe("where a person decides, no failover begins without a yes, whatever came before", () => {
  const asking = { spec: { ...SPEC, mode: "approval" } } as const;

  test("with up to four faults: 500 schedules", () => {
    expect(campaign(4, 500, asking)).toBeNull();
  });

  test("a switchover whose source is lost half-way rests, and customers wait for the answer", () => {
    const lost = { at: 4_350, forMs: 6_000, what: { kind: "power", region: "east" } } as const;
    const there = { at: 4_000, forMs: 100, what: { kind: "switchover", to: "west" } } as const;
    const ends = (mode: RecoverySpec["mode"]) => play([there, lost], { mode });
    expect(ends("approval")).toMatchObject({ broken: null, failovers: 1 });
    // Not by all of the 900 ms: the lost region's lease runs out meanwhile.
    expect(ends("approval").acknowledged).toBeLessThan(ends("automatic").acknowledged);
  });

  test("fails where the controller does not ask", () => {
    const hasty = (change: (spec: RecoverySpec) => RecoverySpec): RecoveryController => ({
      ...recovery,
      step: (spec, ...rest) => recovery.step(change(spec), ...rest),
    });
    const controller = hasty((spec) => ({ ...spec, mode: "automatic" }));
    expect(campaign(2, 100, { ...asking, controller })).toContain("nobody approved of it");
  });
});

describe("the loss of a region", () => {
  test("is failed over from, and what it had not sent is saved when it comes back", () => {
    const power = { at: 5_000, forMs: 6_000, what: { kind: "power", region: "east" } } as const;
    const slow = { at: 4_000, forMs: 8_000, what: { kind: "lag", ms: 800 } } as const;
    const { broken, failovers, saved } = play([slow, power]);
    expect({ broken, failovers }).toEqual({ broken: null, failovers: 1 });
    expect(saved).toBeGreaterThan(10);
    expect(saved).toBeLessThan(40); // 800 ms at a write each 40 ms, and what was under way
  });

  test("of the second region is not noticed by the first", () => {
    const { broken, failovers } = play([{ at: 5_000, forMs: 6_000, what: { kind: "power", region: "west" } }]);
    expect({ broken, failovers }).toEqual({ broken: null, failovers: 0 });
  });

  test("a cut between the regions alone fails nothing over", () => {
    const what = { kind: "cut", from: "east", to: "west", bothWays: true } as const;
    expect(play([{ at: 5_000, forMs: 9_000, what }]).failovers).toBe(0);
  });

  test("a flapping region is failed over from once, and stays out until it is calm", () => {
    const flaps = Array.from({ length: 12 }, (_, at) => ({
      at: 5_000 + at * 1_200,
      forMs: 600,
      what: { kind: "isolated", region: "east" } as const,
    }));
    const { broken, failovers } = play(flaps);
    expect({ broken, failovers }).toEqual({ broken: null, failovers: 1 });
  });
});

describe("a switchover", () => {
  const there = { at: 4_000, forMs: 100, what: { kind: "switchover", to: "west" } } as const;
  const back = { at: 9_000, forMs: 100, what: { kind: "switchover", to: "east" } } as const;

  test("and the way back lose nothing", () => {
    expect(play([there, back])).toMatchObject({ broken: null, switchovers: 2, failovers: 0, saved: 0 });
  });

  test("that the supervisor does not live through is finished by the next one", () => {
    for (let acts = 1; acts < 10; acts++) {
      const killed = { at: 3_900, forMs: 2_500, what: { kind: "supervisor", acts } } as const;
      expect(play([killed, there]), `killed at act ${acts}`).toMatchObject({ broken: null, failovers: 0, saved: 0 });
    }
  });
});

describe("a controller or a world with a mistake is found out", () => {
  const withAct = (change: (name: string) => boolean): RecoveryController => ({
    ...recovery,
    step: (...args) => {
      const step = recovery.step(...args);
      return {
        ...step,
        act: step.act.map((act) => (act.kind === "stage" && change(act.name) ? { ...act, name: "shift" } : act)),
      };
    },
  });

  test("fails without the lease", () => {
    expect(campaign(3, 500, { withoutLease: true })).toContain("two regions can acknowledge");
  });

  test("fails when nothing is saved before a region is seeded anew", () => {
    expect(campaign(3, 500, { controller: withAct((name) => name === "save") })).toContain("gone and were not saved");
  });

  test("fails when a switchover does not wait for the last write", () => {
    expect(campaign(3, 500, { controller: withAct((name) => name === "catch-up") })).not.toBeNull();
  });
});
