import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, expect, test } from "vitest";
import { lambdaAsset } from "../lambda-code.ts";
import { ROTATION_CODE } from "./rotation-code.ts";

const outdir = mkdtempSync(join(tmpdir(), "holdfast-test-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function packed(language: keyof typeof ROTATION_CODE) {
  const app = new App({ outdir: mkdtempSync(join(outdir, "app-")), analyticsReporting: false });
  const asset = lambdaAsset(new Stack(app, "data"), "RotationCode", ROTATION_CODE[language]);
  return { asset, folder: join(app.outdir, asset.assetPath) };
}

test.each([
  ["postgres", "postgresAccounts", "postgres-accounts"],
  ["redis", "cacheAccounts", "cache-accounts"],
] as const)(
  "the code of a rotation function runs by itself, on nothing but what was packed: %s",
  (language, name, file) => {
    const alone = mkdtempSync(join(outdir, "alone-"));
    cpSync(packed(language).folder, alone, { recursive: true });
    const script = `
    import { handler } from "./${ROTATION_CODE[language].files[0]}.js";
    import { ${name} } from "./${file}.js";
    console.log(typeof handler, typeof ${name});
  `;
    const node = ["--input-type=module", "-e", script];
    const said = execFileSync(process.execPath, node, { cwd: alone, env: {}, encoding: "utf8" });
    expect(said.trim()).toBe("function function");
  },
);

test("the code has the driver's packages, no types, and no link to this checkout", () => {
  const { folder } = packed("postgres");
  expect(readdirSync(join(folder, "node_modules"))).toEqual(expect.arrayContaining(["pg", "pg-protocol", "split2"]));
  expect(existsSync(join(folder, "node_modules", "aws-cdk-lib"))).toBe(false);
  const code = readFileSync(join(folder, "rotation.js"), "utf8");
  expect(code).not.toContain("interface");
  expect(code).not.toContain("sourceMappingURL");
});

test("the same installation makes the same bytes", () => {
  expect(packed("postgres").asset.assetHash).toBe(packed("postgres").asset.assetHash);
});

test("takes the driver of MySQL, which is installed here", () => {
  expect(readdirSync(join(packed("mysql").folder, "node_modules"))).toContain("mysql2");
});
