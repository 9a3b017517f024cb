import { expect, test } from "vitest";
import { runProcess } from "../support/command.ts";
import { drillSystem } from "../support/drill-system.ts";
import { findPythonWithDriver } from "../support/python.ts";

/** The example in another language: what the definition says and nothing more, and no Node in the program. */

const NOTES = "examples/notes/holdfast.config.ts";

test("the definition of the notes has no problem, and no instance or zone stops its journey", async () => {
  const args = ["--conditions=source", "src/cli/main.ts", "check", "--config", NOTES, "--json", "-"];
  const { code, stdout, stderr } = await runProcess(process.execPath, args);
  expect(code, stderr).toBe(0);
  const { problems, blastRadius } = JSON.parse(stdout) as {
    problems: unknown[];
    blastRadius: { lost: { kind: string; id: string }; journeysLost: string[] }[];
  };
  expect(problems).toEqual([]);
  const fatal = blastRadius.filter(({ journeysLost }) => journeysLost.length > 0).map(({ lost }) => lost);
  expect(fatal.filter(({ kind, id }) => kind === "zone" || (kind === "instance" && id !== "edge"))).toEqual([]);
});

test("a service in Python loses no note when the writer of its database dies", async (context) => {
  const python = await findPythonWithDriver();
  if (python === null) {
    return context.skip("there is no python3 on this machine");
  }
  const report = await drillSystem({
    config: NOTES,
    names: ["database-crash"],
    rate: 50,
    change: (definition) => {
      const notes = definition.services["notes"]!; // the example has one
      const changed = { ...notes, run: `${python.command} server.py`, environment: python.environment };
      return { ...definition, services: { notes: changed } };
    },
  });
  expect(report.drills.map(({ name }) => name)).toEqual(["database-crash"]);
  for (const { name, verdict, reasons, journeys } of report.drills) {
    expect(verdict, `${name}: ${reasons.join("; ")}`).toBe("pass");
    const note = journeys["note"]!; // the example has one
    expect(note.acknowledged).toBeGreaterThan(50);
    expect(note.lostAtMost).toBe(0);
    expect(note.appliedTwice).toBe(0);
  }
}, 300_000);
