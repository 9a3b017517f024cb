import { describe, expect, test } from "vitest";
import type { WorldEvent } from "../../base/journal.ts";
import type { Expectation } from "../../fault/fault.ts";
import { FAULT_AT, type Plot, story } from "../fixture/story.ts";
import { judge } from "../verdict.ts";

/** A story is healed five seconds after its fault: then the restore begins. Each usual write has a number. */
const TOLD_AT = FAULT_AT + 5_000;
const SERVES_AT = TOLD_AT + 1_500;
const number = (at: number): string => `k${(at - FAULT_AT + 5_000) / 100}`;

const expectation: Expectation = {
  unavailable: ["database"],
  claims: [{ claim: { kind: "rewound" }, proves: "what was there is there again" }],
  trace: "world",
  rewinds: true,
};

function decided(at: number, what: string): WorldEvent {
  return { kind: "decision", at, component: "database", what, subject: "us-east-1" };
}

const RESTORED = [
  decided(FAULT_AT + 10, "rows-deleted"),
  decided(TOLD_AT, "restoring"),
  decided(TOLD_AT + 1_000, "restore-made"),
  decided(SERVES_AT, "restored-to"),
];

const documentedMs = { "restore decide": 600_000, "restore restore": 7_200_000 };

function judged(plot: Plot): ReturnType<typeof judge> {
  const objective = { rtoMs: null, rpoMs: null };
  const drill = { blastClass: "data", documentedMs } as const;
  const events = story({ expectation, objective, world: RESTORED, drill, ...plot });
  return judge({ events, file: "journal.jsonl", torn: null });
}

describe("a restore", () => {
  test("may give up what was acknowledged between the fault and its own end, and says how much", () => {
    const absent = [number(FAULT_AT + 100), number(SERVES_AT - 100)];
    const { verdict, reasons, notes, journeys } = judged({ absent });
    expect(reasons).toEqual([]);
    expect(verdict).toBe("pass");
    expect(journeys["order"]).toMatchObject({ lost: 2, oldestLostAgeMs: 0 });
    expect(notes).toContain("order: 2 acknowledged writes were given up by going back in time");
  });

  test("fails where a write is lost that was acknowledged before the fault, or after the restore", () => {
    for (const at of [FAULT_AT - 1_500, SERVES_AT + 500]) {
      const { verdict, reasons } = judged({ absent: [number(at)] });
      expect(verdict).toBe("fail");
      expect(reasons).toEqual([
        `what was there is there again: acknowledged writes are lost: 1 of order, such as ${number(at)}`,
      ]);
    }
  });

  test("may give up what was queued at the fault, and came into the database after it", () => {
    expect(judged({ absent: [number(FAULT_AT - 300)] })).toMatchObject({ verdict: "pass" });
  });

  test("fails where nothing was restored, whatever is there", () => {
    const { reasons } = judged({ world: RESTORED.slice(0, 1) });
    expect(reasons).toEqual([
      "what was there is there again: nothing was restored",
      "order: it never became steady again while it was watched",
    ]);
  });

  test("is decided by a person, made by the provider and put in place, each from the end of the one before", () => {
    const { stages, journeys } = judged({});
    expect(stages.map(({ name, class: kind, ms, atAwsMs }) => [name, kind, ms, atAwsMs])).toEqual([
      ["decide", "person", 5_000, 600_000],
      ["restore", "provider", 1_000, 7_200_000],
      ["replace", "program", 500, 500],
    ]);
    // Nobody was refused, and it was gone all the same: until it was back here, and at AWS for as long as that takes.
    expect(journeys["order"]).toMatchObject({ failed: 0, recoveryTimeMs: 6_500, recoveryTimeAtAwsMs: 7_800_500 });
  });
});
