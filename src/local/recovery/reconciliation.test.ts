import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { Reconciliation } from "./reconciliation.ts";

test("what was saved since an instant is given line by line, and what is older is left out", () => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-saved-"));
  try {
    const folder = join(directory, "reconciliation");
    mkdirSync(folder);
    const write = (name: string, lines: readonly object[], atSeconds: number): void => {
      writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      utimesSync(join(folder, name), atSeconds, atSeconds);
    };
    const row = { kind: "row", database: "database", table: "public.ledger", key: { key: "k1" } };
    const message = { kind: "message", queue: "orders", id: "1", body: '{"key":"k2"}' };
    write("2026-01-01-r1.jsonl", [row], 1_000);
    write("2026-01-02-r1.jsonl", [row, message], 2_000);
    const state = { file: () => folder };
    const reconciliation = new Reconciliation({ state } as unknown as Context); // nothing else of it is read
    expect(reconciliation.saved(1_500_000)).toEqual([
      { kind: "row", text: JSON.stringify(row) },
      { kind: "message", text: JSON.stringify(message) },
    ]);
    expect(reconciliation.saved(0)).toHaveLength(3);
    expect(reconciliation.saved(3_000_000)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
