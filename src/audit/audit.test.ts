import { describe, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { templateOf } from "./read/cloudformation.ts";
import { readSource } from "./read/source.ts";

function findings(text: string) {
  const template = templateOf(readSource("t.yaml", text));
  const { findings } = audit([template]);
  return findings.map(({ rule, outcome, resource, line }) => ({ rule, outcome, resource, line }));
}

describe("one template, from its text to its findings", () => {
  test("a value that is wrong by a parameter's default fails, at its own line", () => {
    const found = findings(`
Parameters:
  Spread: { Type: String, Default: "false" }
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      MultiAZ: !Ref Spread
`);
    expect(found).toContainEqual({ rule: "rds-multi-az", outcome: "fail", resource: "Db", line: 9 });
  });

  test("a value that nobody said is unknown, and a right one is nothing", () => {
    const db = (multiAz: string) => `
Parameters:
  Spread: { Type: String }
Conditions:
  Large: !Equals [!Ref Spread, "yes"]
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: postgres, MultiAZ: ${multiAz} }
`;
    const about = (multiAz: string) => findings(db(multiAz)).filter(({ rule }) => rule === "rds-multi-az");
    expect(about("!Ref Spread")).toMatchObject([{ outcome: "unknown" }]);
    expect(about("!If [Large, true, false]")).toMatchObject([{ outcome: "unknown" }]);
    expect(about("!If [Large, true, true]")).toEqual([]);
    expect(about('"true"')).toEqual([]);
  });
});

describe("objectives", () => {
  test("that contradict each other are told of", () => {
    const contradicting = { regionRtoMs: 10_000, zoneRtoMs: 60_000 };
    const { problems } = audit([], { objectives: contradicting });
    expect(problems).toMatchObject([{ code: "AUD-017", level: "warning" }]);
  });
});
