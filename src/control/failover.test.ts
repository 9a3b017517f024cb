import { describe, expect, test } from "vitest";
import { failover } from "./failover.ts";
import type { FailoverAct, FailoverSeen, FailoverSpec, FailoverState } from "./failover/language.ts";

const SPEC: FailoverSpec = {
  component: "database",
  members: ["a", "b", "c"].map((id) => ({ id, zone: `zone-${id}` })),
  observers: ["zone-a", "zone-b", "zone-c"],
  acknowledging: 1,
  retryMs: 100,
  restartDelayMs: 100,
  patienceMs: 2_000,
  first: "a",
};

/** A controller that is told things one after the other; acts succeed at once unless a test holds them back. */
class Script {
  now = 0;
  state: FailoverState;
  readonly acts: FailoverAct[] = [];
  readonly #spec: FailoverSpec;
  readonly #withheld: (act: FailoverAct) => boolean;

  constructor(spec: FailoverSpec = SPEC, withheld: (act: FailoverAct) => boolean = () => false) {
    this.#spec = spec;
    this.#withheld = withheld;
    this.state = failover.start(spec, 0);
    this.see();
    for (const { id } of spec.members) {
      this.see({ kind: "streaming", member: id, ok: id !== spec.first });
      for (const observer of spec.observers) this.see({ kind: "sight", observer, member: id, ok: true });
    }
    this.acts.length = 0;
  }

