import { describe, expect, test } from "vitest";
import {
  type DrillTable,
  type DrillTableJourney,
  type DrillTableRow,
  type Paint,
  drawDrillTable,
} from "./drill-table.ts";

const plain: Paint = { bold: String, dim: String, red: String, green: String, yellow: String };

const order: DrillTableJourney = {
  durability: "acknowledged",
  operations: 412,
  failed: 0,
  unknown: 0,
  failedAttempts: 3,
  failedAttemptsSent: { inFlight: 1, beforeDetection: 2, later: 0 },
  recoveryTimeMs: 0,
  recoveryTimeAtAwsMs: 0,
  acknowledged: 250,
  lost: 0,
  lostAtMost: 0,
  appliedTwice: 0,
};
const row: DrillTableRow = {
  name: "database-isolated",
  target: "database-us-east-1a",
  verdict: "pass",
  reasons: [],
  notes: [],
  journal: ".holdfast/drills/x/journal.jsonl",
  objective: { rtoMs: 90_000 },
  journeys: { order },
  stages: [
    { name: "detect", component: "database", class: "timer", ms: 976, atAwsMs: 9_760 },
    { name: "promote", component: "database", class: "provider", ms: 74, atAwsMs: 30_000 },
  ],
  redundancyRestoredMs: 3_210,
};

function draw(rows: readonly Partial<DrillTableRow>[], verdict: DrillTable["verdict"] = "pass", paint = plain): string {
  const drills = rows.map((changes) => ({ ...row, ...changes }));
  const table = { system: "shop", verdict, seed: 1, rate: 50, pace: "fast", paceFactor: 10, drills };
  return drawDrillTable(table, paint, "holdfast drill --seed 1");
}

describe("the table of drills", () => {
  test("shows what each break cost, within 110 columns", () => {
    const failed = {
      ...order,
      failed: 12,
      unknown: 2,
      recoveryTimeMs: 2_340,
      recoveryTimeAtAwsMs: 31_000,
      lost: 2,
      lostAtMost: 5,
    };
    const text = draw(
      [
        {},
        {
          name: "zone-loss",
          target: "us-east-1a",
          verdict: "fail",
          journeys: { order: failed },
          reasons: ["order: 2 lost"],
        },
      ],
      "fail",
    );
    expect(text.split("\n").filter((line) => line.length > 110)).toEqual([]);
    expect(text).toMatch(/✔ database-isolated database-us-east-1a +0 +0 +90 s +0\+0 +412 +3 +0 +0 +3.21 s/);
    expect(text).toMatch(/✘ zone-loss +us-east-1a +2.34 s +31 s +90 s +12\+2 +412 +3 +2–5 +0 +3.21 s/);
    expect(text).toContain("    order: 2 lost");
    expect(text).toContain("order: 3 failed tries: 1 in flight at the fault, 2 sent before it was noticed, 0 later");
    expect(text).toContain("database: detect 976 ms (9.76 s at AWS), promote 74 ms (30 s at AWS)");
    expect(text).toContain("repeat with  holdfast drill --seed 1");
    expect(text).toContain("1 pass, 1 fail");
  });

  test("says what was expected, and whether it came to that", () => {
    const drawn = (predicted: NonNullable<DrillTableRow["predicted"]>, recoveryTimeMs: number | null = 1_800) =>
      draw([{ predicted, journeys: { order: { ...order, recoveryTimeMs } } }]);
    const lost = [0, 0] as const;
    expect(drawn({ recoveryTimeMs: [1_500, 2_100], lost })).toContain(
      "predicted: recovery 1.5 s to 2.1 s; 1.8 s is inside",
    );
    expect(drawn({ recoveryTimeMs: [0, 0], lost })).toContain("predicted: recovery 0; 1.8 s is outside");
    expect(drawn({ recoveryTimeMs: [0, 100], lost }, null)).toContain(
      "predicted: recovery 0 to 100 ms; never is outside",
    );
    expect(draw([{ predicted: null }, {}])).not.toContain("predicted");
  });

  test("says never where a journey did not recover, and a dash where nothing is known", () => {
    expect(draw([{ journeys: { order: { ...order, recoveryTimeMs: null } } }])).toMatch(/never/);
    expect(draw([{ journeys: {}, redundancyRestoredMs: null, verdict: "unknown" }])).toMatch(
      /\? database-isolated .* – +– +90 s/,
    );
  });

  test("leaves what is best effort out of the lost", () => {
    expect(draw([{ journeys: { cart: { ...order, durability: "best-effort", lost: 7, lostAtMost: 7 } } }])).toMatch(
      /412 +3 +0 +0/,
    );
  });

  test("paints what is bad", () => {
    const painted = draw([{ journeys: { order: { ...order, lost: 1, lostAtMost: 1 } } }], "fail", {
      ...plain,
      red: (text) => `<${text}>`,
    });
    expect(painted).toContain("<    1>");
  });
});
