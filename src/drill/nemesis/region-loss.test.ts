import { describe, expect, test } from "vitest";
import type { DrillDocument } from "../../base/drill-document.ts";
import type { HeldFault, JournalEvent, WorldEvent } from "../../base/journal.ts";
import { takenOver } from "../../fault/region-claims.ts";
import { campaignOpening } from "../fixture/campaign.ts";
import { fakeTopology } from "../fixture/fake-topology.ts";
import { judgeCampaign } from "./verdict.ts";

const BEGIN = 100_000;
const END = BEGIN + 120_000;
const at = (second: number): number => BEGIN + second * 1_000;

interface Strike {
  readonly fault: string;
  readonly target: string;
  readonly from: number;
  readonly healed: number;
  readonly held: HeldFault;
}

const REGION: HeldFault = {
  objective: { rtoMs: 900_000, rpoMs: 5_000 },
  unavailable: [],
  zones: ["a", "b"],
  region: "r1",
  claims: takenOver(fakeTopology()).filter(({ claim }) => !("what" in claim && claim.what === "traffic-shifted")),
};
const LOST: Strike = { fault: "region-loss", target: "r1", from: 10, healed: 40, held: REGION };
const ZONE: HeldFault = { objective: { rtoMs: 60_000, rpoMs: 0 }, unavailable: [], zones: ["x"] };

const decision = (second: number, what: string, detail: string): WorldEvent => {
  return { kind: "decision", at: at(second), component: "recovery", what, subject: "r2", detail };
};
/** Another region takes over within four seconds, half a second behind, and the first one rejoins after the heal. */
const TAKEN_OVER: readonly WorldEvent[] = [
  { kind: "lag", at: at(9.9), component: "database", instance: "database-x", region: "r2", lagMs: 400 },
  decision(13, "began", "failover from r1"),
  decision(14, "finished", "failover"),
  decision(47, "began", "rejoin from r2"),
  decision(50, "finished", "rejoin"),
];

interface Told {
  readonly strikes?: readonly Strike[];
  readonly world?: readonly WorldEvent[];
  /** Keys that are lost; `k100` is written at the tenth second, in which the region is lost, and one each 100 ms. */
  readonly absent?: readonly string[];
  readonly saved?: readonly string[];
  /** Nobody is served between these seconds. */
  readonly refused?: readonly [number, number];
}

/** A campaign over two minutes. */
function judged({ strikes = [LOST], world = TAKEN_OVER, absent = [], saved = absent, refused }: Told): DrillDocument {
  const keys = Array.from({ length: (END - BEGIN) / 100 }, (_, index) => `k${index}`);
  const common = { kind: "operation", journey: "order", action: "write", attempts: 1 } as const;
  const events: JournalEvent[] = [
    campaignOpening(BEGIN, ["database"]),
    ...keys.map((key, index): JournalEvent => {
      const dueAt = BEGIN + index * 100;
      const isRefused = refused !== undefined && dueAt >= at(refused[0]) && dueAt < at(refused[1]);
      return { ...common, id: key, key, at: dueAt + 10, dueAt, outcome: isRefused ? "failed" : "ok" };
    }),
    ...strikes.flatMap(({ fault, target, from, healed, held }): JournalEvent[] => {
      const primitives = [{ kind: "region-power-off", region: target }];
      return [
        { kind: "fault", at: at(from), action: "inject", fault, target, primitives, held },
        { kind: "phase", at: at(from) + 50, phase: "observe" },
        { kind: "fault", at: at(healed), action: "heal", fault, target, primitives },
      ];
    }),
    ...world.map((event): JournalEvent => ({ kind: "world", at: event.at, event })),
    { kind: "settled", at: END, ok: true, withinMs: 30_000 },
    ...keys.map((key): JournalEvent => {
      const outcome = absent.includes(key) ? "absent" : "present";
      return { kind: "read-back", at: END, journey: "order", key, replica: null, outcome, applied: 1 };
    }),
    { kind: "saved", at: END, keys: saved, rows: saved.length, messages: 0 },
    { kind: "phase", at: END + 1_000, phase: "end" },
  ];
  return judgeCampaign({ events, file: "journal.jsonl", torn: null });
}

describe("the loss of a region among many faults", () => {
  test("passes where another takes over in the time that it may take, and loses what its copy lacked", () => {
    const { verdict, reasons, journeys, notModelled } = judged({ absent: ["k97", "k98"], refused: [10, 14] });
    expect({ verdict, reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(journeys["order"]).toMatchObject({ lost: 2, oldestLostAgeMs: 290 });
    expect(notModelled).toEqual(["faults that bring a crowd of their own"]);
  });

  test("may take as long as a drill of a region waits, and no longer", () => {
    expect(judged({ refused: [10, 38] }).reasons).toEqual([]);
    const long = { ...LOST, healed: 90 };
    const world = TAKEN_OVER.slice(0, 3);
    expect(judged({ strikes: [long], refused: [10, 85], world }).reasons.join()).toMatch(/after region-loss of r1/);
  });

  test("fails where a write is lost that is older than may be lost, or than its copy was behind", () => {
    const tooOld = judged({ absent: ["k40", "k98"] });
    expect(tooOld.verdict).toBe("fail");
    expect(tooOld.reasons[0]).toContain(
      "region-loss of r1: no write is lost that was acknowledged earlier than the copy",
    );
    expect(tooOld.reasons[1]).toBe(
      "order: 2 acknowledged writes lost with r1, the oldest 5.99 s before (objective 5 s)",
    );
    expect(judged({ absent: ["k90"] }).reasons).toHaveLength(1);
  });

  test("fails where a write is lost that came after it", () => {
    expect(judged({ absent: ["k98", "k300"] }).reasons).toEqual(["order: 1 acknowledged write lost (objective 0 ms)"]);
  });

  test("fails where what is lost is in no file, or nobody takes over", () => {
    expect(judged({ absent: ["k98"], saved: [] }).reasons).toEqual([
      expect.stringContaining("are in no file: 1 of order"),
    ]);
    expect(judged({ world: TAKEN_OVER.slice(0, 1) }).reasons).toEqual([
      'region-loss of r1: another region takes over: nobody decided "finished"',
    ]);
  });

  test("owes nobody a takeover while something else is broken elsewhere, and loses no older writes for it", () => {
    const zone = { fault: "zone-loss", target: "x", from: 12, healed: 42, held: ZONE };
    const both = { strikes: [LOST, zone], world: TAKEN_OVER.slice(0, 1), refused: [12, 42] as const };
    expect(judged(both).reasons).toEqual([]);
    expect(judged({ ...both, absent: ["k40"] }).reasons).toHaveLength(1);
  });

  test("is over when the region has rejoined, not when nothing is lacking of what is wanted of it", () => {
    expect(judged({}).episodes?.[0]).toMatchObject({ healedMs: 30_000, wholeMs: 40_000 });
  });
});
