import { describe, expect, test } from "vitest";
import { type FailoverController, failover } from "../control/failover.ts";
import type { FailoverAct, FailoverSpec } from "../control/failover/language.ts";
import { observersOf } from "../topology/observer.ts";
import type { PlantedBug } from "./database/command.ts";
import { type DatabaseFault, drawSchedule, nameDatabaseFault } from "./database/fault.ts";
import { type DatabaseOutcome, type DatabaseTrial, tryDatabase } from "./database/trial.ts";
import { type Scheduled, describeCounterexample, search } from "./schedule.ts";

const SERVES_WITHIN_MS = 8_000;
const HEALS_WITHIN_MS = 60_000;

/** Members a, b, c … one after the other over zones z0, z1, z2 …; `acknowledging` standbys hold each commit. */
function specOf(members: number, acknowledging: number, zones = 3): FailoverSpec {
  const names = Array.from({ length: zones }, (_, index) => `z${index}`);
  return {
    component: "database",
    members: Array.from({ length: members }, (_, index) => ({
      id: "abcdefg".charAt(index),
      zone: `z${index % zones}`,
    })),
    observers: names,
    acknowledging,
    retryMs: 200,
    restartDelayMs: 200,
    patienceMs: 2_000,
    first: "a",
  };
}

/** A member in each of two zones, as a definition of two zones has them, watched from beside them, too. */
function overTwoZones(acknowledging: number): FailoverSpec {
  const zones = ["z0", "z1"].map((name) => ({ name }));
  return { ...specOf(2, acknowledging, 2), observers: observersOf({ name: "region", zones }) };
}

interface Campaign {
  readonly spec: FailoverSpec;
  /** The most faults in one schedule. */
  readonly faults: number;
  readonly schedules: number;
  readonly controller?: FailoverController;
  readonly bug?: PlantedBug;
}

/** Tries so many schedules, from seed 1 on; what broke, shrunk and readable, or null. */
function campaign({ spec, faults, schedules, ...planted }: Campaign): string | null {
  const targets = { members: spec.members.map(({ id }) => id), zones: spec.observers };
  const found = search<DatabaseFault>(
    {
      draw: (seed) => drawSchedule(seed, targets, faults),
      run: (seed, schedule) => {
        const serves = faults === 1 && schedule[0]?.what.kind !== "everything";
        const within = serves ? { servesWithinMs: SERVES_WITHIN_MS } : {};
        return tryDatabase({ spec, seed, faults: schedule, healsWithinMs: HEALS_WITHIN_MS, ...within, ...planted })
          .broken;
      },
    },
    1,
    schedules,
  );
  return found && describeCounterexample(found, nameDatabaseFault);
}

function play(faults: readonly Scheduled<DatabaseFault>[], options: Partial<DatabaseTrial> = {}): DatabaseOutcome {
  return tryDatabase({ spec: specOf(3, 1), seed: 1, faults, healsWithinMs: HEALS_WITHIN_MS, ...options });
}

/** The controller, with its acts changed on their way out. */
function withActs(change: (act: FailoverAct) => FailoverAct): FailoverController {
  return {
    ...failover,
    step: (...args) => {
      const step = failover.step(...args);
      return { ...step, act: step.act.map(change) };
    },
  };
}

describe("a database under faults loses nothing acknowledged, has one primary that can acknowledge, and heals", () => {
  test("with one fault it serves again while the fault lasts: 2,000 schedules", () => {
    expect(campaign({ spec: specOf(3, 1), faults: 1, schedules: 2_000 })).toBeNull();
  });

  test("with up to eight faults at once: 3,000 schedules", () => {
    expect(campaign({ spec: specOf(3, 1), faults: 8, schedules: 3_000 })).toBeNull();
  });

  test("with two standbys to acknowledge, of two, three or four: 1,200 schedules", () => {
    expect(campaign({ spec: specOf(3, 2), faults: 8, schedules: 400 })).toBeNull();
    expect(campaign({ spec: specOf(4, 2), faults: 8, schedules: 400 })).toBeNull();
    expect(campaign({ spec: specOf(5, 2, 5), faults: 8, schedules: 400 })).toBeNull();
  });

  test("with one standby in all, or four: 600 schedules", () => {
    expect(campaign({ spec: specOf(2, 1), faults: 6, schedules: 300 })).toBeNull();
    expect(campaign({ spec: specOf(5, 1, 5), faults: 8, schedules: 300 })).toBeNull();
  });

  test("over two zones, with an observer beside them: 1,800 schedules", () => {
    expect(campaign({ spec: overTwoZones(1), faults: 8, schedules: 1_000 })).toBeNull();
    expect(campaign({ spec: overTwoZones(0), faults: 8, schedules: 800 })).toBeNull();
  });

  test("a cache, without a quorum, heals: 800 schedules", () => {
    expect(campaign({ spec: specOf(3, 0), faults: 8, schedules: 800 })).toBeNull();
  });
});

