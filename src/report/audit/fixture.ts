import type { AuditDocument, Finding } from "../../base/audit-document.ts";

/** A finding as an audit gives it, for tests. */
export function findingWith(change: Partial<Finding> = {}): Finding {
  return {
    rule: "rds-multi-az",
    severity: "high",
    loss: "zone",
    outcome: "fail",
    resource: "Db",
    type: "AWS::RDS::DBInstance",
    file: "stacks/data.yaml",
    line: 2,
    construct: "Shop/Data/Db",
    message: "stands in one zone: MultiAZ is false",
    why: "With its zone the database is gone until somebody restores it.",
    fix: "set `MultiAZ` to true",
    practice: "REL10-BP01",
    source: "https://docs.aws.amazon.com/rds",
    ...change,
  };
}

/** An audit's document around findings, for tests. */
export function documentWith(findings: readonly Finding[], change: Partial<AuditDocument> = {}): AuditDocument {
  return {
    holdfast: 1,
    files: 1,
    resources: 9,
    wallMs: 12,
    findings,
    suppressed: 0,
    known: 0,
    blastRadius: [],
    checklist: [],
    problems: [],
    ...change,
  };
}
