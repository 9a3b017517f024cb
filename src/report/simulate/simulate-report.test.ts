import { describe, expect, test } from "vitest";
import type { SimulateDocument } from "../../base/simulate-document.ts";
import { simulationPage } from "./page.ts";
import { drawSimulation } from "./text.ts";

const plain = (text: string): string => text;
const PAINT = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain, cyan: plain };

const DOCUMENT: SimulateDocument = {
  holdfast: 1,
  system: "shop",
  recovery: "warm-standby",
  years: 1_000,
  seed: 1,
  events: 10,
  wallMs: 5,
  availability: { mean: 0.999939, low95: 0.999933, high95: 0.999944 },
  availabilityRange: [0.99981, 0.99998],
  downtimeMinutesPerYear: 32.3,
  incidents: [
    {
      cause: "loss of a <zone>",
      perYear: 0.262,
      feltPerYear: 0.114,
      downtimeMinutesPerYear: 0.0306,
      recoveryTimeMs: { p50: 0, p95: 55_900, p99: 70_700 },
      lostSeconds: { p50: 0, p99: 4.88 },
      lateSeconds: { p50: 0, p99: 720 },
    },
  ],
  recoveryTimes: [
    { fromMs: 1_000, toMs: 2_000, count: 3 },
    { fromMs: 2_000, toMs: 4_000, count: 6 },
  ],
  yearMinutes: { p5: 0, p50: 21.4, p95: 113, p99: 200 },
  weakest: [{ component: "api", share: 0.387 }],
  queues: [
    { queue: "orders", longestSeconds: 7_200, lostShare: 0, objectiveSeconds: 900, beyondObjectiveShare: 0.000123 },
  ],
  worst: [
    {
      strikes: [
        { cause: "loss of a <zone>", harm: "zone", target: "us-east-1b", atMs: 0, lastsMs: 9_000_000 },
        { cause: "brown-out: database", harm: "slow", target: "database", atMs: 13_000, lastsMs: 600_000 },
      ],
      minutes: 29.9,
      addsMinutes: 28.7,
    },
  ],
  coincidences: { mean: 0.0123, low95: 0.01, high95: 0.015 },
  whatIf: { change: "other.config.ts", addsMinutesPerYear: { mean: 3.14, low95: 1.01, high95: 5.2 } },
  sensitivity: [{ change: "half as often: bad version", addsMinutesPerYear: { mean: -1, low95: -3, high95: 1 } }],
  assumes: ["rates are ours"],
};

describe("what a simulation shows", () => {
  test("the table has what struck, what was lost, and who is to blame", () => {
    const text = drawSimulation(DOCUMENT, PAINT);
    expect(text).toContain("99.9939%");
    expect(text).toContain("738 ms (600 ms to 900 ms) of it begins while something else is broken");
    expect(text).toMatch(/loss of a <zone> +0\.262 +0\.114 +0\.0306 +none +55\.9 s +70\.7 s +4\.88 s +12 min/);
    expect(text).toMatch(/orders +at most 2 h; 0\.012% of all messages for longer than 15 min/);
    expect(text).toMatch(/api +38\.7%/);
    expect(text).toContain(
      "loss of a <zone> (us-east-1b), 13 s later brown-out: database: 29.9 min, of which 28.7 because",
    );
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(115);
  });

  test("a difference is told only where its interval leaves out 0", () => {
    const text = drawSimulation(DOCUMENT, PAINT);
    expect(text).toMatch(/other\.config\.ts +\+3\.1 min a year/);
    expect(text).toMatch(/half as often: bad version +no difference that can be told/);
  });

  test("the page stands by itself, draws the distribution, and takes no markup from a name", () => {
    const page = simulationPage(DOCUMENT);
    expect(page).toContain("loss of a &lt;zone&gt;");
    expect(page.match(/class="times"/g)).toHaveLength(2);
    expect(page).toContain("13 s later brown-out: database: 29.9 min, of which 28.7 because they meet");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(simulationPage(DOCUMENT)).toBe(page);
  });

  test("a system that nothing befell has a page, too", () => {
    const quiet = {
      ...DOCUMENT,
      availability: { mean: 1, low95: 0.9999999, high95: 1 },
      availabilityRange: [1, 1] as const,
      downtimeMinutesPerYear: 0,
      recoveryTimes: [],
      incidents: [],
      weakest: [],
      queues: [],
      worst: null,
      whatIf: null,
      sensitivity: null,
    };
    expect(simulationPage(quiet)).toContain("100% available");
    expect(simulationPage(quiet)).not.toContain("NaN");
    expect(drawSimulation(quiet, PAINT)).toContain("none on average");
  });
});
