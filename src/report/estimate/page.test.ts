import { describe, expect, test } from "vitest";
import { STRATEGY, estimateOf } from "./fixture.ts";
import { estimatePage } from "./page.ts";
import { drawStrategyMap } from "./plot.ts";

const HOUR = 3_600_000;

/** A strategy by its name, its price, how long a region takes in hours, and what is lost. */
function strategy(recovery: string, usd: number | null, hours: readonly [number, number], lostMs = 0) {
  const region = [hours[0] * HOUR, hours[1] * HOUR] as const;
  return {
    recovery,
    chosen: recovery === "warm-standby",
    costUsdPerMonth: usd,
    rtoRangeMs: { ...STRATEGY.rtoRangeMs, region },
    rtoMs: { ...STRATEGY.rtoMs, region: region[1] },
    rpoMs: { ...STRATEGY.rpoMs, region: lostMs },
    rpoRangeMs: { ...STRATEGY.rpoRangeMs, region: [0, lostMs] as const },
  };
}

const BACKUP = strategy("backup-restore", 1_500, [0.7, 5.3], 26 * HOUR);
const PILOT = strategy("pilot-light", 2_434, [0.2, 0.8], 5_000);
const WARM = strategy("warm-standby", 2_891, [0.1, 0.5], 5_000);
const ACTIVE = strategy("active-active", 2_927, [0.1, 0.5], 5_000);
const page = estimatePage(estimateOf(BACKUP, PILOT, WARM, ACTIVE));

/** The attribute of each element that has this beginning. */
function values(beginning: RegExp, attribute: string): readonly number[] {
  const found = page.matchAll(new RegExp(`${beginning.source}[^>]*?\\b${attribute}="(-?[\\d.]+)`, "g"));
  return [...found].map((match) => Number(match[1]));
}

describe("the page of an estimate", () => {
  test("says what becomes of the definition's own strategy, and has every figure of all", () => {
    expect(page).toContain("<h1>warm-standby may miss the objectives</h1>");
    for (const text of ["$1500", "$2927", "42 min–5.3 h", "99.99% with backup-restore", "composite SLA"])
      expect(page).toContain(text);
    expect(page.match(/<th scope="row">/g)).toHaveLength(11);
  });

  test("draws each strategy: dearer to the right, slower above, larger where more is lost", () => {
    const x = values(/<svg(?= x)/, "x");
    expect(x).toHaveLength(4);
    expect(x).toEqual(x.toSorted((a, b) => a - b));
    const [backup, pilot, warm, active] = values(/<circle/, "cy");
    expect(backup).toBeLessThan(pilot!); // there are four
    expect(pilot).toBeLessThan(warm!);
    expect(warm).toBe(active);
    expect(values(/<circle/, "r")).toEqual([20, 5, 5, 5]);
    expect(page).toContain("backup-restore: $1500 a month, RTO 42 min–5.3 h, RPO 0–26 h");
  });

  test("keeps the names of neighbours apart, and marks what is allowed", () => {
    const rows = values(/<text(?=[^>]*dx)/, "y");
    expect(rows).toHaveLength(4);
    expect(rows[2]).not.toBe(rows[3]); // 36 dollars lie between them
    expect(page).toContain('class="limit"');
    expect(page).toContain("dotted: the 15 min that are allowed");
  });

  test("draws nothing where there is nothing to compare, and still has the figures", () => {
    const alone = estimateOf(WARM, { ...PILOT, costUsdPerMonth: null });
    expect(drawStrategyMap(alone)).toBeNull();
    expect(estimatePage(alone)).toContain("unknown");
    expect(estimatePage(alone)).not.toMatch(/<circle|NaN/);
    expect(estimatePage(estimateOf(WARM, { ...WARM, recovery: "as dear" }))).not.toContain("NaN");
  });

  test("stands by itself, and takes no markup from a name", () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(estimatePage(estimateOf(BACKUP, PILOT, WARM, ACTIVE))).toBe(page);
    expect(estimatePage({ ...estimateOf(WARM, PILOT), system: "<shop>" })).toContain("&lt;shop&gt;");
  });
});
