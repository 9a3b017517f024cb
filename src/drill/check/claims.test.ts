import { describe, expect, test } from "vitest";
import type { DrilledExpectation, JournalEvent, WorldEvent } from "../../base/journal.ts";
import { FAULT_AT, type Plot, story } from "../fixture/story.ts";
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
