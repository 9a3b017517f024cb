import { describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import type { LinkRule } from "../world/primitive.ts";
import { type FaultSurface, Faults } from "./faults.ts";
import type { Hands } from "./hand/hand.ts";
import { killHand, pauseHand } from "./hand/signal.ts";

/** A surface that notes what is done to it, in order. */
function noting(options: { fencePending?: () => boolean; alive?: boolean } = {}): FaultSurface & { notes: string[] } {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  return {
    notes,
    clock: systemClock,
    placesIn: (region) => [`${region}-a`, `${region}-b`, region],
    applyRules: async (rules: readonly LinkRule[]) => note(`rules ${rules.map(describeRule).join(" ") || "none"}`),
    hands: notingHands(note, (name) => {
      if (options.alive === false) return false;
      note(name);
      return true;
    }),
    fenceRegions: async () => undefined,
    fencePending: options.fencePending ?? (() => false),
  };
}

function notingHands(note: (text: string) => void, signal: (name: string) => boolean): Hands {
  const send = (instance: string, name: NodeJS.Signals): boolean => signal(`${name} ${instance}`);
  const hands: Partial<Hands> = {
    kill: killHand(send),
    pause: pauseHand(send),
    "power-off": { do: async ({ zone }) => note(`off ${zone}`), undo: async ({ zone }) => note(`on ${zone}`) },
    link: { do: async () => undefined, undo: async () => undefined },
  };
  return hands as Hands; // the others are not used here
}

function describeRule({ from, to, purposes }: LinkRule): string {
  return `${from.zone ?? from.instance ?? "*"}>${to.zone ?? to.instance ?? "*"}:${purposes?.join("+") ?? "all"}`;
}

const isolation = {
  kind: "link",
  rule: { from: { zone: "b" }, to: { instance: "db-a" }, effect: { kind: "black-hole" } },
} as const;

describe("faults", () => {
  test("a zone loses its links before its power, and gets its links back before its power", async () => {
    const surface = noting();
    const faults = new Faults(surface);
    const id = await faults.inject({ name: "zone-loss", target: "a", primitives: [{ kind: "power-off", zone: "a" }] });
    expect(surface.notes).toEqual(["rules a>*:all *>a:all", "off a"]);
    expect(faults.active()).toMatchObject([{ id, name: "zone-loss", target: "a" }]);
    await faults.heal(id);
    expect(surface.notes.slice(2)).toEqual(["rules none", "on a"]);
    expect(faults.active()).toEqual([]);
  });

  test("a heal opens the way for commands first, and the rest once the deposed primary is fenced", async () => {
    let looks = 0;
    const surface = noting({ fencePending: () => looks++ < 3 });
    const faults = new Faults(surface);
    const id = await faults.inject({ name: "isolated", target: "db-a", primitives: [isolation] });
    await faults.heal(id);
    expect(surface.notes).toEqual(["rules b>db-a:all", "rules b>db-a:client+replication", "rules none"]);
    expect(looks).toBeGreaterThan(3);
  });

  test("healing one fault leaves the rules of the others in force", async () => {
    const surface = noting();
    const faults = new Faults(surface);
    const first = await faults.inject({ name: "isolated", target: "db-a", primitives: [isolation] });
    await faults.inject({ name: "zone-loss", target: "c", primitives: [{ kind: "power-off", zone: "c" }] });
    await faults.heal(first);
    expect(surface.notes.at(-1)).toBe("rules c>*:all *>c:all");
  });

  test("what was paused goes on when it is healed", async () => {
    const surface = noting();
    const faults = new Faults(surface);
    const id = await faults.inject({ name: "hang", target: "x", primitives: [{ kind: "pause", instance: "x" }] });
    await faults.heal(id);
    expect(surface.notes).toEqual(["SIGSTOP x", "SIGCONT x", "rules none"]);
  });

  test("what sleeps and cannot be commanded wakes before anybody can reach it", async () => {
    const surface = noting();
    const faults = new Faults(surface);
    const reachable: boolean[] = [];
    const pause = surface.hands.pause;
    const hands = {
      ...surface.hands,
      pause: { ...pause, undo: async () => void reachable.push(!faults.rules().length) },
    };
    Object.assign(surface, { hands });
    const primitives = [isolation, { kind: "pause", instance: "db-a" }] as const;
    await faults.heal(await faults.inject({ name: "zombie", target: "db-a", primitives }));
    expect(reachable).toEqual([false]);
  });

  test("says what cannot be done here, and makes ready what is needed, and nothing else", async () => {
    const ready: string[] = [];
    const surface = noting();
    const hand = (name: string) => ({
      ...surface.hands.pause,
      limit: async () => null,
      prepare: async () => {
        ready.push(name);
        if (name === "skew") throw new Error("it cannot be fetched");
      },
    });
    const hands = {
      kill: { ...surface.hands.kill, limit: async () => "never" },
      pause: hand("pause"),
      "skew-clock": hand("skew"),
    };
    Object.assign(surface, { hands });
    const faults = new Faults(surface);
    expect(await faults.limits()).toEqual({ kill: "never" });
    expect(ready).toEqual([]);
    expect(await faults.limits(["kill", "skew-clock"])).toEqual({
      kill: "never",
      "skew-clock": "it cannot be fetched",
    });
    expect(ready).toEqual(["skew"]);
  });

  test("rejects a kill of what does not run, and an id that is not in force", async () => {
    const faults = new Faults(noting({ alive: false }));
    const kill = { name: "crash", target: "x", primitives: [{ kind: "kill", instance: "x" } as const] };
    await expect(faults.inject(kill)).rejects.toMatchObject({ code: "RUN-008" });
    expect(faults.active()).toEqual([]);
    await expect(faults.heal("crash-1")).rejects.toMatchObject({ code: "RUN-008" });
  });
});
