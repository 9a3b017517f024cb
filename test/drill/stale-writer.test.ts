import { expect, test } from "vitest";
import { drillSystem } from "../support/drill-system.ts";

/** A drill that finds nothing proves nothing: the same system must fail it with a program that keeps its connection. */
test.for([
  { connection: "dropped", verdict: "pass" },
  { connection: "kept", verdict: "fail" },
])(
  "a program whose connection is $connection when the database says that it is read-only: $verdict",
  async ({ connection, verdict }, { annotate }) => {
    const report = await drillSystem({
      config: "test/support/register/holdfast.config.ts",
      names: ["stale-writer"],
      rate: 20,
      change: (definition) => {
        const register = { ...definition.services["register"]!, environment: { CONNECTION: connection } }; // it has one
        return { ...definition, services: { register } };
      },
    });
    const drill = report.drills[0]!; // one was asked for
    await annotate(JSON.stringify({ verdict: drill.verdict, reasons: drill.reasons, journeys: drill.journeys }));
    expect(drill.verdict).toBe(verdict);
    expect(drill.journeys["entry"]?.lost).toBe(0);
    if (connection === "kept") expect(drill.reasons.join()).toContain("never became steady again");
  },
);
