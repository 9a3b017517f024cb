import { describe, expect, test } from "vitest";
import type { Paint } from "./drill-table.ts";
import { compared, comparedStrategies } from "./fixture/compared.ts";
import type { StrategyDocument } from "../base/drill-document.ts";
import { stageNames } from "./strategy-figures.ts";
import { drawStrategyTable } from "./strategy-table.ts";

const plain: Paint = { bold: String, dim: String, red: String, green: String, yellow: String };

function draw(strategies: readonly StrategyDocument[], paint = plain): string {
  const drills = strategies.map((_, at) => ({ target: "us-east-1", journal: `drills/${at}/journal.jsonl` }));
  const table = { system: "shop", verdict: "fail", seed: 1, rate: 50, pace: "fast", paceFactor: 10 } as const;
  return drawStrategyTable({ ...table, strategies, drills }, paint, "holdfast drill --strategies");
}

/** The cells of the row that begins with this label. */
function row(text: string, label: string): readonly string[] {
  const line = text.split("\n").find((each) => each.trim().startsWith(label)) ?? "";
  return line.trim().slice(label.length).trim().split(/ {2,}/);
}

describe("the table of strategies", () => {
  test("has what each cost, with its limit, within 110 columns", () => {
    const text = draw(comparedStrategies());
    expect(row(text, "RTO here")).toEqual(["14.2 s", "9.8 s", "6.2 s", "–"]);
    expect(row(text, "RTO at AWS")).toEqual(["2.99 h", "12.3 min", "10.3 min", "–"]);
    expect(row(text, "allowed")).toEqual(["15 min", "15 min", "15 min", "15 min"]);
    expect(row(text, "RPO: writes lost")).toEqual(["260–266 of 420", "3 of 420", "3 of 420", "0 of 0"]);
    expect(row(text, "the oldest")).toEqual(["12.4 s", "40 ms", "40 ms", "–"]);
    expect(row(text, "operations failed")[2]).toBe("150+12 of 1200");
    expect(row(text, "processes")).toEqual(["0", "22", "35", "–"]);
    expect(row(text, "memory (PSS)")[2]).toBe("241 MiB");
    expect(text).toContain("warm-standby *");
    expect(text).toContain("us-east-1 is lost, under each strategy");
    for (const line of text.split("\n").filter((each) => !each.includes("repeat with")))
      expect(line.length, line).toBeLessThanOrEqual(110);
  });

  test("has every stage of any strategy once, in the order in which they come", () => {
    expect(stageNames(comparedStrategies())).toEqual([
      "detect",
      "fence",
      "restore",
      "promote",
      "scale",
      "start",
      "shift",
      "verify",
    ]);
    const text = draw(comparedStrategies());
    expect(row(text, "promote")).toEqual([...Array.from({ length: 3 }, () => "910 ms → 8 min"), "–"]);
    expect(row(text, "restore")).toEqual(["5.1 s → 2.79 h", "–", "–", "–"]);
    expect(row(text, "verify")[2], "a program takes as long at AWS").toBe("110 ms");
  });

  test("shows in red what is beyond its limit, and why a strategy did not pass", () => {
    const red: Paint = { ...plain, red: (text) => `<${text.trim()}>` };
    const text = draw(comparedStrategies(), red);
    expect(text).toContain("<2.99 h>");
    expect(text).not.toContain("<12.3 min>");
    expect(text).not.toContain("<260–266 of 420>");
    expect(draw([compared({ objective: { rtoMs: null, rpoMs: 0 } })], red)).toContain("<3 of 420>");
    expect(text).toContain("<order: recovery takes 2.99 h at AWS, the objective is 15 min>");
    expect(text).toContain("RUN-006 every component did not come up within 60 s");
    expect(text).toContain("a relational database has one writer");
  });

  test("says never where a journey did not recover, and how many runs a median is of", () => {
    const text = draw([compared({ recoveryTimeMs: null, recoveryTimeAtAwsMs: null, drills: [0, 1, 2] })]);
    expect(row(text, "RTO here")).toEqual(["never"]);
    expect(text).toContain("median of 3");
  });
});
