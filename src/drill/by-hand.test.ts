import { expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import { silentHost } from "../base/host.ts";
import type { WorldEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { Fault } from "../fault/fault.ts";
import type { World } from "../world/world.ts";
import { type BrokenByHand, breakByHand } from "./by-hand.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";

const topology = fakeTopology();

/** A fault of one lasting step, struck again where `when` says so. */
function faultOf(options: { kill?: boolean; when?: "detected" | "observed" } = {}): Fault {
  const { kill = false, when } = options;
  return {
    name: "test-fault",
    summary: "does what the test needs",
    scope: "zone",
    blastClass: "zone",
    standsFor: "a test",
    notModelled: [],
    fisAction: null,
    targets: () => ["z1"],
    primitives: () => [kill ? { kind: "kill", instance: "api-z1" } : { kind: "power-off", zone: "z1" }],
    // oxlint-disable-next-line unicorn/no-thenable -- it is a fault's own word for a second blow, and no promise
    ...(when && { then: { when, primitives: () => [{ kind: "power-off" as const, zone: "z2" }] } }),
  };
}

interface Story {
  /** What the world was asked for, with the time, in order. */
  readonly log: string[];
  run(fault: Fault, options?: { forMs?: Ms; signal?: AbortSignal }): Promise<BrokenByHand>;
}

/** A world without time of its own: each sleep passes at once. `during` runs at each of them. */
function story(
  world: Partial<World> = {},
  during: (at: Ms, emit: (event: WorldEvent) => void) => void = () => {},
): Story {
  const log: string[] = [];
  const listeners = new Set<(event: WorldEvent) => void>();
  let [at, injected] = [0, 0];
  const clock: Clock = {
    now: () => at,
    after: () => () => undefined,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      at += ms;
      during(at, (event) => listeners.forEach((listener) => listener(event)));
      signal?.throwIfAborted();
    },
  };
  const fake = {
    topology,
    paceFactor: 10,
    status: async () => ({ instances: [], faults: [] }),
    limits: async () => ({}),
    inject: async ({ primitives }: Parameters<World["inject"]>[0]) => {
      const id = `fault-${++injected}`;
      log.push(`${at}: ${id} ${primitives.map(({ kind }) => kind).join(", ")}`);
      return id;
    },
    heal: async (id: string) => void log.push(`${at}: heal ${id}`),
    watch: (listener: (event: WorldEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...world,
  } as unknown as World; // all that a break by hand asks of it
  const around = { world: fake, host: silentHost, clock, seed: 1, rate: 50 };
  return {
    log,
    run: (fault, { forMs, signal = new AbortController().signal } = {}) =>
      breakByHand(fault, "z1", { ...around, forMs: forMs ?? null, signal }),
  };
}

test("without a duration the fault stays in force", async () => {
  const { log, run } = story();
  expect(await run(faultOf())).toEqual({
    fault: "test-fault",
    target: "z1",
    ids: ["fault-1"],
    healed: false,
    interrupted: false,
    crowd: null,
  });
  expect(log).toEqual(["0: fault-1 power-off"]);
});

test("with a duration it is healed when that is over", async () => {
  const { log, run } = story();
  expect(await run(faultOf(), { forMs: 2_000 })).toMatchObject({ healed: true, interrupted: false });
  expect(log).toEqual(["0: fault-1 power-off", "2000: heal fault-1"]);
});

test("what is over at once is not waited for", async () => {
  const { log, run } = story();
  expect(await run(faultOf({ kill: true }), { forMs: 60_000 })).toMatchObject({ healed: true });
  expect(log).toEqual(["0: fault-1 kill", "0: heal fault-1"]);
});

test("the second blow strikes once a failover has begun, and the last blow is healed first", async () => {
  const { log, run } = story({}, (at, emit) => {
    if (at === 350) emit({ kind: "decision", at, component: "database", what: "detected", subject: "database-z1" });
  });
  expect(await run(faultOf({ when: "detected" }), { forMs: 1_000 })).toMatchObject({ ids: ["fault-1", "fault-2"] });
  expect(log).toEqual(["0: fault-1 power-off", "350: fault-2 power-off", "1350: heal fault-2", "1350: heal fault-1"]);
});

test("Ctrl-C while it waits for the second blow, or for its end, heals", async () => {
  for (const options of [{ when: "observed" } as const, {}]) {
    const interrupted = new AbortController();
    const { log, run } = story({}, () => interrupted.abort());
    const broken = await run(faultOf(options), { forMs: 60_000, signal: interrupted.signal });
    expect(broken).toMatchObject({ ids: ["fault-1"], healed: true, interrupted: true });
    expect(log.at(-1)).toContain("heal fault-1");
  }
});

test("a fault that flaps goes and comes as often as it says, and stays", async () => {
  const { log, run } = story();
  const fault: Fault = { ...faultOf(), flaps: { times: 2, goneMs: 100, backMs: 200 } };
  expect(await run(fault)).toMatchObject({ ids: ["fault-3"], healed: false });
  expect(log).toEqual([
    "0: fault-1 power-off",
    "5000: heal fault-1",
    "5100: fault-2 power-off",
    "5300: heal fault-2",
    "5400: fault-3 power-off",
  ]);
});

test("fails where the second blow cannot be made, and heals the first", async () => {
  const healed: string[] = [];
  let injected = 0;
  const { run } = story({
    inject: async () => {
      injected += 1;
      if (injected === 2) throw new Error("no such zone");
      return "fault-1";
    },
    heal: async (id) => void healed.push(id),
  });
  await expect(run(faultOf({ when: "observed" }))).rejects.toThrow("no such zone");
  expect(healed).toEqual(["fault-1"]);
});

test("rejects with the reason what cannot be made on this machine, and strikes nothing", async () => {
  const { log, run } = story({ limits: async () => ({ "power-off": "there is no power" }) });
  await expect(run(faultOf())).rejects.toMatchObject({ code: "FLT-004", message: expect.stringContaining("no power") });
  expect(log).toEqual([]);
});
