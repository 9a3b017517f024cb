import { expect, test } from "vitest";
import type { JournalEvent } from "../../base/journal.ts";
import { FAULT_AT, type Plot, type Told, story } from "../fixture/story.ts";
import { judge } from "../verdict.ts";

/** The load of a story ends ten seconds after its fault. */
const LOAD_ENDS_AT = FAULT_AT + 10_000;

function judged(maxDelayMs: number, plot: Plot & { readonly at?: number } = {}) {
  const late: JournalEvent = { kind: "event-loop", at: plot.at ?? FAULT_AT + 1_000, process: "load", maxDelayMs };
  return judge({ events: story({ ...plot, more: [late] }), file: "", torn: null });
}

const unwatched = { verdict: "unknown", reasons: [expect.stringContaining("event loop was 600 ms late")] };

test("a drill whose load was late while customers were watched knows nothing of them", () => {
  expect(judged(600)).toMatchObject(unwatched);
  expect(judged(600, { at: FAULT_AT - 1_500 })).toMatchObject(unwatched);
  expect(judged(600, { at: LOAD_ENDS_AT + 500 })).toMatchObject(unwatched);
});

test("a delay that no customer could notice, or while nobody was watched, changes nothing", () => {
  expect(judged(400).verdict).toBe("pass");
  expect(judged(600, { at: FAULT_AT - 4_000 }).verdict).toBe("pass");
  expect(judged(600, { at: LOAD_ENDS_AT + 1_500 }).verdict).toBe("pass");
});

test("what a late load took for a failure is unknown, and what it did not measure is a failure still", () => {
  const refused: Told = { at: FAULT_AT + 8_000, key: "x", outcome: "failed", attempts: ["timeout"] };
  const claims = [{ claim: { kind: "unharmed" }, proves: "nobody notices" }] as const;
  const expectation = { unavailable: [], claims, trace: "world" } as const;
  const slow: Plot = { operations: [refused], expectation, objective: { rtoMs: 1_000, rpoMs: 0 } };
  expect(judged(10, slow).verdict).toBe("fail");
  expect(judged(600, slow)).toMatchObject({ verdict: "unknown" });
  expect(judged(600, { ...slow, absent: ["k30"] })).toMatchObject({ verdict: "fail" });
});
