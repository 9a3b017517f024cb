import { expect, test } from "vitest";
import { drillSystem } from "../support/drill-system.ts";

/** A drill that finds nothing proves nothing; that a program which drops such a connection passes, the shop shows. */
test("a program that keeps a connection to what was the writer is found: it never recovers", async () => {
  const report = await drillSystem({
    config: "test/support/register/holdfast.config.ts",
    names: ["stale-writer"],
    rate: 20,
    change: (definition) => {
      const register = { ...definition.services["register"]!, environment: { CONNECTION: "kept" } }; // it has one
      return { ...definition, services: { register } };
    },
  });
  const drill = report.drills[0]!; // one was asked for
  expect(drill.verdict).toBe("fail");
  expect(drill.reasons.join()).toContain("never became steady again");
  expect(drill.journeys["entry"]?.lost).toBe(0);
});
