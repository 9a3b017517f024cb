import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorsPage } from "../../docs/errors-page.ts";

test("docs/errors.md is what the tables in the code say: run `npm run docs`", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorsPage());
});

test("every code that the code uses is in a table, and every code of a table is used", () => {
  const used = execFileSync("grep", [
    "-rhoE",
    '"(DEF|TOP|RUN|FLT|DRL)-[0-9]{3}"',
    "src",
    "--include=*.ts",
    "--exclude=codes.ts",
    "--exclude=*.test.ts",
  ]);
  const inCode = new Set(
    used
      .toString()
      .trim()
      .split("\n")
      .map((code) => code.slice(1, -1)),
  );
  const inTables = new Set([...errorsPage().matchAll(/`([A-Z]{3}-\d{3})`/g)].map((match) => match[1]));
  expect([...inCode].filter((code) => !inTables.has(code))).toEqual([]);
  expect([...inTables].filter((code) => !inCode.has(code ?? ""))).toEqual([]);
});
