import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { UserError } from "../../base/error.ts";
import type { FaultSchedule } from "../../base/fault-schedule.ts";
import { silentHost } from "../../base/host.ts";
import { findFault } from "../../fault/catalogue.ts";
import type { Status, World } from "../../world/world.ts";
import type { DrillDocument } from "../../base/drill-document.ts";
import { type FakeWorld, type Misbehaviour, startFakeWorld } from "../fixture/fake-world.ts";
import { readJournal } from "../journal.ts";
import { budgetsOf } from "../plan.ts";
import type { Session } from "../rig.ts";
import { runCampaign } from "./campaign.ts";
import { runNemesis } from "./nemesis.ts";
import type { Striker } from "./striker.ts";
import { judgeCampaign } from "./verdict.ts";

let directory = "";
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), "holdfast-nemesis-"))));
afterAll(() => rm(directory, { recursive: true }));

function sessionOn(world: World, own: string, signal = new AbortController().signal): Session {
  const budgets = { ...budgetsOf(world.topology, 10), warmUpMs: 500, controlMs: 1_500 };
  const fixed = { host: silentHost, clock: systemClock, seed: 1, rate: 20, documentedMs: {} };
  return { ...fixed, world, directory: own, budgets, signal };
}

/** So generous that a busy machine is no reason to be slow. */
const CONTROL = {
  journal: "",
  journeys: { order: { p50Ms: 5, p99Ms: 2_000 }, browse: { p50Ms: 5, p99Ms: 2_000 } },
};

interface Played {
  readonly drill: DrillDocument;
  readonly world: FakeWorld;
}

/** A campaign on a fake that misbehaves in this way. */
async function campaign(
  play: (striker: Striker) => Promise<void>,
  misbehaviour: Misbehaviour = {},
  change: (world: FakeWorld) => Partial<World> = () => ({}),
): Promise<Played> {
  const world = await startFakeWorld(misbehaviour);
  try {
    const session = sessionOn({ ...world, ...change(world) }, await mkdtemp(join(directory, "campaign-")));
    const told = { name: "soak", atMostMs: 60_000, repeat: "repeat it", play };
    return { drill: await runCampaign(told, session, CONTROL), world };
  } finally {
    await world.close();
  }
}

const CRASH = findFault("task-crash");

describe.concurrent("a campaign against a shop of our own", () => {
  test("tells each of its faults, undoes what it left in force, and can be judged again from its file", async () => {
    const { drill, world } = await campaign(async (striker) => {
      const first = await striker.strike(CRASH, "api-z1");
      await striker.heal(first!); // the fake has what it is aimed at
      await striker.strike(CRASH, "api-z2");
    });
    expect(drill.reasons).toEqual([]);
    expect(drill).toMatchObject({ name: "soak", verdict: "pass", journeys: { order: { lost: 0, appliedTwice: 0 } } });
    expect(drill.episodes?.map(({ fault, target }) => `${fault} ${target}`)).toEqual([
      "task-crash api-z1",
      "task-crash api-z2",
    ]);
    expect(world.healed).toHaveLength(2);
    expect(judgeCampaign({ ...(await readJournal(drill.journal)), file: drill.journal })).toEqual(drill);
  });

  test("fails where acknowledged writes are forgotten, and says how to repeat it", async () => {
    const { drill } = await campaign(
      async (striker) => {
        await striker.strike(CRASH, "api-z1");
      },
      { loseOneIn: 10 },
    );
    expect(drill.verdict).toBe("fail");
    expect(drill.journeys["order"]!.lost).toBeGreaterThan(1);
    expect(drill.notes).toContain("repeat it with repeat it");
  });

  test("goes on where what it aims at is not there, and tells that it missed", async () => {
    const gone = new UserError({ code: "RUN-008", message: '"api-z3" has no process now', fix: "choose another" });
    const { drill } = await campaign(
      async (striker) => {
        expect(await striker.strike(CRASH, "api-z3")).toBeNull();
        expect(await striker.strike(findFault("database-crash"), "primary of database")).toBeNull();
        await striker.strike(CRASH, "api-z1");
      },
      {},
      (world) => ({
        async inject(fault) {
          if (fault.target === "api-z3") throw gone;
          return world.inject(fault);
        },
      }),
    );
    expect(drill.episodes?.map(({ target }) => target)).toEqual(["api-z1"]);
    expect(drill.notes).toContain('task-crash missed api-z3: "api-z3" has no process now');
    expect(drill.notes).toContain('database-crash missed primary of database: "database" has no primary now');
  });

  test("is unknown where it breaks off, and undoes everything all the same", async () => {
    const { drill, world } = await campaign(async (striker) => {
      await striker.strike(CRASH, "api-z1");
      throw new Error("it had enough");
    });
    expect(drill).toMatchObject({ verdict: "unknown" });
    expect(drill.reasons.join()).toContain("it had enough");
    expect(world.healed).toEqual(["task-crash"]);
  });
});

