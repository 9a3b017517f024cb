import { expect, test } from "vitest";
import { drillSystem } from "../support/drill-system.ts";

test("a hung task and a bad deployment are borne", { timeout: 240_000 }, async () => {
  const { drills } = await drillSystem({
    config: "test/support/register/holdfast.config.ts",
    names: ["task-hang", "bad-deploy"],
    rate: 30,
  });
  const told = drills.map(({ name, verdict, reasons }) => ({ name, verdict, reasons }));
  expect(told).toEqual(
    ["task-hang", "bad-deploy"].map((name) => ({
      name,
      verdict: "pass",
      reasons: [],
    })),
  );
  for (const { journeys } of drills) {
    expect(journeys["entry"]).toMatchObject({ lost: 0, appliedTwice: 0 });
  }
});