  see(...seen: readonly FailoverSeen[]): void {
    const step = failover.step(this.#spec, this.state, this.now, seen);
    this.state = step.state;
    this.acts.push(...step.act);
    for (const act of step.act) {
      if (!("member" in act) || this.#withheld(act)) continue;
      const position = act.kind === "hold" ? { position: { timeline: 1, offset: 10 } } : {};
      this.see({ kind: "done", id: act.id, ok: true, ...position });
    }
  }

  lose(member: string, ...observers: readonly string[]): void {
    for (const zone of observers) this.see({ kind: "sight", observer: `zone-${zone}`, member, ok: false });
  }

  /** Acts on members and decisions, in order, in short. */
  told(): string[] {
    return this.acts.flatMap((act) => {
      if ("member" in act) return [`${act.kind} ${act.member}`];
      return act.kind === "decision" ? [`${act.what} ${act.subject}`] : [];
    });
  }
}

describe("detection", () => {
  test("needs a majority of all zones", () => {
    const script = new Script();
    script.lose("a", "b");
    expect(script.told()).toEqual([]);
    script.lose("a", "c");
    expect(script.told()).toContain("detected a");
  });

  test("does not count a zone that cannot be heard, whatever it said before", () => {
    const script = new Script();
    script.lose("a", "b");
    script.see({ kind: "zone", zone: "zone-b", reachable: false });
    script.lose("a", "c");
    expect(script.told()).not.toContain("detected a");
  });

  test("does not count an observer that sees nobody", () => {
    const script = new Script();
    for (const member of ["c", "b", "a"]) script.lose(member, "b", "c");
    expect(script.told()).not.toContain("detected a");
  });

  test("gives observers that were blind time to see the primary again", () => {
    const script = new Script();
    for (const member of ["c", "b", "a"]) script.lose(member, "b", "c");
    for (const observer of ["zone-b", "zone-c"]) script.see({ kind: "sight", observer, member: "b", ok: true });
    expect(script.told()).not.toContain("detected a");
    script.now = 2_000;
    script.see();
    expect(script.told()).toContain("detected a");
  });

  test("is not what an exit is for: the primary is started again only when nobody noticed in time", () => {
    const script = new Script();
    script.see({ kind: "exited", member: "a" });
    expect(script.told()).toEqual([]);
    script.now = 2_000;
    script.see();
    expect(script.told()).toEqual(["start a"]);
  });
});

describe("a failover", () => {
  test("holds every standby before it promotes one, and seeds the old primary anew", () => {
    const script = new Script();
    script.lose("a", "b", "c");
    expect(script.told().slice(0, 3)).toEqual(["detected a", "hold b", "hold c"]);
    expect(script.told().slice(3, 7)).toEqual(["fenced a", "fence a", "promote b", "promoted b"]);
    expect(script.told().slice(7).toSorted()).toEqual(["follow c", "reseed a", "shifted b"]);
    expect(script.state).toMatchObject({ primary: "b", epoch: 2, failing: null });
  });

  test("promotes the standby that reaches furthest: the timeline first, then the offset", () => {
    const script = new Script(SPEC, (act) => act.kind === "hold");
    script.lose("a", "b", "c");
    const [b, c] = script.acts.filter((act) => act.kind === "hold");
    script.see({ kind: "done", id: b?.id ?? 0, ok: true, position: { timeline: 1, offset: 900 } });
    expect(script.told()).not.toContain("promote b");
    script.see({ kind: "done", id: c?.id ?? 0, ok: true, position: { timeline: 2, offset: 5 } });
    expect(script.told()).toContain("promote c");
  });

  test("holds nobody where too few can be asked, and says that it waits", () => {
    const script = new Script();
    script.see({ kind: "zone", zone: "zone-c", reachable: false });
    script.lose("a", "a", "b");
    expect(script.told()).toEqual(["detected a", "waiting a"]);
    script.see({ kind: "zone", zone: "zone-c", reachable: true });
    expect(script.told().slice(2, 4)).toEqual(["hold b", "hold c"]);
  });

  test("releases those that it held when the others can no longer be asked", () => {
    const script = new Script(SPEC, (act) => act.kind === "hold" && act.member === "c");
    script.lose("a", "a", "b");
    expect(script.state.members["b"]?.position).not.toBeNull();
    script.see({ kind: "zone", zone: "zone-c", reachable: false });
    expect(script.told()).toEqual(["detected a", "hold b", "hold c", "waiting a", "follow b"]);
    expect(script.state.members["b"]?.position).toBeNull();
  });

  test("is called off when the primary is seen again before a standby was chosen", () => {
    const script = new Script(SPEC, (act) => act.kind === "hold" && act.member === "c");
    script.lose("a", "a", "b");
    expect(script.told()).toEqual(["detected a", "hold b", "hold c"]);
    script.see(
      { kind: "sight", observer: "zone-a", member: "a", ok: true },
      { kind: "sight", observer: "zone-b", member: "a", ok: true },
    );
    expect(script.told().slice(3)).toEqual(["cancelled a", "follow b"]);
  });

  test("retries a promotion on the same standby, however often it fails", () => {
    const script = new Script(SPEC, (act) => act.kind === "promote");
    script.lose("a", "b", "c");
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const promotions = script.acts.filter((act) => act.kind === "promote");
      expect(promotions.map(({ member }) => member)).toEqual(Array.from({ length: attempt }, () => "b"));
      script.see({ kind: "done", id: promotions.at(-1)?.id ?? 0, ok: false });
      script.now += 100;
      script.see();
    }
  });

  test("goes on with the same standby after the supervisor was killed in the middle of the promotion", () => {
    const script = new Script(SPEC, (act) => act.kind === "promote");
    script.lose("a", "b", "c");
    const recorded = JSON.parse(JSON.stringify(script.state)) as FailoverState;
    const resumed = failover.resume(SPEC, recorded, 50, ["b", "c"]);
    const step = failover.step(SPEC, resumed, 50, []);
    expect(step.act).toContainEqual(expect.objectContaining({ kind: "promote", member: "b" }));
  });

  test("before it chose a standby is forgotten by the next supervisor, which releases what was held", () => {
    const script = new Script(SPEC, (act) => act.kind === "hold" && act.member === "c");
    script.lose("a", "b", "c");
    const resumed = failover.resume(SPEC, script.state, 50, ["a", "b", "c"]);
    const step = failover.step(SPEC, resumed, 50, []);
    expect(step.act).toContainEqual(expect.objectContaining({ kind: "follow", member: "b", primary: "a" }));
  });
});

describe("the old primary", () => {
  test("is fenced before anything else once it can be reached", () => {
    const script = new Script();
    script.see({ kind: "zone", zone: "zone-a", reachable: false });
    script.lose("a", "b", "c");
    expect(script.told()).not.toContain("fence a");
    script.acts.length = 0;
    script.see({ kind: "zone", zone: "zone-a", reachable: true });
    expect(script.told()).toEqual(["fence a", "reseed a"]);
  });

  test("is fenced again and again until that succeeds", () => {
    let attempts = 0;
    const script = new Script(SPEC, (act) => act.kind === "fence" && (attempts += 1) < 3);
    script.lose("a", "b", "c");
    for (let turn = 0; turn < 3; turn += 1) {
      const doing = script.state.members["a"]?.doing;
      if (doing?.kind === "fence") script.see({ kind: "done", id: doing.id, ok: false });
      script.now += 200;
      script.see();
    }
    expect(script.told().filter((each) => each === "fence a")).toHaveLength(3);
    expect(script.told()).toContain("reseed a");
  });

  test("of a cache is fenced before another is promoted, where it can be reached", () => {
    const script = new Script({ ...SPEC, acknowledging: 0 }, (act) => act.kind === "fence");
    script.lose("a", "b", "c");
    expect(script.told()).not.toContain("promote b");
    const fence = script.acts.find((act) => act.kind === "fence");
    script.see({ kind: "done", id: fence?.id ?? 0, ok: true });
    expect(script.told()).toContain("promote b");
  });

  test("with a disk that may be empty is initialised at the very first start alone", () => {
    const starts: FailoverAct[] = [];
    const script = new Script(SPEC, (act) => act.kind === "start" && starts.push(act) < 0);
    script.see({ kind: "exited", member: "a" });
    script.now = 2_000;
    script.see();
    expect(starts).toMatchObject([{ as: { initial: true } }, { as: { initial: false } }]);
  });
});

describe("a cache whose candidate is lost before its promotion is known", () => {
  test("promotes another, and counts the first as deposed", () => {
    const script = new Script({ ...SPEC, acknowledging: 0 }, (act) => act.kind === "promote" && act.member === "b");
    script.lose("a", "b", "c");
    expect(script.state.failing?.candidate).toBe("b");
    script.see({ kind: "zone", zone: "zone-b", reachable: false });
    expect(script.state).toMatchObject({ primary: "c", members: { b: { fence: true, valid: false } } });
  });
});
