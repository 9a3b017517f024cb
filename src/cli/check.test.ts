import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const RUNNER = `
const { checkCommand } = await import(process.argv[1]);
await checkCommand().parseAsync(process.argv.slice(2), { from: "user" });
`;

const GOOD = `export default {
  name: "shop",
  regions: { primary: "us-east-1", secondary: "us-west-2" },
  services: { api: { run: "node server.js", uses: ["database"] } },
  databases: { database: {} },
  journeys: { order: { write: "POST /orders" } },
};
`;

let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-check-"));
  writeFileSync(join(directory, "holdfast.config.ts"), GOOD);
  writeFileSync(join(directory, "bad.config.ts"), GOOD.replace('"database"', '"databse"').replace("recovery", ""));
});

afterAll(() => rmSync(directory, { recursive: true }));

function check(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const module = new URL("./check.ts", import.meta.url).href;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--input-type=module", "-e", RUNNER, module, ...args],
      { cwd: directory, env: { ...process.env, NO_COLOR: "1" } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

describe("holdfast check", () => {
  test("draws the definition of this folder and exits with 0", async () => {
    const { code, stdout, stderr } = await check();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("us-east-1 (primary)");
    expect(stdout).toContain("single points of failure: none");
  });

  test("looks at the primary region alone where asked to", async () => {
    expect((await check("--regions", "primary")).stdout).not.toContain("us-west-2");
    expect((await check()).stdout).toContain("us-west-2 (secondary)");
  });

  test("writes the document of the contract, alone on standard output", async () => {
    const { code, stdout } = await check("--json", "-", "--regions", "primary");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      holdfast: 1,
      system: "shop",
      recovery: "warm-standby",
      regions: [{ name: "us-east-1", zones: ["us-east-1a", "us-east-1b", "us-east-1c"] }],
      components: [
        { id: "api", kind: "service", layer: "compute", scope: "zone" },
        {
          id: "database",
          kind: "database",
          layer: "data",
          scope: "zone",
          instances: [{ id: "database-us-east-1a", region: "us-east-1", zone: "us-east-1a" }, {}, {}],
        },
      ],
      links: [
        { from: "api", to: "database", mode: "synchronous" },
        { from: "database", to: "database", mode: "replication" },
      ],
      blastRadius: expect.arrayContaining([
        expect.objectContaining({
          lost: { kind: "component", id: "database" },
          journeysLost: ["order"],
          dataAtRisk: ["database"],
        }),
        expect.objectContaining({ lost: { kind: "zone", id: "us-east-1a" }, journeysLost: [], dataAtRisk: [] }),
      ]),
      problems: [],
    });
  });

  test("writes the document to a file beside the picture", async () => {
    const { stdout } = await check("--json", "check.json");
    expect(stdout).toContain("us-east-1 (primary)");
    expect(JSON.parse(readFileSync(join(directory, "check.json"), "utf8"))).toMatchObject({ holdfast: 1 });
  });

  test("fails with 3 and tells code, place, message and fix of each problem", async () => {
    const { code, stdout, stderr } = await check("--config", "bad.config.ts");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe(
      [
        "DEF-004 bad.config.ts:4 services.api.uses[0]",
        '  "databse" names nothing (there are api, database)',
        '  fix: write "database"',
        "1 problem",
        "",
      ].join("\n"),
    );
  });

  test("fails with 3 and the problems in the document", async () => {
    const { code, stdout } = await check("--config", "bad.config.ts", "--json", "-");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      system: null,
      problems: [{ code: "DEF-004", at: "services.api.uses[0]" }],
    });
  });

  test("shows examples in its help", async () => {
    expect((await check("--help")).stdout).toContain("holdfast check --config");
  });
});