const CRASHES: FaultSchedule = {
  strikes: ["api-z1", "api-z2"].map((target, index) => {
    return { cause: "loss of an instance: api", harm: "crash", target, atMs: 5_000 * index, lastsMs: null };
  }),
  minutes: 3,
  addsMinutes: 2,
};
const REGION: FaultSchedule = {
  strikes: [{ cause: "loss of a region", harm: "region", target: "r1", atMs: 0, lastsMs: 9_000_000 }],
  minutes: 90,
  addsMinutes: 0,
};

test("a nemesis plays the schedules that it is given, on a whole system, and tells what it left out", async () => {
  const world = await startFakeWorld();
  const said: string[] = [];
  let waited = 0;
  const settled = async (withinMs: number): Promise<boolean> => {
    if (world.injected.length === 0) waited += 1;
    return world.settled(withinMs);
  };
  try {
    const session = sessionOn({ ...world, settled, paceFactor: 200 }, directory);
    const host = { say: ({ text }: { text: string }) => void said.push(text) };
    const play = { minutes: 0.05, schedules: [REGION, CRASHES] };
    const { drills, skipped } = await runNemesis({ ...session, host }, play);
    expect(drills[0]?.episodes?.map(({ target }) => target)).toEqual(["api-z1", "api-z2"]);
    expect(waited).toBe(2); // the second time by the schedule
    const told =
      "loss of an instance: api (api-z1), 5 s later loss of an instance: api (api-z2): at AWS 3 min, " +
      "of which 2 because they meet; here task-crash of api-z1, task-crash of api-z2 after 25 ms";
    expect(drills[0]?.notes[0]).toBe(told);
    expect(skipped).toMatchObject([{ name: "loss of a region (r1)" }]);
    expect(said.indexOf(`plays ${told}`)).toBeLessThan(said.findIndex((text) => text.includes("struck")));
    expect(said.indexOf(`plays ${told}`)).toBeGreaterThanOrEqual(0);
  } finally {
    await world.close();
  }
});

test("a nemesis refuses schedules of which none can be played, before it breaks anything", async () => {
  const world = await startFakeWorld();
  try {
    const refused = runNemesis(sessionOn(world, directory), { minutes: 1, schedules: [REGION] });
    await expect(refused).rejects.toMatchObject({ code: "DRL-009" });
    expect(world.injected).toEqual([]);
  } finally {
    await world.close();
  }
});

test("a nemesis strikes what its seed draws, and ends with everything undone", async () => {
  const world = await startFakeWorld();
  try {
    const status = async (): Promise<Status> => {
      const now = await world.status();
      const withRole = now.instances.map((each) => ({ ...each, role: each.id === "database-z1" ? "primary" : null }));
      return { ...now, instances: withRole };
    };
    // So fast a pace that a second holds several faults.
    const session = sessionOn({ ...world, status, paceFactor: 200 }, directory);
    const { drills, control, skipped } = await runNemesis(session, { minutes: 0.05 });
    expect(drills.map(({ name }) => name)).toEqual(["nemesis"]);
    expect(drills[0]?.episodes?.length).toBeGreaterThan(1);
    expect(world.healed).toHaveLength(world.injected.length);
    expect(Object.keys(control.journeys)).toEqual(["order", "browse"]);
    expect(skipped).toEqual([]);
  } finally {
    await world.close();
  }
});
