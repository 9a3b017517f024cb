import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shopAccessPage } from "../../docs/access-page.ts";
import { errorsPage } from "../../docs/errors-page.ts";
import { faultsPage } from "../../docs/faults-page.ts";
import { kindsPage } from "../../docs/kinds-page.ts";
import { rulesPage } from "../../docs/rules-page.ts";
import { strategyPictures } from "../../docs/strategy-pictures.ts";
import { FAULTS } from "../../src/fault/catalogue.ts";

test("docs/errors.md is what the tables in the code say: run `npm run docs`", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorsPage());
});

test("docs/faults.md is what the catalogue says: run `npm run docs`", async () => {
  expect(readFileSync("docs/faults.md", "utf8")).toBe(await faultsPage());
});

test("docs/rules.md is what the rules say: run `npm run docs`", () => {
  expect(readFileSync("docs/rules.md", "utf8")).toBe(rulesPage());
});

test("docs/kinds.md is what the tables of kinds say: run `npm run docs`", () => {
  expect(readFileSync("docs/kinds.md", "utf8")).toBe(kindsPage());
});

test("docs/access.md is what the shop's roles may do: run `npm run docs`", async () => {
  expect(readFileSync("docs/access.md", "utf8")).toBe(await shopAccessPage());
});

test("docs/aws/*.svg are the strategies' topologies: run `npm run docs`", async () => {
  for (const { name, svg } of await strategyPictures())
    expect(readFileSync(`docs/aws/${name}`, "utf8"), name).toBe(svg);
});

test("every fault of the catalogue has a row and a section of its own, with what it does to the shop", async () => {
  const page = await faultsPage();
  const names = FAULTS.map(({ name }) => name);
  expect([...page.matchAll(/^\| \[`([\w-]+)`\]/gm)].map((match) => match[1])).toEqual(names);
  const sections = page.split(/^## /m).slice(1);
  expect(sections.map((section) => section.slice(0, section.indexOf("\n")))).toEqual(names);
  for (const section of sections) {
    expect(section, section).toMatch(/^- \*\*(Does|Crowd)\*\* /m);
    expect(section, section).not.toMatch(/undefined|\[object|NaN/);
  }
});

test("every code that the code uses is in a table, and every code of a table is used", () => {
  const used = execFileSync("grep", [
    "-rhoE",
    '"(AWS|AUD|DEF|EST|TOP|RUN|FLT|DRL)-[0-9]{3}"',
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
