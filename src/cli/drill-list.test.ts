import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { ListedDrill } from "../drill/drills.ts";
import { drawDrillList } from "./drill-list.ts";

const CRASH: ListedDrill = {
  name: "database-crash",
  summary: "kills the primary of a database",
  targets: ["primary of database"],
  fisAction: "aws:rds:failover-db-cluster",
};
const HANG: ListedDrill = { ...CRASH, name: "task-hang", targets: ["api-us-east-1a"], fisAction: null };
const DOWN: ListedDrill = { ...CRASH, name: "queue-down", targets: [] };

function draw(drills: readonly ListedDrill[]): string {
  return stripVTControlCharacters(drawDrillList(drills));
}

describe("the list of drills", () => {
  test("shows what each strikes, which are of the tour, and FIS's action", () => {
    const text = draw([CRASH, HANG]);
    expect(text).toContain("database-crash  kills the primary of a database\n                of the tour\n");
    expect(text).toContain("                strikes primary of database\n");
    expect(text).toContain("                at AWS: aws:rds:failover-db-cluster\n");
    expect(text).toContain("task-hang       kills the primary of a database\n                strikes");
    expect(text).toContain("at AWS: no FIS action");
    expect(text).toContain("2 of 2 drills apply to this system.");
    expect(text).not.toContain("Nothing to strike");
  });

  test("keeps what does not apply apart, and says so", () => {
    const text = draw([DOWN, CRASH]);
    expect(text.indexOf("database-crash")).toBeLessThan(text.indexOf("queue-down"));
    expect(text).toContain("1 of 2 drills apply to this system.\nNothing to strike for: queue-down\n");
  });

  test("breaks lines for a terminal of 110 columns", () => {
    const targets = Array.from({ length: 30 }, (_, at) => `api-us-east-1${at}`);
    expect(
      draw([{ ...HANG, targets }])
        .split("\n")
        .every((line) => line.length <= 110),
    ).toBe(true);
  });
});
