import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProcess } from "../support/command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  cpSync("src", join(folder, "src"), { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a script throws that runs where of all packages these alone are installed. */
async function thrownWith(packages: readonly string[], script: string): Promise<unknown> {
  mkdirSync(join(folder, "node_modules"));
  for (const name of packages) symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  const wrapped = `try {
    ${script}
  } catch ({ code, message, fix }) {
    console.log(JSON.stringify({ code, message, fix }));
  }`;
  writeFileSync(join(folder, "script.js"), wrapped);
  const { stdout, stderr } = await runProcess(process.execPath, [join(folder, "script.js")]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("where a package is not installed", () => {
  test("synthesis fails with AWS-001, and the command that installs the CDK", async () => {
    const script = `
      const { synthesize } = await import("./src/aws/synth.ts");
      await synthesize({ topology: {}, outdir: "out" });`;
    expect(await thrownWith([], script)).toEqual({
      code: "AWS-001",
      message: expect.stringContaining("Cannot find package 'aws-cdk-lib'"),
      fix: "npm install aws-cdk-lib constructs",
    });
  });

  test("the rotation of MySQL's users fails with AWS-012", async () => {
    const script = `
      const { ROTATION_CODE } = await import("./src/aws/data/rotation-code.ts");
      const { lambdaAsset } = await import("./src/aws/lambda-code.ts");
      lambdaAsset(null, "rotation", ROTATION_CODE.mysql);`;
    expect(await thrownWith(["aws-cdk-lib", "constructs"], script)).toEqual({
      code: "AWS-012",
      message: expect.stringContaining('"mysql2"'),
      fix: "npm install --save-dev mysql2",
    });
  });

  test("speaking to AWS fails with AWS-020, and the command that installs the client", async () => {
    const script = `
      const { Aws } = await import("./src/aws/deploy/aws.ts");
      await new Aws().databases("us-east-1");`;
    expect(await thrownWith([], script)).toMatchObject({ code: "AWS-020", fix: "npm install @aws-sdk/client-rds" });
  });
});
