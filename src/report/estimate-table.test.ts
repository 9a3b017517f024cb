import { describe, expect, test } from "vitest";
import type { EstimateDocument, EstimateRange, StrategyEstimate } from "../base/estimate-document.ts";
import { drawEstimate } from "./estimate-table.ts";

const plain = (text: string): string => text;
const PAINT = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
const scopes = <T>(value: T) => ({ instance: value, zone: value, region: value });
const MINUTES: EstimateRange = [0, 461_000];

const STRATEGY: StrategyEstimate = {
  recovery: "warm-standby",
  chosen: true,
  availability: 0.99977,
  availabilityRange: [0.99977, 0.999996],
  downtimeMinutesPerYear: [2.1, 120],
  moreDowntimeThanChosen: [0, 0],
  causes: [{ cause: "the region's loss", minutesPerYear: [0.4, 16] }],
  journeys: [{ id: "order", availabilityRange: [0.999, 0.9999], rtoRangeMs: scopes(MINUTES) }],
  rtoMs: scopes(461_000),
  rtoRangeMs: scopes(MINUTES),
  stages: scopes([
    {
      name: "decide",
      class: "person",
      component: "people",
      rangeMs: MINUTES,
      because: "a reason with many words ".repeat(6),
    },
  ]),
  rpoMs: scopes(0),
  rpoRangeMs: scopes([0, 0] as const),
  losses: ["sessions: all of it"],
  costUsdPerMonth: 2_891.44,
  costLines: [
    { component: "api", what: "3 tasks in us-east-1", usdPerMonth: null, assumes: "a long story ".repeat(9) },
  ],
  meetsObjectives: "unknown",
  reasons: ["region RTO 0–7.7 min, against 5 min"],
  cheapestChange: { what: "edge: TTL 60 s → 10 s", usdPerMonth: 0 },
};

function drawn(...strategies: readonly Partial<StrategyEstimate>[]): string {
  const document: EstimateDocument = {
    holdfast: 1,
    system: "shop",
    strategies: strategies.map((each) => ({ ...STRATEGY, ...each })),
    contradictions: ["99.99% with backup-restore"],
    compositeSla: { value: 0.9976, of: ["sqs"] },
    assumes: ["something"],
  };
  return drawEstimate(document, PAINT);
}

describe("the table of strategies", () => {
  test("has four side by side within a hundred columns", () => {
    const four = ["backup-restore", "pilot-light", "warm-standby", "active-active"].map((recovery) => ({
      recovery,
      chosen: recovery === "warm-standby",
      moreDowntimeThanChosen: [2, 250] as const,
    }));
    const text = drawn(...four);
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
    expect(text).toMatch(/^ +backup-restore +pilot-light +warm-standby \* +active-active$/m);
    expect(text).toMatch(/^cost a month +\$2891 +\$2891/m);
    expect(text).toMatch(/^RTO region +0–7\.7 min/m);
    expect(text).toMatch(/^ +against \* +2 min–4\.2 h more/m);
    expect(text).not.toContain("Cost a month, by line");
  });

  test("has the stages and the costs of a single one, each line within a hundred columns", () => {
    const text = drawn({});
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
    expect(text).toContain("Cost a month, by line\n  api            unknown  3 tasks in us-east-1");
    expect(text).toMatch(/By journey, under warm-standby\n +order +99\.9%–99\.99% +RTO instance 0–7\.7 min, zone/);
    expect(text).toMatch(/Loss of an instance\n +decide +people +person +0–7\.7 min/);
  });

  test("says of what is not met why, and what would be the cheapest change", () => {
    expect(drawn({})).toContain(
      "warm-standby may miss the objectives\n  region RTO 0–7.7 min, against 5 min\n" +
        "  the cheapest change: edge: TTL 60 s → 10 s, at no cost",
    );
    expect(drawn({ meetsObjectives: false, cheapestChange: null })).toContain("misses the objectives");
    expect(drawn({ cheapestChange: { what: "x", usdPerMonth: 412 } })).toContain("x, +$412 a month");
    expect(drawn({ cheapestChange: { what: "x", usdPerMonth: -36 } })).toContain("x, −$36.00 a month");
    expect(drawn({ cheapestChange: { what: "x", usdPerMonth: null } })).toContain("x, at a price that is not known");
    expect(drawn({ meetsObjectives: true, reasons: [] })).not.toContain("objectives\n  region");
  });

  test("names what excludes each other, the composite SLA as no availability, and what is assumed", () => {
    const text = drawn({});
    expect(text).toContain("What excludes each other\n  99.99% with backup-restore");
    expect(text).toContain("composite SLA of one region 99.76%, no availability: sqs");
    expect(text).toContain("  something\n");
  });
});
