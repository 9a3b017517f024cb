import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { synthCommand } from "./synth.ts";

/** A database whose standby the escape hatch takes away. */
const WITHOUT_STANDBY = `export default {
  name: "tiny",
  regions: { primary: "us-east-1" },
  databases: { database: { engine: "postgresql" } },
  aws: ({ regions }) => {
    regions["us-east-1"].data.node.findChild("DatabaseInstance").multiAz = false;
  },
};`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-synth-"));
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** How grave what the audit finds in a synthesized system is, and how the command ends. */
async function synth(stage: "production" | "dev") {
  const [config, out, json] = ["holdfast.config.ts", "out", "synth.json"].map((name) => join(folder, name));
  writeFileSync(config!, WITHOUT_STANDBY);
  const options = ["--config", config!, "--out", out!, "--stage", stage, "--json", json!];
  await synthCommand().parseAsync(["node", "synth", ...options]);
  const { findings } = JSON.parse(readFileSync(json!, "utf8")) as { findings: readonly { severity: string }[] };
  return { grave: findings.some(({ severity }) => severity === "high"), exitCode: process.exitCode };
}

describe("holdfast synth", () => {
  test("fails where a system of production has what the audit calls grave", async () => {
    expect(await synth("production")).toEqual({ grave: true, exitCode: 1 });
  });

  test("tells it of the cheap profile, too, and does not fail, because that is what makes it cheap", async () => {
    expect(await synth("dev")).toEqual({ grave: true, exitCode: undefined });
  });
});
