import { describe, expect, test } from "vitest";
import { runController } from "./run.ts";
import type { RecoveryAct, RecoverySeen, RecoverySpec, StageAct } from "./recovery/language.ts";
import { recovery } from "./recovery.ts";

const SPEC: RecoverySpec = {
  regions: ["east", "west"],
  first: "east",
  readiness: "warm-standby",
  watchers: ["one", "two", "three"],
  mode: "automatic",
  onLag: null,
  retryMs: 100,
  calmMs: 1_000,
};

/** The controller in a world where every stage succeeds at once, unless `fails` says so. */
function started(spec: Partial<RecoverySpec> = {}, fails: (act: StageAct) => boolean = () => false) {
  const acts: RecoveryAct[] = [];
  let now = 0;
  const world = {
    now: () => now,
    wakeAt: () => undefined,
    record: () => undefined,
    perform(act: RecoveryAct) {
      acts.push(act);
      if (act.kind === "stage") running.see({ kind: "done", id: act.id, ok: !fails(act) });
    },
  };
  const whole = { ...SPEC, ...spec };
  const running = runController(recovery, whole, recovery.start(whole, 0), world);
  const sight = (region: string, ok: boolean, watchers = whole.watchers): void =>
    running.see(...watchers.map((watcher): RecoverySeen => ({ kind: "sight", watcher, region, ok })));
  sight("east", true);
  sight("west", true);
  return {
    running,
    sight,
    at(ms: number): void {
      now = ms;
      running.wake();
    },
    stages: () => acts.flatMap((act) => (act.kind === "stage" ? [`${act.name} ${act.region}`] : [])),
    said: () => acts.flatMap((act) => (act.kind === "decision" ? [act.what] : [])),
  };
}

describe("the loss of the region that serves", () => {
  test("is decided by a majority of the watchers, and never by one", () => {
    const { sight, stages, running } = started();
    sight("east", false, ["one"]);
    expect(stages()).toEqual([]);
    sight("east", false, ["two"]);
    expect(stages()).toEqual(["fence east", "promote west", "scale west", "shift west", "verify west"]);
    expect(running.state()).toMatchObject({ active: "west", plan: null });
    expect(running.state().regions["east"]?.givenUp).toBe(true);
  });

  test.each([
    ["backup-restore", ["fence east", "restore west", "promote west", "start west", "shift west", "verify west"]],
    ["pilot-light", ["fence east", "promote west", "start west", "shift west", "verify west"]],
    ["active-active", ["fence east", "promote west", "shift west", "verify west"]],
  ] as const)("with %s takes the stages of that strategy", (readiness, expected) => {
    const { sight, stages } = started({ readiness });
    sight("east", false);
    expect(stages()).toEqual(expected);
  });

  test("leads nowhere while the other region is not seen either, and on as soon as it is", () => {
    const { sight, said, stages } = started();
    sight("west", false);
    sight("east", false);
    expect(said()).toContain("waiting");
    expect(stages()).toEqual([]);
    sight("west", true);
    expect(stages()[0]).toBe("fence east");
  });

  test("asks where a person decides, and not again after a no", () => {
    const { sight, said, stages, running } = started({ mode: "approval" });
    sight("east", false);
    expect(said()).toContain("asked");
    running.see({ kind: "answer", approved: false });
    running.wake();
    expect(stages()).toEqual([]);
    expect(said().filter((what) => what === "asked")).toHaveLength(1);
    sight("east", true);
    sight("east", false);
    running.see({ kind: "answer", approved: true });
    expect(stages()).toContain("promote west");
  });

  test("that would lose too much is waited for, and then asked about or done", () => {
    const lag = { kind: "lag", region: "west", ms: 9_000, at: 0 } as const;
    for (const afterwards of ["ask", "promote"] as const) {
      const { sight, said, stages, running, at } = started({ onLag: { mostMs: 1_000, waitMs: 2_000, afterwards } });
      running.see(lag);
      sight("east", false);
      expect(said()).toContain("waiting");
      at(1_999);
      expect(stages()).toEqual([]);
      at(2_000);
      expect(said().includes("asked")).toBe(afterwards === "ask");
      expect(stages().includes("promote west")).toBe(afterwards === "promote");
    }
  });

  test("is judged by the last lag from before: what is told during the silence does not count", () => {
    const { sight, running } = started({ mode: "approval" });
    running.see({ kind: "lag", region: "west", ms: 40, at: 0 });
    sight("east", false);
    running.see({ kind: "lag", region: "west", ms: 60_000, at: 0 });
    expect(running.state().regions["west"]?.lag?.ms).toBe(40);
  });
});

