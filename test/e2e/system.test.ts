import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { signalProcess } from "../../src/local/process/child.ts";
import { preferredSlot } from "../../src/local/slot.ts";
import { startTimeOf } from "../../src/local/process/start-time.ts";
import { SHOP, holdfast, runProcess, temporaryState } from "../support/command.ts";
import { eventually } from "../support/eventually.ts";

interface StatusDocument {
  readonly state: string;
  readonly endpoints: { readonly site: string; readonly dns: string };
  readonly instances: readonly {
    id: string;
    component: string;
    pid: number | null;
    state: string;
    role: string | null;
  }[];
}

function flags(state: { path: string }): string[] {
  return ["--config", SHOP, "--state", state.path];
}

async function up(state: { path: string }): Promise<StatusDocument> {
  const { stdout, stderr, code } = await holdfast(["up", "--detach", "--json", "-", ...flags(state)]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as StatusDocument;
}

async function order(site: string, key: string): Promise<number> {
  const response = await fetch(`${site}/api/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ key, value: `value of ${key}` }),
  });
  await response.text();
  return response.status;
}

async function applied(site: string, key: string): Promise<number> {
  const response = await fetch(`${site}/api/orders/${key}`);
  return response.status === 200 ? ((await response.json()) as { applied: number }).applied : 0;
}

/** Processes whose environment or arguments name the state folder: what a system started. */
function processesOf(state: { path: string }): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const about = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
        return about.includes(state.path) || (existsSync(`/proc/${pid}/cwd`) && about.includes(`${state.path}/`));
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe("a system that is up", () => {
  test("comes up healthy, takes orders, refuses a second `up`, and goes down", async () => {
    using state = temporaryState();
    await holdfast(["doctor", ...flags(state)]);
    const { state: health, endpoints, instances } = await up(state);
    try {
      expect(health).toBe("healthy");
      expect(
        instances
          .filter(({ component }) => component === "database")
          .map(({ role }) => role)
          .sort(),
      ).toEqual(["primary", "replica", "replica"]);
      expect(await order(endpoints.site, "first")).toBe(202);
      await eventually(async () => (await applied(endpoints.site, "first")) === 1, { within: "10 seconds" });
      const second = await holdfast(["up", "--detach", ...flags(state)]);
      expect(second.code).toBe(3);
      expect(second.stderr).toContain("RUN-001");
      const secrets = Object.values(
        JSON.parse(readFileSync(join(state.path, "secrets.json"), "utf8")) as Record<string, string>,
      );
      const logs = readdirSync(join(state.path, "logs")).map((name) =>
        readFileSync(join(state.path, "logs", name), "utf8"),
      );
      for (const secret of secrets) expect(logs.every((log) => !log.includes(secret))).toBe(true);
    } finally {
      const down = await holdfast(["down", ...flags(state)]);
      expect(down.code, down.stderr).toBe(0);
    }
    await eventually(() => instances.every(({ pid }) => pid === null || startTimeOf(pid) === undefined), {
      within: "5 seconds",
    });
  });

  test("leaves no orphan when its supervisor is killed, and the next `up` finds every acknowledged order", async () => {
    using state = temporaryState();
    const first = await up(state);
    const keys = Array.from({ length: 40 }, (_, index) => `order-${index}`);
    for (const key of keys) expect(await order(first.endpoints.site, key)).toBe(202);
    const { pid } = JSON.parse(readFileSync(join(state.path, "run.json"), "utf8")) as { pid: number };
    signalProcess(pid, "SIGKILL");
    await eventually(() => first.instances.every((one) => one.pid === null || startTimeOf(one.pid) === undefined), {
      within: "5 seconds",
    });
    await eventually(() => processesOf(state).length === 0, { within: "5 seconds" });
    const second = await up(state);
    try {
      for (const key of keys) {
        await eventually(async () => (await applied(second.endpoints.site, key)) === 1, { within: "20 seconds" });
      }
    } finally {
      await holdfast(["down", ...flags(state)]);
    }
  });

  test("replaces whatever of it dies, and takes orders again", async () => {
    using state = temporaryState();
    const { endpoints, instances } = await up(state);
    const pidOf = (id: string): number => {
      const { pid } = instances.find((one) => one.id === id) ?? { pid: null };
      if (pid === null) throw new Error(`${id} has no process`); // and 0 would be our own group
      return pid;
    };
    try {
      expect(await order(endpoints.site, "before")).toBe(202);
      const victims = ["region us-east-1", "global", "us-east-1b", "api-us-east-1c", "fulfilment-us-east-1a"].map(
        pidOf,
      );
      for (const pid of victims) signalProcess(pid, "SIGKILL");
      await eventually(
        async () => {
          const { stdout } = await holdfast(["status", "--json", "-", ...flags(state)]);
          const now = JSON.parse(stdout) as StatusDocument;
          expect(now.state).toBe("healthy");
          expect(now.instances.every(({ pid }) => pid !== null && !victims.includes(pid))).toBe(true);
        },
        { within: "30 seconds", every: "300 milliseconds" },
      );
      await eventually(async () => (await order(endpoints.site, "after")) === 202, { within: "10 seconds" });
      for (const key of ["before", "after"]) {
        await eventually(async () => (await applied(endpoints.site, key)) === 1, { within: "20 seconds" });
      }
    } finally {
      await holdfast(["down", ...flags(state)]);
    }
  });

  test("drains and stops on Ctrl-C", async () => {
    using state = temporaryState();
    const child = spawn(process.execPath, ["dist/cli/main.js", "up", ...flags(state)], {
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    try {
      await eventually(() => said.includes("is healthy"), { within: "30 seconds" });
    } finally {
      child.kill("SIGINT");
    }
    expect(await ended).toBe(0);
    await eventually(() => processesOf(state).length === 0, { within: "5 seconds" });
  });
});

describe("a machine that is in the way", () => {
  test("rejects a busy address by name and leaves nothing behind", async () => {
    using state = temporaryState();
    const busy = createServer();
    const slot = 1 + preferredSlot(state.path); // the first that it tries
    // The first three numbers are the zones' own, and the next one the first database's.
    await new Promise<void>((resolve) => busy.listen(5432, `127.${slot}.0.4`, resolve));
    try {
      const { code, stderr } = await holdfast(["up", "--detach", ...flags(state)]);
      expect(code).toBe(3);
      expect(stderr).toContain("RUN-004");
      expect(stderr).toMatch(/127\.\d+\.\d+\.\d+:5432 is in use/);
    } finally {
      busy.close();
    }
    await eventually(() => processesOf(state).length === 0, { within: "5 seconds" });
  });

  test("rejects a full disk by name", async () => {
    using state = temporaryState();
    const start = [process.execPath, "dist/cli/main.js", "up", "--detach", ...flags(state)].join(" ");
    const script = `mount -t tmpfs -o size=24m tmpfs ${state.path}/database && exec ${start}`;
    mkdirSync(join(state.path, "database"));
    const started = systemClock.now();
    const { code, stderr } = await runProcess("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    if (stderr.includes("unshare:")) return; // this machine gives no user namespace to this user
    expect(stderr).toContain("RUN-005");
    expect(code).toBe(3);
    expect(systemClock.now() - started).toBeLessThan(30_000);
  });
});
