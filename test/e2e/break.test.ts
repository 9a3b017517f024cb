import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ran, SHOP, holdfast, temporaryState } from "../support/command.ts";
import { eventually } from "../support/eventually.ts";

const REGISTER = "test/support/register/holdfast.config.ts";

interface Broken {
  readonly target: string;
  readonly ids: readonly string[];
  readonly healed: boolean;
}

describe("a running system, broken by hand", () => {
  const state = temporaryState();
  const on = (...args: readonly string[]): Promise<Ran> =>
    holdfast([...args, "--config", REGISTER, "--state", state.path]);
  const faults = async (): Promise<string[]> => {
    const { stdout } = await on("status", "--json", "-");
    return (JSON.parse(stdout) as { faults: { id: string }[] }).faults.map(({ id }) => id);
  };

  beforeAll(async () => {
    const { code, stderr } = await on("up", "--detach");
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    await on("down");
    state[Symbol.dispose]();
  });

  test("keeps its faults until they are healed, the last one first, and `status` shows each with its id", async () => {
    const first = await on("break", "zone-slow", "us-east-1c", "--json", "-");
    expect(first.code, first.stderr).toBe(0);
    const slow = JSON.parse(first.stdout) as Broken;
    expect(slow).toMatchObject({ target: "us-east-1c", healed: false });
    const second = await on("break", "zone-slow", "zone", "of", "the", "primary", "of", "database", "--json", "-");
    expect(second.code, second.stderr).toBe(0);
    const shift = JSON.parse(second.stdout) as Broken;
    expect(shift.target).toMatch(/^us-east-1[abc]$/);
    expect(await faults()).toEqual([...slow.ids, ...shift.ids]);
    expect((await on("status")).stdout).toMatch(new RegExp(`${slow.ids[0]} on us-east-1c, for .*heal ${slow.ids[0]}`));
    const healed = await on("heal", "--json", "-");
    expect(JSON.parse(healed.stdout)).toEqual({ holdfast: 1, healed: [...shift.ids, ...slow.ids] });
    expect((await on("heal")).stderr).toContain("no fault is in force");
  });

  test("is healed by Ctrl-C before the command ends", async () => {
    const args = ["break", "zone-slow", "us-east-1b", "--for", "5m", "--config", REGISTER, "--state", state.path];
    const child = spawn(process.execPath, ["dist/cli/main.js", ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    try {
      await eventually(() => said.includes("Ctrl-C heals"), { within: "30 seconds" });
      expect(await faults()).toHaveLength(1);
    } finally {
      child.kill("SIGINT");
    }
    expect(await ended).toBe(130);
    expect(said).toContain("healed");
    expect(await faults()).toEqual([]);
  });

  test("says that a kill needs no heal, and how the customers of a spike fared", async () => {
    const killed = await on("break", "task-crash");
    expect(killed.code, killed.stderr).toBe(0);
    expect(killed.stderr).toContain("nothing to heal");
    const spike = await on("break", "load-spike", "--for", "2s", "--rate", "10", "--json", "-");
    expect(spike.code, spike.stderr).toBe(0);
    const { healed, crowd } = JSON.parse(spike.stdout) as Broken & { crowd: { operations: { ok: number } } };
    expect(healed).toBe(true);
    expect(crowd.operations.ok).toBeGreaterThan(20);
    expect(await faults()).toEqual([]);
  });

  test("rejects what it cannot do with 3, and names what it can", async () => {
    const rejected = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await on("break", ...args);
      expect(code).toBe(3);
      return stderr;
    };
    expect(await rejected("database-crash", "register")).toMatch(/primary of database.*database-us-east-1a/);
    expect(await rejected("no-such-fault")).toContain("zone-loss");
    expect(await rejected("zone-slow", "--for", "soon")).toContain("RUN-012");
    expect(await rejected("cache-crash")).toContain("nothing to strike");
    expect(await rejected()).toContain("--list");
    expect(await faults()).toEqual([]);
  });
});

test("`break --list` shows the faults and their targets without a running system", async () => {
  const { code, stdout } = await holdfast(["break", "--list", "--config", SHOP]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/database-crash[^]*strikes primary of database/);
});

test("a program that ends as soon as it starts is told with its own words, and soon", async () => {
  using state = temporaryState();
  const directory = mkdtempSync(join(tmpdir(), "holdfast-test-definition-"));
  const config = join(directory, "holdfast.config.ts");
  const run = `node -e 'console.error("the driver is missing"); process.exit(3)'`;
  const definition = { name: "hopeless", regions: { primary: "us-east-1" }, services: { api: { run } } };
  writeFileSync(config, `export default ${JSON.stringify(definition)};\n`);
  try {
    const { code, stderr } = await holdfast(["up", "--detach", "--config", config, "--state", state.path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/RUN-006 "api" does not come up: .*exit 3.*the driver is missing/);
    expect(stderr).toContain(join(state.path, "logs", "api-"));
    expect(stderr).not.toContain("within 60 s");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