describe("a region that was given up", () => {
  test("rejoins once it was seen for long enough, fenced and with its own writes saved first", () => {
    const { sight, stages, running, at } = started();
    sight("east", false);
    sight("east", true);
    at(999);
    expect(stages()).not.toContain("save east");
    at(1_000);
    expect(stages().slice(-3)).toEqual(["fence east", "save east", "reseed east"]);
    expect(running.state().regions["east"]?.givenUp).toBe(false);
  });

  test("takes nothing over before that", () => {
    const { sight, said, running } = started();
    sight("east", false);
    sight("east", true);
    running.see({ kind: "command", what: "switchover", to: "east" });
    expect(said()).toContain("refused");
  });
});

describe("a switchover", () => {
  test("grows the other region before writes stop, and promotes it when it has everything", () => {
    const { stages, running } = started();
    running.see({ kind: "command", what: "switchover", to: "west" });
    expect(stages()).toEqual([
      "scale west",
      "quiesce east",
      "catch-up west",
      "promote west",
      "shift west",
      "follow east",
      "verify west",
    ]);
  });

  test("is taken back where the other region is lost before it took over", () => {
    let isStuck = true;
    const { sight, stages, running, at } = started({}, ({ name }) => isStuck && name === "catch-up");
    running.see({ kind: "command", what: "switchover", to: "west" });
    sight("west", false);
    isStuck = false;
    at(5_000);
    expect(stages().at(-1)).toBe("resume east");
    expect(running.state()).toMatchObject({ active: "east", plan: null });
  });

  test("becomes a failover where the region that serves is lost before the other has everything", () => {
    let isStuck = true;
    const { sight, stages, running, at } = started({}, ({ name }) => isStuck && name === "catch-up");
    running.see({ kind: "command", what: "switchover", to: "west" });
    sight("east", false);
    isStuck = false;
    at(5_000);
    expect(stages()).toContain("fence east");
    expect(running.state()).toMatchObject({ active: "west", plan: null });
  });

  describe("whose source is lost before the other region has everything", () => {
    function stuck(spec: Partial<RecoverySpec>) {
      let isStuck = true;
      const world = started(spec, ({ name }) => isStuck && name === "catch-up");
      world.running.see({ kind: "lag", region: "west", ms: 9_000, at: 0 });
      world.running.see({ kind: "command", what: "switchover", to: "west" });
      world.sight("east", false);
      isStuck = false;
      return world;
    }

    test("rests until a person has said yes, where a person decides", () => {
      const { stages, said, running, at } = stuck({ mode: "approval" });
      at(5_000);
      expect(said().filter((what) => what === "asked")).toHaveLength(1);
      expect(stages().slice(-1)).toEqual(["catch-up west"]);
      expect(running.state()).toMatchObject({ active: "east", plan: { kind: "switchover" } });
      running.see({ kind: "answer", approved: true });
      expect(stages().slice(-5)).toEqual(["fence east", "promote west", "scale west", "shift west", "verify west"]);
      expect(running.state()).toMatchObject({ active: "west", plan: null, asked: false });
    });

    test("goes on where the person said no and the source is seen again", () => {
      const { sight, said, running, at } = stuck({ mode: "approval" });
      running.see({ kind: "answer", approved: false });
      at(5_000);
      expect(running.state().plan?.kind).toBe("switchover");
      sight("east", true);
      expect(running.state()).toMatchObject({ active: "west", plan: null });
      expect(said()).not.toContain("refused");
    });

    test("can be given up by a command after a no", () => {
      const { stages, running } = stuck({ mode: "approval" });
      running.see({ kind: "answer", approved: false });
      running.see({ kind: "command", what: "failover", to: "west" });
      expect(stages()).toContain("fence east");
      expect(running.state()).toMatchObject({ active: "west", plan: null });
    });

    test("is waited for where a failover would lose too much", () => {
      const { stages, said, at } = stuck({ onLag: { mostMs: 1_000, waitMs: 2_000, afterwards: "promote" } });
      expect(said()).toContain("waiting");
      expect(stages()).not.toContain("fence east");
      at(2_000);
      expect(stages()).toContain("fence east");
    });
  });

  test("that is taken back becomes a failover where the region that was to go on is lost meanwhile", () => {
    const { sight, stages, running } = started({}, ({ name }) => name === "catch-up" || name === "resume");
    running.see({ kind: "command", what: "switchover", to: "west" });
    sight("west", false);
    expect(stages().at(-1)).toBe("resume east");
    sight("east", false);
    sight("west", true);
    expect(stages().slice(-5)).toEqual(["fence east", "promote west", "scale west", "shift west", "verify west"]);
    expect(running.state()).toMatchObject({ active: "west", plan: null });
  });

  test("is refused while a plan is under way, and to a region that is not seen or serves already", () => {
    const { sight, said, running } = started({}, () => true);
    running.see({ kind: "command", what: "switchover", to: "east" });
    sight("west", false);
    running.see({ kind: "command", what: "switchover", to: "west" });
    sight("west", true);
    running.see({ kind: "command", what: "switchover", to: "west" }, { kind: "command", what: "failover", to: "west" });
    expect(said().filter((what) => what === "refused")).toHaveLength(3);
    expect(said().filter((what) => what === "began")).toHaveLength(1);
  });
});
