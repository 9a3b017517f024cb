import { describe, expect, test } from "vitest";
import type { Finding } from "../base/audit-document.ts";
import { drawBaseline, fingerprintsOf, readBaseline, withoutKnown } from "./baseline.ts";

function finding(resource: string, change: Partial<Finding> = {}): Finding {
  return {
    rule: "rds-multi-az",
    severity: "high",
    loss: "zone",
    outcome: "fail",
    resource,
    type: "AWS::RDS::DBInstance",
    file: "t.yaml",
    line: 3,
    construct: null,
    message: "stands in one zone",
    why: "with its zone it is gone",
    fix: "set `MultiAZ` to true",
    practice: "REL10-BP01",
    source: "https://docs.aws.amazon.com/",
    ...change,
  };
}

describe("a baseline", () => {
  test("knows a finding again when its line and its value have changed", () => {
    const known = readBaseline("b.json", drawBaseline([finding("Db")]));
    const now = [finding("Db", { line: 30, message: "MultiAZ is not set" }), finding("Other")];
    expect(withoutKnown(now, known).map(({ resource }) => resource)).toEqual(["Other"]);
  });

  test("knows one of two findings of a rule at the same resource, and not the second", () => {
    const known = readBaseline("b.json", drawBaseline([finding("Db")]));
    expect(withoutKnown([finding("Db"), finding("Db", { line: 4 })], known)).toHaveLength(1);
  });

  test("fingerprints tell rules, files and resources apart", () => {
    const findings = [finding("Db"), finding("Db", { rule: "x-y" }), finding("Db", { file: "u.yaml" }), finding("D")];
    expect(new Set(fingerprintsOf(findings)).size).toBe(4);
  });

  test("rejects a file that is none, with the command that writes one", () => {
    expect(() => readBaseline("b.json", "[]")).toThrow(expect.objectContaining({ code: "AUD-006", at: "b.json" }));
  });
});
