/**
 * Draws an audit as SARIF 2.1.0, in the form that GitHub's code scanning takes: rules with help, results with a place
 * and a fingerprint that outlives moved lines.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
import type { AuditDocument, Finding, Severity } from "../../base/audit-document.ts";

/** What SARIF says of a rule. */
export interface SarifRule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
  readonly practice: string;
  readonly source: string;
}

/** What SARIF says of the tool and of files. */
export interface SarifOptions {
  readonly version: string;
  readonly rules: readonly SarifRule[];
  /** One for each finding, in their order. */
  readonly fingerprints: readonly string[];
  /** A file as the repository calls it, with slashes. */
  readonly uriOf: (file: string) => string;
}

const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/** How GitHub ranks alerts: over 9.0 critical, from 7.0 high, from 4.0 medium. */
const SCORE: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" };

/** An audit as SARIF's text. What could not be judged is no alert, and is left out; so is what is suppressed. */
export function drawSarif(document: AuditDocument, options: SarifOptions): string {
  const used = new Set(document.findings.map(({ rule }) => rule));
  const rules = options.rules.filter(({ id }) => used.has(id));
  const indexOf = new Map(rules.map(({ id }, at) => [id, at]));
  const results = document.findings.flatMap((finding, at) =>
    finding.outcome === "fail" ? [resultOf(finding, options, { at, ruleIndex: indexOf.get(finding.rule) ?? 0 })] : [],
  );
  const driver = {
    name: "Holdfast",
    informationUri: "https://www.npmjs.com/package/holdfast",
    semanticVersion: options.version,
    rules: rules.map(ruleOf),
  };
  const notifications = document.problems.map(({ code, at, message, level }) => ({
    level: level ?? "error",
    descriptor: { id: code },
    message: { text: `${at}: ${message}` },
  }));
  const run = {
    tool: { driver },
    invocations: [
      {
        executionSuccessful: !document.problems.some(({ level }) => level === undefined),
        toolExecutionNotifications: notifications,
      },
    ],
    columnKind: "utf16CodeUnits",
    results,
  };
  const sarif = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

function ruleOf({ id, title, severity, why, fix, practice, source }: SarifRule): object {
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\n\nFix: ${fix}\n\n${practice}: ${source}`,
      markdown: `${why}\n\n**Fix:** ${fix}\n\n[${practice}](${source})`,
    },
    helpUri: source,
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: ["reliability", practice],
      precision: "very-high",
      "problem.severity": LEVEL[severity] === "note" ? "recommendation" : LEVEL[severity],
      "security-severity": SCORE[severity],
    },
  };
}

function resultOf(
  finding: Finding,
  { fingerprints, uriOf }: SarifOptions,
  place: { at: number; ruleIndex: number },
): object {
  const { rule, severity, resource, type, message, fix, file, line, construct } = finding;
  return {
    ruleId: rule,
    ruleIndex: place.ruleIndex,
    level: LEVEL[severity],
    message: { text: `${resource} (${type}): ${message}. Fix: ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file), uriBaseId: "%SRCROOT%" },
          region: { startLine: line },
        },
        logicalLocations: [{ name: resource, fullyQualifiedName: construct ?? resource, kind: "resource" }],
      },
    ],
    partialFingerprints: { "holdfast/v1": fingerprints[place.at] },
  };
}
