import { describe, expect, test } from "vitest";
import type { DrilledExpectation, JournalEvent, WorldEvent } from "../../base/journal.ts";
import { FAULT_AT, type Plot, type Told, story } from "../fixture/story.ts";
import { checkClaims, claimsAwaited } from "./claims.ts";
import { recordingOf } from "./recording.ts";

/** A story is healed five seconds after its fault. */
const HEALED_AT = FAULT_AT + 5_000;

type Claim = DrilledExpectation["claims"][number]["claim"];

const expecting = (claim: Claim): DrilledExpectation => ({
  unavailable: [],
  claims: [{ claim, proves: "it proves a thing" }],
  trace: "world",
});

function made(what: string, at: number): WorldEvent {
  return { kind: "decision", at, component: "orders", what, subject: "a message" };
}

function against(claim: Claim, world: readonly WorldEvent[]): string[] {
  const expectation = expecting(claim) as NonNullable<Plot["expectation"]>;
  return checkClaims(recordingOf(story({ expectation, world }))).map(({ reason }) => reason);
}

describe("a claim that something is decided", () => {
  const twice: Claim = { kind: "decided", what: "dead-lettered", component: "orders", times: 2 };

  test("holds once it was decided as often as it says, after the fault", () => {
    const [first, second] = [made("dead-lettered", FAULT_AT + 10), made("dead-lettered", FAULT_AT + 20)];
    expect(against(twice, [first, second])).toEqual([]);
    expect(against(twice, [made("dead-lettered", FAULT_AT - 10), first])).toEqual([
      'it proves a thing: "dead-lettered" was decided 1 of 2 times',
    ]);
    expect(against(twice, [])).toEqual(['it proves a thing: nobody decided "dead-lettered"']);
    expect(claimsAwaited(expecting(twice), [first], FAULT_AT)).toBe(false);
    expect(claimsAwaited(expecting(twice), [first, second], FAULT_AT)).toBe(true);
  });

  test("that comes with the heal is not waited for before, and must have come after it", () => {
    const redriven: Claim = { kind: "decided", what: "redriven", component: "orders", after: "heal" };
    expect(claimsAwaited(expecting(redriven), [], FAULT_AT)).toBe(true);
    expect(against(redriven, [made("redriven", HEALED_AT + 10)])).toEqual([]);
    expect(against(redriven, [made("redriven", HEALED_AT - 10)])).toEqual([
      'it proves a thing: nobody decided "redriven"',
    ]);
  });

  test("about another component says nothing", () => {
    const other: Claim = { kind: "decided", what: "dead-lettered", component: "others" };
    expect(against(other, [made("dead-lettered", FAULT_AT + 10)])).toHaveLength(1);
  });
});

test("a claim that something is not decided fails with the first time that it is", () => {
  const never: Claim = { kind: "undecided", what: "dead-lettered", component: "orders" };
  expect(against(never, [made("dead-lettered", FAULT_AT - 10)])).toEqual([]);
  expect(against(never, [made("dead-lettered", FAULT_AT + 10)])).toEqual([
    'it proves a thing: "dead-lettered" was decided once',
  ]);
});

test("a claim about the second blow looks from when that had struck until the heal", () => {
  const held: Claim = { kind: "undecided", what: "fenced", component: "orders", during: "second-blow" };
  const expectation = expecting(held) as NonNullable<Plot["expectation"]>;
  const [blowAt, struckAt] = [FAULT_AT + 1_000, FAULT_AT + 1_200];
  const what = { fault: "double-fault", target: "z1", primitives: [], second: "detected" } as const;
  const againstOne = (at: number): number => {
    const [opening, ...rest] = story({ expectation, world: [made("fenced", at)] });
    const blow: JournalEvent[] = [
      { kind: "fault", at: blowAt, action: "inject", ...what },
      { kind: "phase", at: struckAt, phase: "observe" },
    ];
    const [before, after] = [rest.filter((event) => event.at < blowAt), rest.filter((event) => event.at >= blowAt)];
    return checkClaims(recordingOf([opening!, ...before, ...blow, ...after])).length; // a story has an opening
  };
  expect([blowAt - 10, struckAt - 10, struckAt + 10, HEALED_AT - 10, HEALED_AT + 10].map(againstOne)).toEqual([
    0, 0, 1, 1, 0,
  ]);
});

describe("a claim that what does without is served", () => {
  const served: Claim = { kind: "served", atLeast: 0.9 };
  const blowAt = FAULT_AT + 2_000;
  const blow = { fault: "deep", target: "api", primitives: [], second: "observed" } as const;
  const refused = (at: number): Told => ({ at, key: `r${at}`, outcome: "failed", attempts: ["rejected"] });

  /** One operation each 100 ms goes well: thirty between the second blow and the heal. */
  function againstRefused(...times: readonly number[]): string[] {
    const expectation = expecting(served) as NonNullable<Plot["expectation"]>;
    const events = story({ expectation, operations: times.map(refused) });
    const inject: JournalEvent = { kind: "fault", at: blowAt, action: "inject", ...blow };
    const at = events.findIndex((event) => event.kind === "fault" && event.action === "heal");
    return checkClaims(recordingOf(events.toSpliced(at, 0, inject))).map(({ reason }) => reason);
  }

  test("bears a few refusals under the second blow, and none that are more than its share", () => {
    const [few, many] = [3, 4].map((number) => Array.from({ length: number }, (_, index) => blowAt + 10 + index));
    expect(againstRefused(...few!)).toEqual([]);
    expect(againstRefused(...many!)).toEqual(["it proves a thing: operations did not end well: 4 of 34 of order"]);
  });

  test("is not about a journey that was refused under the first blow, nor about what comes after the heal", () => {
    const under = Array.from({ length: 20 }, (_, index) => blowAt + 10 + index);
    expect(againstRefused(FAULT_AT + 50, ...under)).toEqual([]);
    expect(againstRefused(...under.map((at) => at - blowAt + HEALED_AT))).toEqual([]);
  });

  test("fails where the second blow never came", () => {
    expect(against(served, [])).toEqual(["it proves a thing: there was no second blow"]);
  });
});
