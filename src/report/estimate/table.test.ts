import { describe, expect, test } from "vitest";
import type { StrategyEstimate } from "../../base/estimate-document.ts";
import { estimateOf } from "./fixture.ts";
import { drawEstimate } from "./table.ts";

const plain = (text: string): string => text;
const PAINT = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };

function drawn(...strategies: readonly Partial<StrategyEstimate>[]): string {
  return drawEstimate(estimateOf(...strategies), PAINT);
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