describe("the checks notice a wrong engine", () => {
  const spec = specOf(3, 1);

  test("that goes on receiving while it is held", () => {
    expect(campaign({ spec, faults: 8, schedules: 3_000, bug: "asks-without-holding" })).toMatch(
      /lost|acknowledged a write/,
    );
  });

  test("that goes on receiving, by two primaries that can acknowledge at once", () => {
    const found = campaign({ spec: specOf(5, 1, 5), faults: 6, schedules: 3_000, bug: "asks-without-holding" });
    expect(found).toMatch(/2 primaries can acknowledge/);
  });

  test("that compares what was received since the restart alone", () => {
    expect(campaign({ spec, faults: 8, schedules: 3_000, bug: "compares-received-alone" })).toMatch(/lost/);
  });

  test("that forgets over a restart that it was held", () => {
    expect(campaign({ spec, faults: 8, schedules: 3_000, bug: "forgets-hold" })).toMatch(/lost|acknowledged a write/);
  });

  test("that obeys commands that come late", () => {
    expect(campaign({ spec, faults: 8, schedules: 3_000, bug: "obeys-late-commands" })).toMatch(
      /lost|acknowledged a write/,
    );
  });
});

describe("the checks notice a wrong controller", () => {
  const spec = specOf(3, 1);

  test("that promotes the first standby to answer", () => {
    const needsOne: FailoverController = {
      ...failover,
      step: (given, ...rest) => failover.step({ ...given, acknowledging: given.members.length - 1 }, ...rest),
    };
    expect(campaign({ spec, faults: 8, schedules: 1_000, controller: needsOne })).toMatch(/lost/);
  });

  test("that lets a deposed primary follow instead of seeding it anew", () => {
    const follows = withActs((act) =>
      act.kind === "reseed" && act.id > 20
        ? { ...act, kind: "start", as: { role: "standby", primary: act.primary } }
        : act,
    );
    expect(campaign({ spec, faults: 8, schedules: 1_000, controller: follows })).toMatch(/not whole|collide/);
  });

  test("that lets one zone alone decide", () => {
    const credulous: FailoverController = {
      ...failover,
      step: (given, ...rest) => failover.step({ ...given, observers: ["z1"] }, ...rest),
    };
    const faults = [{ at: 500, forMs: 5_000, what: { kind: "overlook", zones: ["z1"], member: "a" } as const }];
    expect(play(faults).promotions).toBe(0);
    expect(play(faults, { controller: credulous }).promotions).toBeGreaterThan(0);
  });

  test("that restarts a held standby as one that receives", () => {
    // c is held, b cannot answer. c crashes; whether it comes back held decides if it acknowledges more than it told.
    const faults: readonly Scheduled<DatabaseFault>[] = [
      { at: 400, forMs: 8_000, what: { kind: "pause", member: "b" } },
      { at: 500, forMs: 20_000, what: { kind: "overlook", zones: ["z1", "z2"], member: "a" } },
      { at: 2_000, forMs: 0, what: { kind: "crash", member: "c" } },
    ];
    const forgetful = withActs((act) =>
      act.kind === "start" && act.as.role === "held" ? { ...act, as: { role: "standby", primary: "a" } } : act,
    );
    expect(play(faults)).toMatchObject({ broken: null, promotions: 1 });
    expect(play(faults, { controller: forgetful }).broken).toMatch(/lost|acknowledged a write/);
  });
});

