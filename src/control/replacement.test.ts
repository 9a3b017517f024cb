import { describe, expect, test } from "vitest";
import { replacement } from "./replacement.ts";
import type { ReplacementAct, ReplacementSeen, ReplacementSpec, ReplacementState } from "./replacement/language.ts";

const SPEC: ReplacementSpec = {
  service: "api",
  zones: ["a", "b", "c"],
  desired: 3,
  revision: "1",
  min: 3,
  backoff: { firstMs: 100, maxMs: 1_000, resetAfterMs: 5_000 },
  startTimeoutMs: 2_000,
  healthGraceMs: 1_500,
  drainMs: 3_000,
  crashLoopFailures: 3,
  checked: true,
};

/**
 * A service whose starts and stops succeed at once, and whose tasks are healthy once registered unless `sick` says
 * otherwise.
 */
class Script {
  now = 0;
  state: ReplacementState;
  acts: ReplacementAct[] = [];
  sick: (task: string) => boolean = () => false;
  readonly #spec: ReplacementSpec;

  constructor(spec: ReplacementSpec = SPEC) {
    this.#spec = spec;
    this.state = replacement.start(spec, 0);
    this.see();
    this.acts = [];
  }

  see(...seen: readonly ReplacementSeen[]): void {
    const step = replacement.step(this.#spec, this.state, this.now, seen);
    this.state = step.state;
    this.acts.push(...step.act);
    for (const act of step.act) {
      if (act.kind === "start" || act.kind === "stop") this.see({ kind: "done", id: act.id, ok: true });
      if (act.kind === "register" && !this.sick(act.task)) this.see({ kind: "health", task: act.task, healthy: true });
    }
  }

  told(): string[] {
    return this.acts.flatMap((act) => ("task" in act ? [`${act.kind} ${act.task}`] : []));
  }

  tasks(): string[] {
    return Object.keys(this.state.tasks).toSorted();
  }
}

describe("replacement", () => {
  test("starts a task a zone, and says when all serve", () => {
    expect(new Script().tasks()).toEqual(["api-a", "api-b", "api-c"]);
    expect(new Script().state.redundant).toBe(true);
  });

  test("takes a task that exited from the balancer at once, and starts another after a pause", () => {
    const script = new Script();
    script.see({ kind: "exited", task: "api-b" });
    expect(script.told()).toEqual(["deregister api-b"]);
    script.now = 100;
    script.see();
    expect(script.told().slice(1)).toEqual(["start api-b", "register api-b"]);
  });

  test("pauses longer with each failure in a row, up to a limit", () => {
    const script = new Script({ ...SPEC, zones: ["a"], desired: 1, min: 1 });
    const pauses = [1, 2, 3, 4, 5, 6].map(() => {
      script.see({ kind: "exited", task: "api-a" });
      const until = script.state.backoff["a"]?.until ?? 0;
      const pause = until - script.now;
      script.now = until;
      script.see();
      return pause;
    });
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test("replaces what a lost zone held in the others, and moves it back without a gap", () => {
    const script = new Script();
    script.now = 10;
    script.see({ kind: "zone", zone: "a", available: false });
    expect(script.told()).toEqual(["deregister api-a", "start api-b-2", "register api-b-2"]);
    script.acts = [];
    script.see({ kind: "zone", zone: "a", available: true });
    expect(script.told()).toEqual(["start api-a", "register api-a", "deregister api-b-2", "stop api-b-2"]);
  });

  test("starts the replacement of an unhealthy task before it ends that", () => {
    const script = new Script();
    script.see({ kind: "health", task: "api-c", healthy: false });
    expect(script.told()).toEqual(["start api-c-2", "register api-c-2", "deregister api-c", "stop api-c"]);
  });

  test("never runs more than twice the tasks of a zone, however many turn out unhealthy", () => {
    const script = new Script();
    script.sick = () => true;
    script.see({ kind: "health", task: "api-a", healthy: false });
    for (let turn = 0; turn < 50; turn += 1) {
      script.now += 1_000;
      script.see();
      expect(script.tasks().filter((task) => task.startsWith("api-a")).length).toBeLessThanOrEqual(2);
    }
  });

  test("drains what is too many, with grace, and keeps the zones even", () => {
    const script = new Script({ ...SPEC, desired: 6 });
    script.see({ kind: "desired", count: 3 });
    expect(script.told().filter((each) => each.startsWith("stop"))).toHaveLength(3);
    expect(script.acts.filter((act) => act.kind === "stop").every(({ graceMs }) => graceMs === 3_000)).toBe(true);
    expect(new Set(Object.values(script.state.tasks).map(({ zone }) => zone)).size).toBe(3);
  });

  test("goes to none where none is asked for, and back: a region that stands by may have none", () => {
    const script = new Script();
    script.see({ kind: "desired", count: 0 });
    expect(script.tasks()).toEqual([]);
    script.see({ kind: "desired", count: 3 });
    expect(script.tasks()).toHaveLength(3);
  });

  test("deploys a revision next to the old one, which goes when the new one has proven itself", () => {
    const script = new Script();
    script.see({ kind: "revision", revision: "2" });
    expect(script.tasks()).toHaveLength(6);
    expect(script.told().some((each) => each.startsWith("stop"))).toBe(false);
    script.now = 5_000;
    script.see();
    expect(Object.values(script.state.tasks).map(({ revision }) => revision)).toEqual(["2", "2", "2"]);
    expect(script.state.good).toBe("2");
  });

  test("gives up on a task that is still unhealthy when its grace period is over, and not before", () => {
    const script = new Script();
    script.sick = (task) => task.endsWith("-2");
    script.see({ kind: "revision", revision: "2" });
    script.now = 500;
    script.see({ kind: "health", task: "api-a-2", healthy: false });
    script.now = 1_499;
    script.see();
    expect(script.told().filter((each) => each.startsWith("stop"))).toEqual([]);
    script.now = 1_500;
    script.see();
    expect(script.told().filter((each) => each.startsWith("stop"))).toEqual(["stop api-a-2"]);
  });

  test("gives a task that was unhealthy at first and is healthy within its grace period all the time it needs", () => {
    const script = new Script();
    script.sick = (task) => task.endsWith("-2");
    script.see({ kind: "revision", revision: "2" });
    for (const healthy of [false, true]) script.see({ kind: "health", task: "api-a-2", healthy });
    script.now = 1_900;
    script.see();
    expect(script.state.tasks["api-a-2"]?.phase).toBe("serving");
  });

  test("rolls back a revision whose tasks keep failing, and the old tasks have served all along", () => {
    const script = new Script();
    script.sick = (task) => task.endsWith("-2");
    script.see({ kind: "revision", revision: "2" });
    script.now = 2_000;
    script.see();
    expect(script.acts).toContainEqual({ kind: "rolled-back", from: "2", to: "1" });
    expect(script.told().filter((each) => /^(stop|deregister) api-.$/.test(each))).toEqual([]);
    expect(script.tasks()).toEqual(["api-a", "api-b", "api-c"]);
  });
});
