import { describe, expect, test } from "vitest";
import type { JournalEvent, Outcome, WorldEvent } from "../../base/journal.ts";
import { campaignOpening } from "../fixture/campaign.ts";
import { judgeCampaign } from "./verdict.ts";

const BEGIN = 100_000;
const END = BEGIN + 120_000;

/** A fault of a journal; times are seconds since its beginning. */
interface ToldFault {
  readonly from: number;
  readonly healed: number;
  /** When its component was not whole: from the strike until then. */
  readonly whole: number;
  readonly zones?: readonly string[];
  readonly unavailable?: readonly string[];
  readonly missed?: string;
}

interface Told {
  readonly faults: readonly ToldFault[];
  /** Customers fared like this between these seconds. */
  readonly trouble?: readonly { readonly from: number; readonly to: number; readonly outcome: Outcome }[];
  readonly absent?: readonly string[];
  readonly twice?: readonly string[];
  readonly more?: readonly JournalEvent[];
  readonly world?: readonly WorldEvent[];
}

const at = (second: number): number => BEGIN + second * 1_000;

/** The journal of a campaign over two minutes, with an order every 100 ms. */
function journal({ faults, trouble = [], absent = [], twice = [], more = [], world = [] }: Told): JournalEvent[] {
  const dues = Array.from({ length: (END - BEGIN) / 100 }, (_, index) => BEGIN + index * 100);
  const keys = dues.map((dueAt, index) => ({ dueAt, key: `k${index}` }));
  return [
    campaignOpening(BEGIN, ["api", "orders", "database"], ["orders"]),
    ...keys.map(({ dueAt, key }): JournalEvent => {
      const outcome = trouble.find(({ from, to }) => dueAt >= at(from) && dueAt < at(to))?.outcome ?? "ok";
      const common = { kind: "operation", id: key, journey: "order", action: "write", key, attempts: 1 } as const;
      return { ...common, at: dueAt + 10, dueAt, outcome };
    }),
    ...faults.flatMap(faultEvents),
    ...world.map((event): JournalEvent => ({ kind: "world", at: event.at, event })),
    { kind: "settled", at: END, ok: true, withinMs: 30_000 },
    ...keys.map(({ key }): JournalEvent => {
      const found = {
        outcome: absent.includes(key) ? "absent" : "present",
        applied: twice.includes(key) ? 2 : 1,
      } as const;
      return { kind: "read-back", at: END, journey: "order", key, replica: null, ...found };
    }),
    ...more,
    { kind: "phase", at: END + 1_000, phase: "end" },
  ];
}

function faultEvents({ from, healed, whole, zones = ["a"], unavailable = [], missed }: ToldFault): JournalEvent[] {
  const primitives = [{ kind: "power-off", zone: zones[0] }];
  const common = { kind: "fault", fault: "zone-loss", target: zones.join("+"), primitives } as const;
  const held = { objective: { rtoMs: 60_000, rpoMs: 0 }, zones, unavailable };
  const redundancy = (second: number, full: boolean): JournalEvent => {
    const event = { kind: "redundancy", at: at(second), component: `api-${zones.join("+")}`, full } as const;
    return { kind: "world", at: event.at, event };
  };
  const injected: JournalEvent = { ...common, at: at(from), action: "inject", held };
  if (missed !== undefined) return [injected, { ...common, at: at(healed), action: "heal", detail: missed }];
  return [injected, redundancy(from, false), { ...common, at: at(healed), action: "heal" }, redundancy(whole, true)];
}

const judged = (told: Told): ReturnType<typeof judgeCampaign> =>
  judgeCampaign({ events: journal(told), file: "journal.jsonl", torn: null });

const QUIET: ToldFault = { from: 10, healed: 40, whole: 45 };

