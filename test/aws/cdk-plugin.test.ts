import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { CfnDBInstance } from "aws-cdk-lib/aws-rds";
import { HoldfastAudit } from "holdfast/audit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let outdir = "";
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "holdfast-plugin-"));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingResources?: readonly Record<string, unknown>[];
      readonly violatingConstructs?: readonly Record<string, unknown>[];
    }[];
  }[];
}

/** The violations of one rule in the CDK's own report, after an app with a database was synthesized. */
function violationsOf(multiAz: boolean, failOn?: "never") {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, "Data", { env: { region: "us-east-1" } });
  const database = new CfnDBInstance(stack, "Db", { engine: "postgres", multiAz, dbInstanceClass: "db.m7g.large" });
  expect(database.node.path).toBe("Data/Db");
  Validations.of(app).addPlugins(new HoldfastAudit(failOn === undefined ? {} : { failOn }));
  try {
    app.synth();
  } catch {
    // the CDK may end the synthesis where a plug-in failed
  }
  const report = JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8")) as Report;
  return report.pluginReports.flatMap(({ violations }) =>
    violations.filter(({ ruleName }) => ruleName === "rds-multi-az"),
  );
}

describe("the audit as a plug-in of the CDK", () => {
  test("tells the construct that would not survive", () => {
    const [violation] = violationsOf(false);
    expect(JSON.stringify(violation)).toContain("Data/Db");
  });

  test("says nothing of one that would", () => {
    expect(violationsOf(true)).toEqual([]);
  });

  test("rejects objectives that it does not understand, when it is made", () => {
    expect(() => new HoldfastAudit({ objectives: { region: { rto: "soon" } } })).toThrow(
      expect.objectContaining({ code: "AUD-007" }),
    );
  });
});
