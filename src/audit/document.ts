import type { AuditDocument, AuditGraph, AuditProblem } from "../base/audit-document.ts";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import type { Audit } from "./audit.ts";
import { withoutKnown } from "./baseline.ts";
import { checklistOf } from "./checklist.ts";
import type { Model } from "./model/model.ts";
import { graphOf } from "./radius/graph.ts";
import { lossReports } from "./radius/report.ts";

/** What an audit says beside what it found. */
export interface DocumentOptions {
  readonly files: number;
  /** Problems of the files themselves. */
  readonly problems: readonly AuditProblem[];
  /** Fingerprints of a baseline; null without one. */
  readonly known: ReadonlySet<string> | null;
  /** How long it has taken so far; asked when all is worked out. */
  readonly elapsed: () => Ms;
}

/** An audit as a document. A part of it that cannot be worked out is a problem, and spoils no other. */
export function auditDocument(audit: Audit, options: DocumentOptions): AuditDocument {
  const { model } = audit;
  const findings = options.known === null ? audit.findings : withoutKnown(audit.findings, options.known);
  const radius = attempt("the blast radius", () => lossReports(model), { reports: [], problems: [] });
  const checklist = attempt("the checklist", () => checklistOf(model, audit.findings), []);
  return {
    holdfast: 1,
    files: options.files,
    resources: model.resources.length,
    wallMs: Math.round(options.elapsed()),
    findings,
    suppressed: audit.suppressed,
    known: audit.findings.length - findings.length,
    blastRadius: radius.result.reports,
    checklist: checklist.result,
    problems: [
      ...options.problems,
      ...audit.problems,
      ...radius.result.problems,
      ...radius.problems,
      ...checklist.problems,
    ],
  };
}

/** The graph of a model for a drawing; an empty one, and a problem, where it cannot be worked out. */
export function auditGraph(model: Model): { readonly graph: AuditGraph; readonly problems: readonly AuditProblem[] } {
  const { result, problems } = attempt("the graph", () => graphOf(model), { nodes: [], edges: [] });
  return { graph: result, problems };
}

function attempt<T>(
  what: string,
  work: () => T,
  otherwise: T,
): { readonly result: T; readonly problems: readonly AuditProblem[] } {
  try {
    return { result: work(), problems: [] };
  } catch (error) {
    const message = `could not be worked out: ${messageOf(error)}`;
    const fix = "use the rest of the audit, and report the templates";
    return { result: otherwise, problems: [{ code: "AUD-019", at: what, message, fix }] };
  }
}