describe("a database", () => {
  const lasting = { at: 500, forMs: 20_000 } as const;

  test("fails over when its primary crashes, stands still, loses power or is cut off", () => {
    const faults: readonly DatabaseFault[] = [
      { kind: "pause", member: "a" },
      { kind: "power", zone: "z0" },
      { kind: "isolate", zone: "z0" },
      { kind: "crash", member: "a" },
    ];
    for (const what of faults) {
      const outcome = play([{ ...lasting, what }], { servesWithinMs: SERVES_WITHIN_MS });
      expect([what.kind, outcome.broken, outcome.promotions]).toEqual([what.kind, null, 1]);
    }
  });

  test("does not fail over for what leaves its primary in sight of a majority", () => {
    const faults: readonly DatabaseFault[] = [
      { kind: "crash", member: "b" },
      { kind: "power", zone: "z1" },
      { kind: "isolate", zone: "z2" },
      { kind: "cut", from: "z0", to: "z1" },
      { kind: "cut", from: "z1", to: "z0" },
      { kind: "uncontrolled", zone: "z0" },
      { kind: "overlook", zones: ["z0"], member: "a" },
      { kind: "supervisor", acts: 0 },
    ];
    for (const what of faults) {
      const outcome = play([{ ...lasting, what }], { servesWithinMs: SERVES_WITHIN_MS });
      expect([what, outcome.broken, outcome.promotions]).toEqual([what, null, 0]);
    }
  });

  test("whose well primary a majority does not see fails over, and that acknowledges nothing more", () => {
    const what: DatabaseFault = { kind: "overlook", zones: ["z1", "z2"], member: "a" };
    expect(play([{ ...lasting, what }], { servesWithinMs: SERVES_WITHIN_MS })).toMatchObject({
      broken: null,
      promotions: 1,
    });
  });

  test("whose observers all go blind does not fail over again and again", () => {
    const what: DatabaseFault = { kind: "blind", zones: ["z0", "z1", "z2"] };
    const outcome = play([{ ...lasting, what }], { servesWithinMs: SERVES_WITHIN_MS });
    expect(outcome.broken).toBeNull();
    expect(outcome.promotions).toBeLessThanOrEqual(2);
  });

  test("waits while too few standbys answer, and takes its old primary back", () => {
    const faults: readonly Scheduled<DatabaseFault>[] = [
      { at: 300, forMs: 15_000, what: { kind: "power", zone: "z2" } },
      { at: 500, forMs: 0, what: { kind: "crash", member: "a" } },
    ];
    expect(play(faults)).toMatchObject({ broken: null, promotions: 0 });
  });
});

describe("a database over two zones", () => {
  const lasting = { at: 500, forMs: 20_000 } as const;
  const ofZone = (kind: "power" | "isolate"): DatabaseFault => ({ kind, zone: "z0" });

  test("fails over when the zone of its primary is lost, or cut off from everything", () => {
    for (const what of [ofZone("power"), ofZone("isolate")]) {
      const outcome = play([{ ...lasting, what }], { spec: overTwoZones(0), servesWithinMs: SERVES_WITHIN_MS });
      expect([what.kind, outcome.broken, outcome.promotions]).toEqual([what.kind, null, 1]);
      expect(play([{ ...lasting, what }], { spec: overTwoZones(1) })).toMatchObject({ broken: null, promotions: 1 });
    }
  });

  test("would not while its zone is without power, if zones alone had a vote", () => {
    const trial = { spec: specOf(2, 0, 2), servesWithinMs: SERVES_WITHIN_MS };
    expect(play([{ ...lasting, what: ofZone("power") }], trial).broken).toMatch(/^no write is acknowledged/);
  });

  test("promotes nobody in a zone that is cut off alone, nor where the zones have lost each other alone", () => {
    const apart = [
      { ...lasting, what: { kind: "cut", from: "z0", to: "z1" } },
      { ...lasting, what: { kind: "cut", from: "z1", to: "z0" } },
    ] as const;
    for (const acknowledging of [0, 1]) {
      const spec = overTwoZones(acknowledging);
      const standby: DatabaseFault = { kind: "isolate", zone: "z1" };
      expect(play([{ ...lasting, what: standby }], { spec })).toMatchObject({ broken: null, promotions: 0 });
      expect(play(apart, { spec })).toMatchObject({ broken: null, promotions: 0 });
    }
  });

  test("is not failed over for the loss of the observer beside them", () => {
    const what: DatabaseFault = { kind: "power", zone: "region" };
    const trial = { spec: overTwoZones(1), servesWithinMs: SERVES_WITHIN_MS };
    expect(play([{ ...lasting, what }], trial)).toMatchObject({ broken: null, promotions: 0 });
  });
});
