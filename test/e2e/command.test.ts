import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SHOP, holdfast, temporaryState } from "../support/command.ts";

const RUN = ["check", "up", "status", "logs", "down", "break", "heal", "drill", "backup", "restore"];
const SHIP = ["audit", "simulate", "estimate", "synth", "deploy", "failover", "failback", "destroy"];
const VERBS = RUN.concat(SHIP, "doctor");

describe("the command", () => {
  test("lists the same verbs in --help as the README, each with help and examples of its own", async () => {
    const { stdout, code } = await holdfast(["--help"]);
    expect(code).toBe(0);
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)]
      .map((match) => match[1])
      .filter((verb) => verb !== "help");
    const readme = readFileSync("README.md", "utf8");
    for (const verb of verbs) {
      expect(readme, `README.md names ${verb}`).toMatch(new RegExp(`\\b${verb}\\b`));
      const help = await holdfast([verb ?? "", "--help"]);
      expect(help.code, verb).toBe(0);
      expect(help.stdout, verb).toContain("Examples:");
      if (verb !== "audit") expect(help.stdout, verb).toContain("--config <file>"); // it needs no definition
    }
    expect(verbs).toEqual(VERBS);
  });

  test("rejects an unknown verb and an unknown option with 3", async () => {
    expect((await holdfast(["destroy-everything"])).code).toBe(3);
    expect((await holdfast(["check", "--nonsense"])).code).toBe(3);
  });

  test("rejects an option without its value with 3, instead of writing a file with the next one's name", async () => {
    const { code, stderr } = await holdfast(["drill", "--json", "--html", "page.html"]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: "error: option '--json <file>' has no value before '--html'\n",
    });
  });

  test("prints the JSON of `check` alone on standard output", async () => {
    const { stdout, code } = await holdfast(["check", "--config", SHOP, "--json", "-"]);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(document).toMatchObject({ holdfast: 1, system: "shop", recovery: "warm-standby", problems: [] });
    expect(document["components"]).toContainEqual(
      expect.objectContaining({ id: "database", kind: "database", layer: "data", scope: "zone" }),
    );
  });

  test("lists the drills with their targets and FIS's actions", async () => {
    const { stdout, code } = await holdfast(["drill", "--list", "--config", SHOP, "--json", "-"]);
    const { drills } = JSON.parse(stdout) as {
      drills: { name: string; targets: string[]; fisAction: string | null }[];
    };
    expect(code).toBe(0);
    expect(drills.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "task-crash",
        "worker-crash",
        "database-crash",
        "cache-crash",
        "zone-loss",
        "database-isolated",
      ]),
    );
    const without = drills.filter(({ targets }) => targets.length === 0);
    expect(without.map(({ name }) => name)).toEqual(expect.arrayContaining(["region-loss", "switchover"]));
    const both = await holdfast(["drill", "--list", "--regions", "all", "--config", SHOP, "--json", "-"]);
    const all = (JSON.parse(both.stdout) as { drills: typeof drills }).drills;
    expect(all.filter(({ targets }) => targets.length === 0)).toEqual([]);
  });

  test("fails with 3 and says what to do where nothing runs", async () => {
    using state = temporaryState();
    const { code, stderr } = await holdfast(["status", "--config", SHOP, "--state", state.path]);
    expect(code).toBe(3);
    expect(stderr).toContain("RUN-002");
    expect(stderr).toContain("holdfast up");
  });
});

describe("a definition with several mistakes", () => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-test-definition-"));
  const config = join(directory, "holdfast.config.ts");

  beforeAll(() => {
    writeFileSync(
      config,
      `export default {
  name: "broken",
  regions: { primary: "us-east-1", zones: ["us-east-1g"] },
  services: {
    api: { run: "node server.js", uses: ["databse"], port: 99999, health: { path: "/", interval: "5 minuts" } },
  },
  databases: { database: { engine: "oracle" } },
};\n`,
    );
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("is reported whole, each mistake with its place and how to mend it, and exits with 3", async () => {
    const { stdout, stderr, code } = await holdfast(["check", "--config", config]);
    const said = stdout + stderr;
    expect(code).toBe(3);
    expect(said).toContain("services.api.uses[0]");
    expect(said).toContain('"database"');
    expect(said).toContain("services.api.port");
    expect(said).toContain("services.api.health.interval");
    expect(said).toContain("databases.database.engine");
    expect(said).toMatch(/holdfast\.config\.ts:5/);
    expect(said).not.toMatch(/\n\s+at .*\.js:\d+/);
  });

  test("stops `up` and `drill` before anything is started", async () => {
    for (const verb of ["up", "drill"]) {
      const { code, stderr } = await holdfast([verb, "--config", config]);
      expect(code).toBe(3);
      expect(stderr).toContain("services.api.uses[0]");
    }
  });
});
