import { describe, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { templateOf } from "./read/cloudformation.ts";
import { readSource } from "./read/source.ts";

function audited(suppress: string) {
  const text = `
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Metadata: { Holdfast: { Suppress: ${suppress} } }
    Properties: { Engine: postgres, MultiAZ: false }
`;
  const template = templateOf(readSource("t.yaml", text));
  const { findings, suppressed, problems } = audit([template]);
  return {
    found: findings.some(({ rule }) => rule === "rds-multi-az"),
    suppressed,
    problems: problems.map(({ code, at, level }) => ({ code, at, level })),
  };
}

describe("a suppression in a resource's metadata", () => {
  test("takes its finding out, and is counted", () => {
    const rule = '[{ Rule: rds-multi-az, Reason: "made anew each night" }]';
    expect(audited(rule)).toEqual({ found: false, suppressed: 1, problems: [] });
  });

  test("without a reason takes nothing out, and is told of with its line", () => {
    const problems = [{ code: "AUD-004", at: "t.yaml:5", level: "warning" }];
    expect(audited("[{ Rule: rds-multi-az }]")).toEqual({ found: true, suppressed: 0, problems });
    expect(audited('[{ Rule: rds-multi-az, Reason: "  " }]')).toEqual({ found: true, suppressed: 0, problems });
  });

  test("that matches nothing is told of", () => {
    expect(audited('[{ Rule: rds-multi-zone, Reason: "a slip of the pen" }]')).toEqual({
      found: true,
      suppressed: 0,
      problems: [{ code: "AUD-005", at: "t.yaml:5", level: "warning" }],
    });
  });
});
