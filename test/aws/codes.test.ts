import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CODES } from "../../src/aws/codes.ts";

test("each problem of shipping is provoked by a test that names its code", () => {
  const tests = ["src", "test"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => readFileSync(join(folder, path), "utf8")),
  );
  expect(Object.keys(CODES).filter((code) => !tests.some((text) => text.includes(`"${code}"`)))).toEqual([]);
});
