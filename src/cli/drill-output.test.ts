import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { assertWritable } from "./drill-output.ts";

describe("where a report goes", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-output-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("rejects a file in a folder that is not there, and says which flag named it", async () => {
    const html = join(folder, "nowhere", "report.html");
    await expect(assertWritable({ html })).rejects.toMatchObject({
      code: "DRL-007",
      message: expect.stringContaining(`--html ${html} cannot be written`) as unknown,
    });
  });

  test("rejects a folder, whatever the format", async () => {
    await expect(assertWritable({ json: folder })).rejects.toMatchObject({ code: "DRL-007" });
    await expect(assertWritable({ junit: folder })).rejects.toMatchObject({ code: "DRL-007" });
  });

  test("leaves no file behind, and one that is there as it is", async () => {
    const old = join(folder, "old.html");
    writeFileSync(old, "an earlier report");
    await assertWritable({ html: old, junit: join(folder, "new.xml"), json: "-" });
    expect(readFileSync(old, "utf8")).toBe("an earlier report");
    expect(readdirSync(folder)).toEqual(["old.html"]);
  });
});
