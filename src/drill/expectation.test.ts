import { describe, expect, test } from "vitest";
import type { JournalEvent, WorldEvent } from "../base/journal.ts";
import { AS_EVER, type Claim, type Expectation } from "../fault/fault.ts";
import type { DrillDocument, JourneyDocument } from "../base/drill-document.ts";
import { FAULT_AT, type Plot, type Told, story } from "./fixture/story.ts";
import { judge } from "./verdict.ts";

function judged(plot: Plot): DrillDocument & { order: JourneyDocument } {
  const drill = judge({ events: story(plot), file: "journal.jsonl", torn: null });
  return { ...drill, order: drill.journeys["order"]! }; // a story has this journey
}

/** No order is taken from the fault until this long after it; the story's fault is undone after five seconds. */
function outage(untilMs: number): Plot {
  const operations = Array.from({ length: untilMs / 100 }, (_, index): Told => ({
    at: FAULT_AT + index * 100,
    key: `f${index}`,
    outcome: "failed",
    attempts: ["rejected"],
  }));
  return { operations, silent: { from: FAULT_AT, to: FAULT_AT + untilMs }, primitives: [{ kind: "pause" }] };
}

function expecting(changes: Partial<Expectation>): Plot {
  return { expectation: { ...AS_EVER, ...changes } };
}

function claiming(claim: Claim): Plot {
  return expecting({ claims: [{ claim, proves: "it works" }] });
}

function decision(what: string, component: string, at = FAULT_AT + 1_000): WorldEvent {
  return { kind: "decision", at, component, what, subject: component };
}

function probe(expected: "blocked" | "served" | null, outcome: "blocked" | "served" | "failed"): JournalEvent {
  const at = FAULT_AT + 1_000;
  return { kind: "probe", at, label: "a quote in the query", expect: expected, outcome, status: null };
}

describe("a component that nobody can make work until the fault is undone", () => {
  test("is held to the objective from the heal on, and the refusals are counted and explained", () => {
    const { verdict, order, notes } = judged({ ...outage(5_500), ...expecting({ unavailable: ["orders"] }) });
    expect(verdict).toBe("pass");
    expect(order).toMatchObject({ failed: 55, recoveryTimeAtAwsMs: order.recoveryTimeMs! - 5_000 });
    expect(notes.join()).toContain("as was to be expected while orders cannot work");
  });

  test("fails where it takes longer than the objective after the heal, or never comes back", () => {
    const late = { ...outage(6_500), objective: { rtoMs: 1_000, rpoMs: 0 }, ...expecting({ unavailable: ["orders"] }) };
    expect(judged(late)).toMatchObject({ verdict: "fail", reasons: [expect.stringContaining("recovery takes")] });
    const never = { ...outage(10_000), ...expecting({ unavailable: ["orders"] }) };
    expect(judged(never)).toMatchObject({ verdict: "fail", reasons: [expect.stringContaining("never became steady")] });
  });

  test("has no stage that lasted until then: what the fault held up is no time of AWS's", () => {
    const world = [
      decision("detected", "database", FAULT_AT + 900),
      decision("promoted", "database", FAULT_AT + 1_000),
      decision("shifted", "database", FAULT_AT + 5_500),
    ];
    const held = { ...outage(5_500), world };
    const shift = (plot: Plot): number | undefined => judged(plot).stages.find(({ name }) => name === "shift")?.ms;
    expect(shift({ ...held, ...expecting({ unavailable: ["database"] }) })).toBe(500);
    expect(shift(held)).toBe(4_500);
  });

  test("excuses no journey that does without it", () => {
    const other = judged({ ...outage(5_500), ...expecting({ unavailable: ["sessions"] }) });
    expect(other).toMatchObject({ verdict: "fail", reasons: [expect.stringContaining("not before the fault")] });
  });
});

describe("a claim", () => {
  test("that something was decided fails where nobody did so after the fault", () => {
    const claim = { kind: "decided", what: "rolled-back", component: "api" } as const;
    const seen = (event: WorldEvent): Plot => ({ ...claiming(claim), world: [event, decision("zone-lost", "zone")] });
    expect(judged(seen(decision("rolled-back", "api"))).verdict).toBe("pass");
    for (const event of [decision("rolled-back", "other"), decision("rolled-back", "api", FAULT_AT - 1)]) {
      const { verdict, reasons } = judged(seen(event));
      expect({ verdict, reasons }).toEqual({ verdict: "fail", reasons: ['it works: nobody decided "rolled-back"'] });
    }
  });

  test("that something was not decided fails where it was", () => {
    const plot = claiming({ kind: "undecided", what: "promoted", component: null });
    expect(judged(plot).verdict).toBe("pass");
    const { reasons } = judged({ ...plot, world: [decision("promoted", "database")] });
    expect(reasons).toEqual(['it works: "promoted" was decided once']);
  });

  test("that nobody was harmed fails where an operation was", () => {
    const harmed: Told = { at: FAULT_AT + 50, key: "x", outcome: "failed", attempts: ["rejected"] };
    const plot = claiming({ kind: "unharmed" });
    expect(judged(plot).verdict).toBe("pass");
    expect(judged({ ...plot, operations: [harmed] }).reasons).toContain(
      "it works: operations did not end well: 1 of order",
    );
  });

  test("about a crowd fails where one request fared otherwise, or none was made", () => {
    const plot = claiming({ kind: "crowd-handled" });
    const well = [probe("blocked", "blocked"), probe("served", "served")];
    expect(judged({ ...plot, more: well }).verdict).toBe("pass");
    expect(judged({ ...plot, more: [...well, probe("blocked", "served")] }).reasons.join()).toContain(
      "1 of 3 requests fared otherwise: a quote in the query (served)",
    );
    expect(judged(plot).reasons).toEqual(["it works: the crowd made no request"]);
  });

  test("about a flood fails where it is never blocked, or not for good", () => {
    const plot = claiming({ kind: "crowd-handled" });
    const served = Array.from({ length: 10 }, () => probe(null, "served"));
    const blocked = Array.from({ length: 100 }, () => probe(null, "blocked"));
    expect(judged({ ...plot, more: [...served, ...blocked] }).verdict).toBe("pass");
    expect(judged({ ...plot, more: served }).verdict).toBe("fail");
    expect(judged({ ...plot, more: [...blocked, ...served] }).verdict).toBe("fail");
  });
});

describe("the trace of a fault", () => {
  test("is unknown where the world shows none, unless customers may show it or claims alone tell", () => {
    const quiet = (trace: Expectation["trace"]): Plot => ({ ...expecting({ trace }), world: [] });
    const untold = { verdict: "unknown", reasons: [expect.stringContaining("no trace")] };
    expect(judged(quiet("world"))).toMatchObject(untold);
    expect(judged(quiet("customers"))).toMatchObject(untold);
    expect(judged(quiet("none")).verdict).toBe("pass");
    const slow: Told = { at: FAULT_AT + 50, key: "x", tookMs: 900 };
    expect(judged({ ...quiet("customers"), operations: [slow] }).verdict).toBe("pass");
    expect(judged({ ...quiet("world"), operations: [slow] }).verdict).toBe("unknown");
  });
});
