import type { AuditProblem, Finding } from "../base/audit-document.ts";
import { isRecord, type Json } from "./read/document.ts";
import type { Model } from "./model/model.ts";
import type { Resource } from "./model/resource.ts";

/** What suppressions left of the findings. */
export interface Suppressed {
  readonly findings: readonly Finding[];
  /** How many they took out. */
  readonly suppressed: number;
  /** Those without a reason, which take nothing out, and those that match nothing. */
  readonly problems: readonly AuditProblem[];
}

/** A finding, and the resource that it is about. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly resource: Resource;
}

interface Suppression {
  readonly rule: string;
  readonly reason: string;
  readonly line: number;
}

/**
 * Takes out what a resource's own `Metadata: { Holdfast: { Suppress: [{ Rule, Reason }] } }` names. A reason is
 * required: who reads the template later must see why the risk is taken.
 */
export function suppress(found: readonly PlacedFinding[], model: Model): Suppressed {
  const problems: AuditProblem[] = [];
  const taken = new Set<PlacedFinding>();
  const byResource = Map.groupBy(found, ({ resource }) => resource);
  for (const resource of model.resources) {
    for (const { rule, reason, line } of suppressionsOf(resource)) {
      const at = `${resource.template.file}:${line}`;
      const meant = (byResource.get(resource) ?? []).filter(({ finding }) => finding.rule === rule);
      if (reason === "") problems.push(withoutReason(resource, rule, at));
      else if (meant.length === 0) problems.push(withoutMatch(resource, rule, at));
      else for (const each of meant) taken.add(each);
    }
  }
  const findings = found.filter((each) => !taken.has(each)).map(({ finding }) => finding);
  return { findings, suppressed: taken.size, problems };
}

function suppressionsOf({ declared }: Resource): readonly Suppression[] {
  const { metadata } = declared;
  const own = isRecord(metadata) ? metadata["Holdfast"] : undefined;
  const list = isRecord(own) ? own["Suppress"] : undefined;
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).filter(isRecord).map((each, at) => ({
    rule: String(each["Rule"] ?? ""),
    reason: typeof each["Reason"] === "string" ? each["Reason"].trim() : "",
    line: declared.locate(["Metadata", "Holdfast", "Suppress", at]).line,
  }));
}

function withoutReason({ id }: Resource, rule: string, at: string): AuditProblem {
  return {
    level: "warning",
    code: "AUD-004",
    at,
    message: `the suppression of ${rule} at ${id} gives no reason, so it takes nothing out`,
    fix: "say in `Reason` why the risk is taken",
  };
}

function withoutMatch({ id }: Resource, rule: string, at: string): AuditProblem {
  return {
    level: "warning",
    code: "AUD-005",
    at,
    message: `the suppression of ${rule} at ${id} matches no finding`,
    fix: "take it out, or mend the rule's name (`holdfast audit --list`)",
  };
}