describe("a campaign of many faults", () => {
  test("passes where customers recover in time, and tells each fault", () => {
    const faults = [QUIET, { from: 60, healed: 90, whole: 95, zones: ["b"] }];
    const document = judged({ faults, trouble: [{ from: 10, to: 13, outcome: "failed" }] });
    expect(document.reasons).toEqual([]);
    expect(document).toMatchObject({ name: "nemesis", verdict: "pass", target: null });
    expect(document.episodes).toMatchObject([
      { fault: "zone-loss", target: "a", atMs: 0, healedMs: 30_000, wholeMs: 35_000, failed: 30 },
      { target: "b", atMs: 50_000, healedMs: 30_000, wholeMs: 35_000, recoveryTimeMs: 0, failed: 0 },
    ]);
    expect(document.episodes?.[0]?.recoveryTimeMs).toBeGreaterThan(2_000);
    expect(document.episodes?.[0]?.recoveryTimeMs).toBeLessThanOrEqual(3_100);
    expect(document.notes.join()).toContain("the promise was kept 4 times of 4");
    expect(document.journeys["order"]).toMatchObject({ failed: 30, lost: 0 });
  });

  test("fails where customers are not steady for longer than a drill would wait, though one zone is touched", () => {
    const document = judged({ faults: [QUIET], trouble: [{ from: 10, to: 39, outcome: "failed" }] });
    expect(document.verdict).toBe("fail");
    expect(document.reasons).toEqual([
      expect.stringContaining("order: not steady 27 s after zone-loss of a, and a drill waits for 20 s"),
    ]);
    expect(document.notes.join()).toContain("repeat it with holdfast drill --nemesis --minutes 2 --seed 7");
  });

  test("fails where a recovery that is quick here takes too long at AWS", () => {
    const detected = { kind: "decision", at: at(17), component: "api", what: "detected", subject: "api-a" } as const;
    const trouble = [{ from: 10, to: 17, outcome: "failed" } as const];
    const document = judged({ faults: [QUIET], trouble, world: [detected] });
    expect(document.reasons.join()).toMatch(/order: steady only 69[.\d]* s after .* at AWS, the objective is 60 s/);
    expect(judged({ faults: [QUIET], trouble }).verdict).toBe("pass");
  });

  test("fails where messages were set aside, but not where more was broken than the design promises to survive", () => {
    const queue = (stranded: number): JournalEvent => {
      return { kind: "queue", at: END, queue: "orders", pending: 0, stranded, redelivered: 0 };
    };
    const set = { absent: ["k500"], more: [queue(0), queue(1)] };
    expect(judged({ faults: [QUIET], ...set }).reasons).toEqual([
      "order: 1 acknowledged write stranded in a dead-letter queue",
    ]);
    const faults = [QUIET, { from: 20, healed: 50, whole: 60, zones: ["b"] }];
    const document = judged({ faults, ...set });
    expect(document.reasons).toEqual([]);
    expect(document.journeys["order"]).toMatchObject({ lost: 0, stranded: 1 });
  });

  test("does not count a span that is too short to tell", () => {
    const faults = [{ from: 10, healed: 16, whole: 20 }];
    const document = judged({ faults, trouble: [{ from: 10, to: 16, outcome: "failed" }] });
    expect(document.reasons).toEqual([]);
    expect(document.notes.join()).toContain("the promise was kept 1 times of 1; 1 more could not be told");
  });

  test("takes a component that is whole when the next fault strikes for whole, however soon that is", () => {
    const faults = [QUIET, { from: 46, healed: 70, whole: 75, zones: ["b"] }];
    expect(judged({ faults }).episodes?.map(({ wholeMs }) => wholeMs)).toEqual([35_000, 29_000]);
    const before = [QUIET, { from: 44, healed: 70, whole: 75, zones: ["b"] }];
    expect(judged({ faults: before }).episodes?.map(({ wholeMs }) => wholeMs)).toEqual([65_000, 31_000]);
  });

  test("promises nothing while two zones are touched, and everything again when they are whole", () => {
    const faults = [QUIET, { from: 20, healed: 50, whole: 60, zones: ["b"] }];
    const trouble = { from: 20, to: 60, outcome: "failed" } as const;
    expect(judged({ faults, trouble: [trouble] })).toMatchObject({ verdict: "pass", reasons: [] });
    const late = judged({ faults, trouble: [{ ...trouble, to: 85 }] });
    expect(late.verdict).toBe("fail");
    expect(late.reasons.join()).toContain("steady only 24.9 s after a fault was undone");
  });

  test("promises nothing to a journey while what it needs cannot work", () => {
    const faults = [{ ...QUIET, unavailable: ["database"] }];
    const document = judged({ faults, trouble: [{ from: 10, to: 41, outcome: "failed" }] });
    expect(document).toMatchObject({ verdict: "pass", reasons: [] });
    expect(document.notes.join()).toContain("nothing was promised for 30 s");
    expect(document.episodes?.[0]?.recoveryTimeMs).toBeNull();
  });

  test("fails where customers are not steady at the end, however short a time that is", () => {
    const faults = [{ from: 100, healed: 116, whole: 117 }];
    const document = judged({ faults, trouble: [{ from: 115, to: 120, outcome: "failed" }] });
    expect(document.reasons).toEqual(["order: it was not steady at the end, with every fault undone"]);
  });

  test("does not blame the system for what its customers missed while the machine was too busy for them", () => {
    const late = (second: number): JournalEvent => {
      return { kind: "event-loop", at: at(second), process: "load", maxDelayMs: 900 };
    };
    const trouble = [{ from: 10, to: 39, outcome: "failed" } as const];
    const during = judged({ faults: [QUIET], trouble, more: [late(20)] });
    expect(during).toMatchObject({ verdict: "pass", reasons: [] });
    expect(during.notes.join()).toContain("1 more could not be told, 1 because the machine was too busy");
    expect(judged({ faults: [QUIET], trouble, more: [late(60)] }).verdict).toBe("fail");
    const toTheEnd = [{ from: 41, to: 120, outcome: "failed" } as const];
    expect(judged({ faults: [QUIET], trouble: toTheEnd, more: [late(50)] })).toMatchObject({
      verdict: "unknown",
      reasons: [expect.stringContaining("too busy for its customers")],
    });
  });

  test("fails where an acknowledged write is lost or applied twice, whatever was promised", () => {
    const faults = [QUIET, { from: 20, healed: 50, whole: 60, zones: ["b"] }];
    const document = judged({ faults, absent: ["k500", "k501"], twice: ["k600"] });
    expect(document.verdict).toBe("fail");
    expect(document.reasons).toEqual([
      "order: 2 acknowledged writes lost (objective 0 ms)",
      "order: 1 effect applied twice",
    ]);
    expect(document.journeys["order"]).toMatchObject({ lost: 2, lostAfterFault: 0, appliedTwice: 1 });
  });

  test("fails where a component is not whole at the end, or copies differ", () => {
    const redundancy = { kind: "redundancy", at: at(110), component: "database", full: false } as const;
    const checksums = { "database-a": "1", "database-b": "2" };
    const document = judged({
      faults: [QUIET],
      world: [redundancy],
      more: [{ kind: "divergence", at: END, component: "database", checksums, rows: null }],
    });
    expect(document.reasons.join()).toContain("full redundancy of database was not back");
    expect(document.reasons.join()).toContain("the copies of database differ");
  });

  test("tells what could not be struck, and holds nobody to it", () => {
    const missed = { from: 60, healed: 61, whole: 0, missed: '"database" has no primary now' };
    const document = judged({ faults: [QUIET, missed] });
    expect(document.episodes).toHaveLength(1);
    expect(document.notes.join()).toContain('zone-loss missed a: "database" has no primary now');
  });

  test("is unknown where no fault was made, or the journal has no end", () => {
    expect(judged({ faults: [] })).toMatchObject({ verdict: "unknown", reasons: ["no fault was made"] });
    const events = journal({ faults: [QUIET] }).slice(0, -1);
    expect(judgeCampaign({ events, file: "", torn: null }).verdict).toBe("unknown");
  });

  test("knows a fault that struck during a failover, and promises nothing then", () => {
    const decision = (second: number, what: string): WorldEvent => {
      return { kind: "decision", at: at(second), component: "database", what, subject: "database-a" };
    };
    const faults = [QUIET, { from: 12, healed: 39, whole: 41 }];
    const trouble = [{ from: 12, to: 39, outcome: "failed" } as const];
    const during = judged({ faults, trouble, world: [decision(11, "detected"), decision(14, "promoted")] });
    expect(during).toMatchObject({ verdict: "pass", reasons: [] });
    const after = judged({ faults, trouble, world: [decision(10.5, "detected"), decision(11, "promoted")] });
    expect(after.verdict).toBe("fail");
  });
});
