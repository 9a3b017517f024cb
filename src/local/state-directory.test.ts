import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.ts";
import { startTimeOf } from "./process/start-time.ts";
import { openSecrets } from "./secrets.ts";
import { StateDirectory } from "./state-directory.ts";

let path = "";
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "holdfast-test-state-"));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

function record(pid: number, startTime: string): Parameters<StateDirectory["announce"]>[0] {
  return { pid, startTime, system: "shop", config: "", pace: "fast", control: "http://127.1.254.2:7070", token: "t" };
}

test("a second supervisor is refused while the first one lives, by pid and start time", () => {
  const state = new StateDirectory(path);
  state.claim();
  state.announce(record(process.pid, startTimeOf(process.pid) ?? ""));
  expect(() => new StateDirectory(path).claim()).toThrow(expect.objectContaining({ code: "RUN-001" }));
  // The same pid with another start is another process: the record is stale.
  state.announce(record(process.pid, "1"));
  expect(state.running()).toBeUndefined();
  expect(new StateDirectory(path).claim()).toBe(0);
});

test("children that a dead supervisor left are ended, and a stranger with their pid is not", async () => {
  const state = new StateDirectory(path);
  state.claim();
  const orphan = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  state.noteChild(orphan.pid!); // it has just been started
  const stranger = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  state.write("children.jsonl", `${JSON.stringify({ pid: stranger.pid, startTime: "1" })}\n`);
  expect(new StateDirectory(path).claim()).toBe(0);
  state.noteChild(orphan.pid!); // as above
  expect(new StateDirectory(path).claim()).toBe(1);
  await eventually(() => startTimeOf(orphan.pid!) === undefined, { within: "5 seconds" }); // as above
  expect(startTimeOf(stranger.pid!)).toBeDefined(); // as above
  stranger.kill("SIGKILL");
});

test("secrets are made once, differ from each other, and can be read by their owner alone", () => {
  const state = new StateDirectory(path);
  const first = openSecrets(state);
  const [app, replication] = [first.database("db"), first.replication("db")];
  expect(app).not.toBe(replication);
  expect(openSecrets(new StateDirectory(path)).database("db")).toBe(app);
  expect(statSync(join(path, "secrets.json")).mode & 0o777).toBe(0o600);
});
