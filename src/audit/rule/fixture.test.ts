import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { audit } from "../audit.ts";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { RULES } from "./all.ts";
import type { Objectives } from "./rule.ts";

/**
 * Every rule has templates that it must pass, fail and, where a template can leave it open, call unknown:
 * `fixture/<rule>/{pass,fail,unknown}-<what>.yaml`. A first line `# objectives: {"multiRegion": true}` says what is
 * asked for, and `# region: us-east-1` where it is deployed; without them nothing is asked, and nobody knows.
 */
const FOLDER = new URL("fixture/", import.meta.url);

const folders = readdirSync(FOLDER);

function outcomesOf(rule: string, file: string): readonly string[] {
  const text = readFileSync(new URL(`${rule}/${file}`, FOLDER), "utf8");
  const said = /^# objectives: (.*)$/m.exec(text)?.[1] ?? "{}";
  const objectives = JSON.parse(said) as Partial<Objectives>;
  const region = /^# region: (.*)$/m.exec(text)?.[1] ?? null;
  const template = templateOf(readSource(file, text), { region });
  const { findings, problems } = audit([template], { objectives });
  expect(problems).toEqual([]);
  return findings.filter((finding) => finding.rule === rule).map(({ outcome }) => outcome);
}

describe("every rule", () => {
  test("has an id, a practice, a source of AWS's and a fix that names a property or a resource", () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, practice, source, fix, why, title } of RULES) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(practice, id).toMatch(/^(REL|OPS|PERF|SEC|COST)\d{2}-BP\d{2}$/);
      expect(source, id).toMatch(/^https:\/\/([a-z0-9-]+\.)*(aws\.amazon\.com|amazon\.com|amazonaws\.com)\//);
      expect(fix, id).toMatch(/`/);
      expect(why.length, id).toBeGreaterThan(30);
      expect(title, id).toMatch(/^[a-zA-Z].*[^.]$/);
    }
  });

  test("has templates, and every folder of templates has a rule", () => {
    expect(folders.toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
  });
});

describe.each(folders)("%s", (rule) => {
  const files = readdirSync(new URL(`${rule}/`, FOLDER));

  test("has templates that pass and that fail", () => {
    expect(files.filter((file) => !/^(pass|fail|unknown)-[a-z0-9-]+\.(yaml|json)$/.test(file))).toEqual([]);
    expect(files.some((file) => file.startsWith("pass-"))).toBe(true);
    expect(files.some((file) => file.startsWith("fail-"))).toBe(true);
  });

  test.each(files)("%s", (file) => {
    const outcomes = outcomesOf(rule, file);
    if (file.startsWith("pass-")) expect(outcomes).toEqual([]);
    if (file.startsWith("fail-")) expect(outcomes).toContain("fail");
    if (file.startsWith("unknown-")) expect([...new Set(outcomes)]).toEqual(["unknown"]);
  });
});
