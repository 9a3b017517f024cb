import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BackupWorld } from "../world/backup.ts";
import { type FindBackups, backupCommand, drawBackups } from "./backup.ts";
import { drawRestore, instantOf, restoreCommand } from "./restore.ts";

const AT = Date.parse("2026-11-21T17:04:05.250Z");

const BACKED_UP = {
  database: "database",
  id: "20261121T170405250Z",
  bytes: 3 * 2 ** 20,
  tookMs: 1_234,
  encrypted: true,
  copiedTo: "us-west-2",
  restorable: { from: AT, to: AT + 60_000 },
};

const RESTORED = { database: "database", base: "20261121T170405250Z", reachedAt: AT, rows: 12, tookMs: 900 };

let folder: string;
let asked: unknown[];
let closed: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  asked = [];
  closed = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

const find: FindBackups = async () => {
  const world: BackupWorld = {
    async backup() {
      asked.push("backup");
      return { databases: [BACKED_UP] };
    },
    async restore(wanted) {
      asked.push(wanted);
      return { ...wanted, databases: [RESTORED], downMs: 2_000 };
    },
  };
  return { ...world, close: () => void (closed += 1) };
};

describe("holdfast backup", () => {
  test("takes one of every database, and writes what it has as JSON", async () => {
    const file = join(folder, "out.json");
    await backupCommand(find).parseAsync(["--json", file], { from: "user" });
    expect(asked).toEqual(["backup"]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ holdfast: 1, databases: [BACKED_UP] });
    expect(closed).toBe(1);
  });

  test("draws a table of what there is and what can be restored", () => {
    const text = stripVTControlCharacters(drawBackups({ databases: [BACKED_UP, { ...BACKED_UP, copiedTo: null }] }));
    const [head, row, other] = text.split("\n");
    expect(head).toMatch(/^database +backup +size +took +copied to +restorable$/);
    expect(row).toMatch(
      /20261121T170405250Z +3\.0 MiB, encrypted +1\.23 s +us-west-2 +2026-11-21T17:04:05\.250Z to 2026/,
    );
    expect(other).toContain("nowhere");
    expect(drawBackups({ databases: [] })).toBe("this system has no database\n");
  });
});

describe("holdfast restore", () => {
  test("puts back to a time, and says how far it came and for how long nobody could write", async () => {
    const file = join(folder, "out.json");
    await restoreCommand(find).parseAsync(["--to-time", "2026-11-21 18:04:05.25+01:00", "--yes", "--json", file], {
      from: "user",
    });
    expect(asked).toEqual([{ toTime: AT }]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ holdfast: 1, toTime: AT, downMs: 2_000 });
    const text = drawRestore({ toTime: AT, databases: [RESTORED], downMs: 2_000 });
    expect(text).toContain("last write 2026-11-21T17:04:05.250Z, 12 rows, in 900 ms");
    expect(text).toContain("nobody could write for 2 s");
  });

  test("without a time goes to the latest", async () => {
    await restoreCommand(find).parseAsync(["--yes"], { from: "user" });
    expect(asked).toEqual([{ toTime: null }]);
  });

  test("fails where nobody can answer, and has touched nothing", async () => {
    await expect(restoreCommand(find).parseAsync([], { from: "user" })).rejects.toMatchObject({ code: "AWS-029" });
    expect(asked).toEqual([]);
    expect(closed).toBe(1);
  });

  test("rejects a time without a zone, and what is no time", () => {
    for (const text of ["2026-11-21T17:04:05", "yesterday", "2026-13-41T17:04:05Z", ""])
      expect(() => instantOf(text), text).toThrow(expect.objectContaining({ code: "RUN-034" }));
    expect(instantOf("2026-11-21T17:04Z")).toBe(Date.parse("2026-11-21T17:04:00Z"));
  });
});
