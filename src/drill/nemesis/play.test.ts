import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../../base/journal.ts";
import { findFault } from "../../fault/catalogue.ts";
import type { Status } from "../../world/world.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { createStepClock } from "../fixture/step-clock.ts";
import { createLive } from "../live.ts";
import type { Rig, Session } from "../rig.ts";
import type { Strike } from "./plan.ts";
import { play } from "./play.ts";
import type { Blow, Striker } from "./striker.ts";

/** A world of two regions whose recovery asks a person, and takes over a second after the yes; nobody has customers. */
function setUp({ asks = true } = {}) {
  const clock = createStepClock();
  const live = createLive({ journeys: [], expectation: null });
  const told: string[] = [];
  const say = (text: string): void => void told.push(`${clock.now() / 1_000} s: ${text}`);
  const decide = (what: string): void => {
    const event = { kind: "decision", at: clock.now(), component: "recovery", what, subject: "r2" } as const;
    live.see({ kind: "world", at: event.at, event });
  };
  const regions = [
    { name: "r1", role: "active" },
    { name: "r2", role: "standby" },
  ];
  const recovery = { active: "r1", regions };
  const topology = fakeTopology({
    regions: [...fakeTopology().regions, { name: "r2", index: 1, role: "secondary", zones: [] }],
  });
  const session = {
    clock,
    host: { say: () => undefined },
    budgets: { settleMs: 1_000, steadyAtMostMs: 1_000 },
    documentedMs: {},
    signal: new AbortController().signal,
    world: {
      topology,
      paceFactor: 10,
      status: async () => ({ recovery, instances: [] }) as unknown as Status,
      settled: async () => true,
      async recover() {
        say("yes");
        clock.after(1_000, () => decide("finished"));
      },
    },
  } as unknown as Session;
  const until = async (check: () => boolean, withinMs: number): Promise<boolean> => {
    const deadline = clock.now() + withinMs;
    for (; !check(); await clock.sleep(50)) if (clock.now() >= deadline) return false;
    return true;
  };
  const rig = { live, until, record: (event: JournalEvent) => live.see(event) } as unknown as Rig;
  const striker: Striker = {
    async strike(fault, subject) {
      say(`${fault.name} of ${subject}`);
      if (asks && fault.blastClass === "region") clock.after(3_000, () => decide("asked"));
      const claims = fault
        .expects?.(topology, subject)
        .claims.filter(({ claim }) => "component" in claim && claim.component === "recovery");
      const held = { objective: { rtoMs: null, rpoMs: null }, unavailable: [], zones: [] };
      const region = fault.blastClass === "region" ? { region: subject, claims: claims ?? [] } : {};
      return { fault, subject, primitives: [], id: "", at: clock.now(), held: { ...held, ...region } };
    },
    again: async () => null,
    heal: async ({ fault, subject }: Blow) => say(`${fault.name} of ${subject} undone`),
    healAll: async () => undefined,
  };
  const run = async (strikes: readonly Strike[]): Promise<readonly string[]> => {
    const playing = play(strikes, striker, rig, session);
    await clock.advance(120_000);
    await playing;
    return told;
  };
  return { run };
}

function strike(name: string, target: string, [atS, healS]: readonly [number, number], begins = true): Strike {
  return { fault: findFault(name), target, atMs: atS * 1_000, againMs: null, healMs: healS * 1_000, begins };
}

describe("a region that is lost in a play", () => {
  test("is given up with a person's yes, and does not come back before another one has taken over", async () => {
    expect(await setUp().run([strike("region-loss", "r1", [1, 2])])).toEqual([
      "1 s: region-loss of r1",
      "4 s: yes",
      "5 s: region-loss of r1 undone",
    ]);
  });

  test("comes back after a drill's patience where nobody takes over", async () => {
    const [, undone] = await setUp({ asks: false }).run([strike("region-loss", "r1", [1, 2])]);
    expect(undone).toBe("61 s: region-loss of r1 undone");
  });

  test("is not waited for where the other one is lost, too", async () => {
    const both = [strike("region-loss", "r1", [1, 20]), strike("standby-region-loss", "r2", [2, 30], false)];
    expect(await setUp({ asks: false }).run(both)).toEqual([
      "1 s: region-loss of r1",
      "2 s: standby-region-loss of r2",
      "20 s: region-loss of r1 undone",
      "30 s: standby-region-loss of r2 undone",
    ]);
  });

  test("goes and comes back again where it flaps", async () => {
    const told = await setUp({ asks: false }).run([strike("region-flapping", "r1", [1, 2])]);
    expect(told.filter((text) => text.endsWith("undone"))).toHaveLength(4);
    expect(told).toHaveLength(8);
  });
});
