import type { Answer } from "./answer.ts";

/** How much of the system a defect can stop or lose: `critical` is everything, for good. */
export type Severity = "critical" | "high" | "medium" | "low";

/** Severities, the gravest first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Whether something is as grave as `least`, or graver; never that grave where nothing is to be. */
export function isAsGrave(severity: Severity, least: Severity | "never"): boolean {
  return least !== "never" && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

/** What has to be lost, or to come, for a defect to show. */
export type Loss = "instance" | "zone" | "region" | "data" | "load" | "change" | "sight";

/** What would not survive, where it stands and how to mend it. */
export interface Finding {
  /** Stable id of the rule, such as `rds-multi-az`; listed in docs/rules.md. */
  readonly rule: string;
  readonly severity: Severity;
  readonly loss: Loss;
  /** `unknown`: the template cannot say, and the message names what would decide it. Never counted as a failure. */
  readonly outcome: "fail" | "unknown";
  /** Logical id in a CloudFormation template, address in a Terraform plan. */
  readonly resource: string;
  readonly type: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Path of the CDK construct, where the template says it. */
  readonly construct: string | null;
  readonly message: string;
  readonly why: string;
  /** One imperative sentence with the property to set, by the name that the file's own language has for it. */
  readonly fix: string;
  /** A best practice of the Well-Architected reliability pillar. */
  readonly practice: string;
  readonly source: string;
}

/** What one loss stops, and the paths that prove it. */
export interface LossReport {
  readonly lost: { readonly kind: "instance" | "zone" | "region" | "component"; readonly id: string };
  /**
   * Resources that stop with it, by logical id or address; with its file (`orders.yaml#Service`) where that repeats.
   */
  readonly stops: readonly string[];
  /** Resources that may stop: it depends on what the template does not say. */
  readonly mayStop: readonly string[];
  /**
   * `Service → NatGatewayA (zone 0)`, a path for each that stops; after it, why no task that is left serves.
   */
  readonly because: readonly string[];
}

/** One of the seven questions of the checklist for high availability and fault tolerance. */
export interface ChecklistAnswer {
  readonly item: string;
  readonly answer: Answer | "not-applicable";
  /** Resources that show it. */
  readonly evidence: readonly string[];
}

/** A file that could not be read, or only in part; as a `warning`, something of it that does nothing. */
export interface AuditProblem {
  /** @default "error" */
  readonly level?: "warning";
  readonly code: string;
  readonly at: string;
  readonly message: string;
  readonly fix: string;
}

/** What `audit --format json` writes. It may only grow. */
export interface AuditDocument {
  readonly holdfast: 1;
  /** How many files were read. */
  readonly files: number;
  readonly resources: number;
  readonly wallMs: number;
  readonly findings: readonly Finding[];
  /** How many findings a suppression with its reason took out. */
  readonly suppressed: number;
  /** How many of the findings a baseline knew already: they do not fail. */
  readonly known: number;
  readonly blastRadius: readonly LossReport[];
  readonly checklist: readonly ChecklistAnswer[];
  readonly problems: readonly AuditProblem[];
}

/** Resources and what they need of each other, for a drawing. */
export interface AuditGraph {
  readonly nodes: readonly GraphNode[];
  /** Between ids of nodes: `from` needs `to`. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** A resource in a drawing. */
export interface GraphNode {
  /** Unique over all files. */
  readonly id: string;
  /** As the blast radius names it. */
  readonly name: string;
  readonly type: string;
  /** Where it stands; none for what no zone takes. */
  readonly zones: readonly string[];
}
