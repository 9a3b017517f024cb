import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import type { DrillDocument, JourneyDocument } from "../base/drill-document.ts";
import { FAULT_AT, type Plot, type Told, story } from "./fixture/story.ts";
import { CHECKERS, judge } from "./verdict.ts";

function judged(plot: Plot = {}): DrillDocument & { order: JourneyDocument } {
  const drill = judge({ events: story(plot), file: "journal.jsonl", torn: null });
  return { ...drill, order: drill.journeys["order"]! }; // a story has this journey
}

describe("a journal's verdict", () => {
  test("is a pass where nothing was lost and the fault was seen", () => {
    const { verdict, reasons, order, redundancyRestoredMs, detectedMs } = judged();
    expect({ verdict, reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(order).toMatchObject({
      operations: 150,
      ok: 150,
      acknowledged: 150,
      lost: 0,
      lostAtMost: 0,
      recoveryTimeMs: 0,
      recoveryTimeAtAwsMs: 0,
    });
    expect({ redundancyRestoredMs, detectedMs }).toEqual({ redundancyRestoredMs: 2_000, detectedMs: 900 });
  });

  test("carries what was expected before the drill was made, and nothing where the journal is older than that", () => {
    const predicted = { recoveryTimeMs: [0, 50], medianMs: 0, lost: [0, 0], journeys: {}, stages: [] } as const;
    expect(judged({ drill: { predicted } }).predicted).toEqual(predicted);
    expect(judged().predicted).toBeNull();
  });

  test("is a fail where an acknowledged write is lost, with the age of the oldest", () => {
    const { verdict, reasons, order } = judged({ absent: ["k30", "k40"] });
    expect(verdict).toBe("fail");
    expect(order).toMatchObject({ lost: 2, lostAtMost: 2, lostAfterFault: 0, oldestLostAgeMs: 1_990 });
    expect(reasons.join()).toContain("2 acknowledged writes lost");
  });

  test("tells writes that were acknowledged by the wrong side after the fault", () => {
    const { verdict, order, reasons } = judged({ absent: ["k60"], objective: { rtoMs: null, rpoMs: 60_000 } });
    expect(order).toMatchObject({ lost: 1, lostAfterFault: 1, oldestLostAgeMs: 0 });
    expect(verdict).toBe("fail");
    expect(reasons.join()).toContain("had no right to");
  });

  test("allows what the objective allows, and reports the loss of what is best effort", () => {
    expect(judged({ absent: ["k30"], objective: { rtoMs: null, rpoMs: 5_000 } }).verdict).toBe("pass");
    const { verdict, notes, order } = judged({ absent: ["k30"], durability: "best-effort" });
    expect({ verdict, lost: order.lost }).toEqual({ verdict: "pass", lost: 1 });
    expect(notes).toEqual(["order: 1 of 150 writes lost (best effort)"]);
  });

  test("is a fail where an effect was applied twice, by what is shown or by the books", () => {
    expect(judged({ twice: ["k7"] })).toMatchObject({ verdict: "fail", order: { appliedTwice: 1 } });
    const books = (applied: number | null): JournalEvent => ({
      kind: "conservation",
      at: FAULT_AT + 11_500,
      journey: "order",
      expected: 150,
      applied,
    });
    expect(judged({ more: [books(153)] })).toMatchObject({ verdict: "fail", order: { appliedTwice: 3 } });
    expect(judged({ more: [books(149)] })).toMatchObject({
      verdict: "fail",
      reasons: [expect.stringContaining("lack 1 effect")],
    });
    expect(judged({ more: [books(null)] })).toMatchObject({ verdict: "unknown" });
    expect(judged({ more: [books(150)] })).toMatchObject({ verdict: "pass" });
    // Of three more than were there when their keys were looked at, two came to be there while the books were read.
    const late = (applied: number): JournalEvent => ({ ...books(applied), expectedAtMost: 152 }) as JournalEvent;
    expect(judged({ more: [late(153)] })).toMatchObject({ verdict: "fail", order: { appliedTwice: 1 } });
    expect(judged({ more: [late(152)] })).toMatchObject({ verdict: "pass" });
  });

  test("is a fail where customers were refused again after it had been steady, but for one in a hundred", () => {
    const refused = (at: number): Told => ({
      at: FAULT_AT + at,
      key: `r${at}`,
      outcome: "failed",
      attempts: ["refused"],
    });
    const first = refused(500);
    expect(judged({ operations: [first] })).toMatchObject({ verdict: "pass", reasons: [] });
    const again = judged({ operations: [first, refused(8_000), refused(8_050)] });
    expect(again.verdict).toBe("fail");
    expect(again.reasons.join()).toContain("it did not stay steady: 2 of");
    const gone = ["k30", "k31"].map((key, at): Told => ({ ...refused(8_000 + at), key, action: "read" }));
    const lost = { absent: ["k30", "k31"], objective: { rtoMs: null, rpoMs: 60_000 } };
    expect(judged({ operations: [first, ...gone], ...lost }).verdict, "what is lost is no outage").toBe("pass");
    const more = Array.from({ length: 200 }, (_, index): Told => ({ at: FAULT_AT + 6_000 + index, key: `m${index}` }));
    expect(judged({ operations: [first, refused(8_000), refused(8_050), ...more] }).verdict).toBe("pass");
  });

  test("is unknown where an acknowledged write was never read back", () => {
    const { verdict, order, reasons } = judged({ unread: ["k3"] });
    expect({ verdict, lost: order.lost, lostAtMost: order.lostAtMost }).toEqual({
      verdict: "unknown",
      lost: 0,
      lostAtMost: 1,
    });
    expect(reasons.join()).toContain("1 acknowledged write could not be read back");
    const unread = story().filter((event) => !(event.kind === "read-back" && event.key === "k3"));
    expect(judge({ events: unread, file: "", torn: null })).toMatchObject({
      verdict: "unknown",
      journeys: { order: { lostAtMost: 1 } },
    });
  });

  test("tells what is still queued and what is stranded from what is lost", () => {
    const queue = (at: number, pending: number, stranded: number): JournalEvent => ({
      kind: "queue",
      at,
      queue: "orders",
      pending,
      stranded,
      redelivered: 0,
    });
    const { verdict, order } = judged({ absent: ["k1", "k2", "k3"], more: [queue(1, 0, 4), queue(2, 1, 5)] });
    expect(order).toMatchObject({ pending: 1, stranded: 1, lost: 1, lostAtMost: 2 });
    expect(verdict).toBe("fail");
    expect(judged({ absent: ["k1"], more: [queue(1, 0, 0), queue(2, 1, 0)] })).toMatchObject({
      verdict: "unknown",
      order: { lost: 0, lostAtMost: 1 },
    });
  });

  test("is a fail where surviving replicas disagree", () => {
    const look = (outcome: "present" | "absent"): JournalEvent => ({
      kind: "read-back",
      at: 1,
      journey: "order",
      key: "k9",
      replica: "database-z2",
      outcome,
      applied: null,
    });
    expect(judged({ more: [look("absent")] })).toMatchObject({ verdict: "fail", order: { diverged: 1, lost: 0 } });
    expect(judged({ more: [look("present")] })).toMatchObject({ verdict: "pass" });
    const sums = (b: string | null): JournalEvent => ({
      kind: "divergence",
      at: 1,
      component: "database",
      checksums: { a: "1", b },
      rows: null,
    });
    expect(judged({ more: [sums("2")] })).toMatchObject({ verdict: "fail", order: { diverged: 1 } });
    expect(judged({ more: [sums(null)] })).toMatchObject({ verdict: "unknown" });
  });

  test("is unknown where a checker crashes, whichever it is", () => {
    const crash = (): never => {
      throw new Error("planted");
    };
    for (const name of Object.keys(CHECKERS)) {
      const drill = judge({ events: story(), file: "", torn: null }, { ...CHECKERS, [name]: crash });
      expect({ name, verdict: drill.verdict }).toEqual({ name, verdict: "unknown" });
      expect(drill.reasons.join()).toContain("crashed: planted");
    }
  });

  test("is unknown where the fault left no trace, the journal is torn, or the drill was broken off", () => {
    expect(judged({ world: [] })).toMatchObject({ verdict: "unknown" });
    expect(judge({ events: story(), file: "", torn: "line 9" })).toMatchObject({ verdict: "unknown" });
    expect(judge({ events: story().slice(0, -1), file: "", torn: null })).toMatchObject({ verdict: "unknown" });
    expect(judge({ events: story().slice(0, 3), file: "", torn: null })).toMatchObject({ verdict: "unknown" });
  });

  test("is a fail where redundancy did not come back", () => {
    const world = [{ kind: "redundancy", at: FAULT_AT + 10, component: "api", full: false } as const];
    expect(judged({ world })).toMatchObject({
      verdict: "fail",
      redundancyRestoredMs: null,
      reasons: [expect.stringContaining("of api was not back")],
    });
  });
});

describe("the recovery time", () => {
  const outage = (forMs: number): Plot => {
    const silent = { from: FAULT_AT, to: FAULT_AT + forMs };
    const length = forMs / 100;
    const operations = Array.from({ length }, (_, index) => ({
      at: FAULT_AT + index * 100,
      key: `bad${index}`,
      outcome: "failed" as const,
      attempts: ["refused", "refused", "refused"] as const,
    }));
    return { silent, operations };
  };

  test("ends with the first operation of three steady seconds, and grows at AWS by what its timers grow", () => {
    const { order, stages } = judged({
      ...outage(1_400),
      absent: Array.from({ length: 14 }, (_, index) => `bad${index}`),
    });
    expect(order).toMatchObject({ failed: 14, failedAttempts: 42, firstErrorMs: 3, lastErrorMs: 1_300 });
    expect(order.failedAttemptsSent).toEqual({ inFlight: 0, beforeDetection: 27, later: 15 });
    expect(order.recoveryTimeMs).toBeGreaterThan(1_300);
    expect(order.recoveryTimeMs).toBeLessThanOrEqual(1_400);
    // 900 ms of detection are 9 s at AWS, the rest is the program's.
    expect(order.recoveryTimeAtAwsMs).toBe(order.recoveryTimeMs! + 8_100);
    expect(stages).toMatchObject([
      { name: "detect", component: "api", class: "timer", ms: 900, atAwsMs: 9_000 },
      { name: "reconnect", class: "program", ms: order.recoveryTimeMs! - 900 },
    ]);
  });

  test("fails the drill where it is longer at AWS than the objective, though not here", () => {
    const plot = { ...outage(1_400), absent: Array.from({ length: 14 }, (_, index) => `bad${index}`) };
    expect(judged({ ...plot, objective: { rtoMs: 9_000, rpoMs: 0 } })).toMatchObject({ verdict: "fail" });
    expect(judged({ ...plot, objective: { rtoMs: 10_000, rpoMs: 0 } })).toMatchObject({ verdict: "pass" });
  });

  test("is that of an outage at AWS which the customers' retries hid here", () => {
    const silent = { from: FAULT_AT, to: FAULT_AT + 800 };
    const operations = Array.from({ length: 8 }, (_, index) => ({
      at: FAULT_AT + index * 100,
      key: `slow${index}`,
      tookMs: 1_000,
      attempts: ["refused", "acknowledged"] as const,
    }));
    const { order, notes } = judged({ silent, operations });
    expect(order).toMatchObject({ failed: 0, recoveryTimeMs: 0, recoveryTimeAtAwsMs: 7_000 });
    expect(notes.join()).toContain("retries hid the outage here");
  });

  test("sees the hidden outage in retries that were quick, too", () => {
    const silent = { from: FAULT_AT, to: FAULT_AT + 800 };
    const operations = Array.from({ length: 8 }, (_, index) => ({
      at: FAULT_AT + index * 100,
      key: `retried${index}`,
      attempts: ["refused", "acknowledged"] as const,
    }));
    expect(judged({ silent, operations }).order).toMatchObject({ failed: 0, recoveryTimeAtAwsMs: 7_000 });
  });

  test("counts an operation that was in flight at the fault from the fault on", () => {
    const operations = [
      { at: FAULT_AT - 50, key: "caught", outcome: "failed", attempts: ["reset"], tookMs: 100 },
    ] as const;
    const { verdict, order } = judged({ operations, absent: ["caught"] });
    expect(verdict).toBe("pass"); // it was steady before
    expect(order.recoveryTimeMs).toBe(50);
    expect(order.failedAttemptsSent).toEqual({ inFlight: 1, beforeDetection: 0, later: 0 });
  });

  test("counts what is slow but successful as degraded", () => {
    const operations = Array.from({ length: 10 }, (_, index) => ({
      at: FAULT_AT + 2_000 + index * 100,
      key: `slow${index}`,
      tookMs: 300,
    }));
    expect(judged({ operations }).order).toMatchObject({ recoveryTimeMs: 0, degradedMs: 1_000 });
  });

  test("that had to wait until the fault was undone is a fail, unless there was nothing to undo", () => {
    const plot = { ...outage(5_500), absent: Array.from({ length: 55 }, (_, index) => `bad${index}`) };
    const rto = { objective: { rtoMs: null, rpoMs: 0 } };
    expect(judged({ ...plot, ...rto })).toMatchObject({ verdict: "pass" });
    const zone = judged({ ...plot, ...rto, primitives: [{ kind: "power-off", zone: "z1" }] });
    expect(zone).toMatchObject({
      verdict: "fail",
      reasons: [expect.stringContaining("not before the fault was undone")],
    });
  });

  test("is never, and a fail, where the journey does not become steady again", () => {
    expect(judged(outage(9_000))).toMatchObject({ verdict: "fail", order: { recoveryTimeMs: null } });
    const brokenOff = story(outage(9_000)).slice(0, -1);
    expect(judge({ events: brokenOff, file: "", torn: null })).toMatchObject({ verdict: "unknown" });
  });
});

describe("any journal", () => {
  const outcome = fc.constantFrom("ok", "failed", "unknown");
  const time = fc.integer({ min: FAULT_AT - 6_000, max: FAULT_AT + 12_000 });
  const key = fc.integer({ min: 0, max: 12 }).map((number) => `r${number}`);
  const told = fc.record({
    at: time,
    key,
    action: fc.constantFrom("write", "read"),
    outcome,
    tookMs: fc.integer({ min: 0, max: 3_500 }),
    attempts: fc.array(fc.constantFrom("acknowledged", "absent", "rejected", "refused", "timeout", "reset"), {
      minLength: 1,
      maxLength: 3,
    }),
  });
  const component = fc.constantFrom("api", "database", "orders", "zone");
  const world = fc.oneof(
    fc.record({ kind: fc.constant("redundancy"), at: time, component, full: fc.boolean() }),
    fc.record({
      kind: fc.constant("decision"),
      at: time,
      component,
      what: fc.constantFrom("detected", "promoted", "shifted", "exited"),
      subject: key,
    }),
    fc.record({ kind: fc.constant("sight"), at: time, observer: key, instance: key, component, ok: fc.boolean() }),
    fc.record({ kind: fc.constant("lag"), at: time, component, instance: key, lagMs: fc.option(fc.nat(100)) }),
  );
  const more = fc.oneof(
    fc.record({
      kind: fc.constant("queue"),
      at: time,
      queue: fc.constant("orders"),
      pending: fc.nat(3),
      stranded: fc.nat(3),
      redelivered: fc.option(fc.nat(9)),
    }),
    fc.record({
      kind: fc.constant("conservation"),
      at: time,
      journey: fc.constant("order"),
      expected: fc.nat(200),
      applied: fc.option(fc.nat(200)),
    }),
    fc.record({
      kind: fc.constant("read-back"),
      at: time,
      journey: fc.constant("order"),
      key,
      replica: fc.option(key),
      outcome: fc.constantFrom("present", "absent", "unknown"),
      applied: fc.option(fc.nat(3)),
    }),
  );
  const plot = fc.record({
    operations: fc.array(told, { maxLength: 60 }),
    absent: fc.array(key, { maxLength: 5 }),
    unread: fc.array(key, { maxLength: 5 }),
    world: fc.array(world, { maxLength: 20 }),
    more: fc.array(more, { maxLength: 20 }),
    silent: fc.record({ from: time, to: time }),
  });

  test("crashes no checker, and its figures agree with each other", () => {
    fc.assert(
      fc.property(plot, fc.boolean(), (random, cut) => {
        const events = story(random as unknown as Plot);
        const { order, verdict, reasons } = judgedOf(events, cut);
        expect(reasons.filter((reason) => reason.includes("crashed"))).toEqual([]);
        expect(order.ok + order.failed + order.unknown).toBe(order.operations);
        expect(order.lost).toBeLessThanOrEqual(order.lostAtMost);
        expect(order.lostAtMost).toBeLessThanOrEqual(order.acknowledged);
        expect(order.lostAfterFault).toBeLessThanOrEqual(order.lost);
        const { inFlight, beforeDetection, later } = order.failedAttemptsSent;
        expect(Math.min(inFlight, beforeDetection, later)).toBeGreaterThanOrEqual(0);
        expect(inFlight + beforeDetection + later).toBeLessThanOrEqual(order.failedAttempts);
        expect(order.failedAttempts).toBeLessThanOrEqual(order.attempts);
        if (order.recoveryTimeMs !== null)
          expect(order.recoveryTimeAtAwsMs).toBeGreaterThanOrEqual(order.recoveryTimeMs);
        if (verdict === "pass") expect({ reasons, lost: order.lostAtMost }).toEqual({ reasons: [], lost: 0 });
      }),
      { numRuns: 500 },
    );
  });
});

function judgedOf(events: readonly JournalEvent[], cut: boolean): DrillDocument & { order: JourneyDocument } {
  const drill = judge({ events: cut ? events.slice(0, -1) : events, file: "", torn: null });
  return { ...drill, order: drill.journeys["order"]! }; // a story has this journey
}
