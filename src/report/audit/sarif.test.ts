import { describe, expect, test } from "vitest";
import { documentWith, findingWith } from "./fixture.ts";
import { drawSarif } from "./sarif.ts";

const RULE = {
  id: "rds-multi-az",
  title: "an RDS instance stands in one zone",
  severity: "high",
  why: "With its zone it is gone.",
  fix: "set `MultiAZ` to true",
  practice: "REL10-BP01",
  source: "https://docs.aws.amazon.com/rds",
} as const;

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Record<string, unknown>[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly Record<string, unknown>[];
  }[];
}

function drawn(...args: Parameters<typeof documentWith>): Sarif["runs"][number] & Pick<Sarif, "version"> {
  const document = documentWith(...args);
  const options = {
    version: "0.1.0",
    rules: [{ ...RULE, id: "other-rule" }, RULE],
    fingerprints: document.findings.map((_, at) => `print-${at}`),
    uriOf: (file: string) => file,
  };
  const sarif = JSON.parse(drawSarif(document, options)) as Sarif;
  return { ...sarif.runs[0]!, version: sarif.version }; // it has one run
}

describe("an audit as SARIF", () => {
  test("has for each failure a rule, a level, a place and a fingerprint, as code scanning asks", () => {
    const { results, tool, version } = drawn([findingWith()]);
    expect(version).toBe("2.1.0");
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(["rds-multi-az"]);
    expect(results).toEqual([
      {
        ruleId: "rds-multi-az",
        ruleIndex: 0,
        level: "error",
        message: {
          text: "Db (AWS::RDS::DBInstance): stands in one zone: MultiAZ is false. Fix: set `MultiAZ` to true",
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "stacks/data.yaml", uriBaseId: "%SRCROOT%" },
              region: { startLine: 2 },
            },
            logicalLocations: [{ name: "Db", fullyQualifiedName: "Shop/Data/Db", kind: "resource" }],
          },
        ],
        partialFingerprints: { "holdfast/v1": "print-0" },
      },
    ]);
  });

  test("leaves out what could not be judged: an alert says that something is wrong", () => {
    expect(drawn([findingWith({ outcome: "unknown" })]).results).toEqual([]);
  });

  test("says of a file that could not be read that the audit is not whole", () => {
    const problem = { code: "AUD-002", at: "x.yaml", message: "is no template", fix: "mend it" };
    expect(drawn([], { problems: [problem] }).invocations[0]?.executionSuccessful).toBe(false);
    expect(drawn([], { problems: [{ ...problem, level: "warning" }] }).invocations[0]?.executionSuccessful).toBe(true);
  });
});
