import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTimeOf } from "../local/process/start-time.ts";
import { freshState } from "./drill-strategies.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the state of a strategy that is tried", () => {
  test("is empty but for the engines, which are the system's own, and leaves the rest alone", async () => {
    mkdirSync(join(folder, "engines"));
    writeFileSync(join(folder, "engines", "redis"), "the engine");
    writeFileSync(join(folder, "orders"), "of the user's own system");
    const path = await freshState(folder, "pilot-light");
    expect(path).toBe(join(folder, "strategies", "pilot-light"));
    expect(readFileSync(join(path, "engines", "redis"), "utf8")).toBe("the engine");
    writeFileSync(join(path, "database"), "of an earlier try");
    await freshState(folder, "pilot-light");
    expect(readdirSync(path)).toEqual(["engines"]);
    expect(readdirSync(folder).toSorted()).toEqual(["engines", "orders", "strategies"]);
    expect(readFileSync(join(folder, "engines", "redis"), "utf8"), "links are not followed").toBe("the engine");
  });

  test("has a place for engines before there are any", async () => {
    const path = await freshState(folder, "active-active");
    writeFileSync(join(path, "engines", "redis"), "unpacked by the first strategy");
    expect(existsSync(join(await freshState(folder, "pilot-light"), "engines", "redis"))).toBe(true);
  });

  test("fails where a system still runs from it, and deletes nothing", async () => {
    const path = await freshState(folder, "pilot-light");
    const record = { pid: process.pid, startTime: startTimeOf(process.pid), system: "shop" };
    writeFileSync(join(path, "run.json"), JSON.stringify(record));
    await expect(freshState(folder, "pilot-light")).rejects.toMatchObject({ code: "RUN-001" });
    expect(existsSync(join(path, "run.json"))).toBe(true);
  });
});
