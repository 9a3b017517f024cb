import { SEVERITIES, type AuditProblem, type Finding } from "../base/audit-document.ts";
import { messageOf } from "../base/error.ts";
import { type Model, buildModel } from "./model/model.ts";
import { problemOfUnevaluated } from "./read/problem.ts";
import type { Resource } from "./model/resource.ts";
import { RULES } from "./rule/all.ts";
import { NO_OBJECTIVES, contradictionsOf } from "./objectives.ts";
import type { Context, Defect, Objectives, Rule } from "./rule/rule.ts";
import { type PlacedFinding, suppress } from "./suppression.ts";
import type { Deployment, Template } from "./template.ts";

/** What an audit found in templates that belong together. */
export interface Audit {
  readonly model: Model;
  /** The gravest first, then as they stand in their files. */
  readonly findings: readonly Finding[];
  /** How many findings the templates themselves suppress, with a reason. */
  readonly suppressed: number;
  readonly problems: readonly AuditProblem[];
}

/** What the caller says beside the templates. */
export interface AuditOptions {
  /** @default nothing said: parameters have their own defaults */
  readonly deployment?: Deployment;
  /** @default nothing asked for: rules that depend on objectives stay quiet */
  readonly objectives?: Partial<Objectives>;
}

/** Audits templates together. What goes wrong with one template or one rule is a problem, and spoils nothing else. */
export function audit(templates: readonly Template[], options: AuditOptions = {}): Audit {
  const { model, failed } = buildModel(templates, options.deployment);
  const context: Context = { objectives: { ...NO_OBJECTIVES, ...options.objectives } };
  const problems = failed.map(problemOfUnevaluated);
  const found = RULES.filter((rule) => isAsked(rule, context)).flatMap((rule) => placedOf(rule, model, context));
  const { findings, suppressed, problems: mistaken } = suppress(found, model);
  return {
    model,
    findings: distinct(findings).toSorted(byGravity),
    suppressed,
    problems: [...contradictionsOf(context.objectives), ...problems, ...mistaken],
  };
}

/** A template that several stacks nest is evaluated for each of them; what is the same in all is told once. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const keyOf = ({ rule, outcome, file, line, resource, message }: Finding): string =>
    [rule, outcome, file, line, resource, message].join("\n");
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

function isAsked({ applies }: Rule, { objectives }: Context): boolean {
  if (applies === "base") return true;
  if (applies === "peak") return objectives.peak !== null;
  return applies === "tier0" ? objectives.tier0 : objectives.multiRegion === true;
}

/** A rule that crashes has judged nothing, and says so: that it found nothing would be taken for a pass. */
function placedOf(rule: Rule, model: Model, context: Context): readonly PlacedFinding[] {
  const found: PlacedFinding[] = [];
  const add = (resource: Resource, defect: Defect): void => {
    found.push({ resource, finding: findingOf(rule, defect) });
  };
  try {
    for (const defect of rule.check(model, context)) add(defect.resource, defect);
  } catch (error) {
    const [resource] = model.resources;
    const message = `could not be judged, here or anywhere: the rule failed with "${messageOf(error)}"`;
    if (resource !== undefined) add(resource, { resource, outcome: "unknown", message });
  }
  return found;
}

function findingOf(rule: Rule, { resource, outcome, message, at }: Defect): Finding {
  const { declared, template } = resource;
  const path = at === undefined ? [] : ["Properties", ...at.split(".")];
  return {
    rule: rule.id,
    severity: rule.severity,
    loss: rule.loss,
    outcome,
    resource: resource.id,
    type: declared.type,
    file: template.file,
    line: declared.locate(path).line,
    construct: declared.construct,
    message,
    why: rule.why,
    fix: inOwnNames(rule.fix, declared.names),
    practice: rule.practice,
    source: rule.source,
  };
}

/** A fix in the words of the file's own language: `MultiAZ` is Terraform's `multi_az`. */
function inOwnNames(fix: string, names: Readonly<Record<string, string>> = {}): string {
  return fix.replaceAll(/`([^`]+)`/g, (quoted, name: string) =>
    names[name] === undefined ? quoted : `\`${names[name]}\``,
  );
}

function byGravity(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    one.file.localeCompare(other.file) ||
    one.line - other.line ||
    one.rule.localeCompare(other.rule)
  );
}
