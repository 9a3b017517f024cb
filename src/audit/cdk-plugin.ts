import { readFileSync } from "node:fs";
import { type Finding, type Severity, isAsGrave } from "../base/audit-document.ts";
import type { Json } from "./read/document.ts";
import { audit } from "./audit.ts";
import { readObjectives } from "./objectives.ts";
import { templateOf } from "./read/cloudformation.ts";
import { readSource } from "./read/source.ts";
import { RULES } from "./rule/all.ts";
import { UserError } from "../base/error.ts";
import { VERSION } from "../base/version.ts";

/** What the CDK hands a policy-validation plug-in, as far as this one looks at it. */
interface ValidationContext {
  readonly stackTemplates: readonly { readonly templatePath: string; readonly region: string | undefined }[];
}

/** The CDK's report; its own types say the same (`PolicyValidationPluginReport` of aws-cdk-lib). */
interface ValidationReport {
  readonly success: boolean;
  readonly violations: {
    readonly ruleName: string;
    readonly description: string;
    readonly severity: string;
    readonly fix: string;
    readonly ruleMetadata: { readonly [key: string]: string };
    readonly violatingResources: {
      readonly resourceLogicalId: string;
      readonly templatePath: string;
      readonly locations: string[];
    }[];
  }[];
}

/** How the plug-in judges. */
export interface HoldfastAuditOptions {
  /**
   * The least severity that fails the synthesis.
   * @default "high"
   */
  readonly failOn?: Severity | "never";
  /** What the system must reach, in the words of a definition's `objectives`; some rules are asked only then. */
  readonly objectives?: Readonly<Record<string, unknown>>;
}

/**
 * The audit as a policy-validation plug-in of the CDK: every stack of the app is held against the rules as it is
 * synthesized, and the CDK's report leads to the construct.
 *
 * @example
 * import { App, Validations } from "aws-cdk-lib";
 * import { HoldfastAudit } from "holdfast/audit";
 *
 * const app = new App();
 * Validations.of(app).addPlugins(new HoldfastAudit({ objectives: { region: { rto: "15 minutes" } } }));
 */
export class HoldfastAudit {
  readonly name = "holdfast";
  readonly version = VERSION;
  readonly ruleIds: string[] = RULES.map(({ id }) => id);
  private readonly options: HoldfastAuditOptions;

  /** Throws AUD-007 where an objective is not understood. */
  constructor(options: HoldfastAuditOptions = {}) {
    this.options = options;
    this.objectives();
  }

  /** Called by the CDK when the templates are written. What cannot be judged violates nothing. */
  validate({ stackTemplates }: ValidationContext): ValidationReport {
    const templates = stackTemplates.map(({ templatePath, region = null }) => {
      const document = readSource(templatePath, readFileSync(templatePath, "utf8"));
      return templateOf(document, { region: isToken(region) ? null : region });
    });
    const { findings } = audit(templates, { objectives: this.objectives() });
    const failures = findings.filter((finding) => finding.outcome === "fail");
    return {
      success: !failures.some(({ severity }) => isAsGrave(severity, this.options.failOn ?? "high")),
      violations: [...Map.groupBy(failures, ({ rule }) => rule).values()].map(violationOf),
    };
  }

  private objectives() {
    const { objectives: said } = this.options;
    if (said === undefined) return {};
    const { objectives, problems } = readObjectives(said as Json);
    const [first] = problems;
    if (first !== undefined) throw new UserError({ ...first, message: `${first.at}: ${first.message}` });
    return objectives;
  }
}

/** The CDK's words for how grave something is. */
const SEVERITY = { critical: "error", high: "error", medium: "warning", low: "info" } as const;

/** A region that the app leaves to the deployment. */
function isToken(region: string | null): boolean {
  return region !== null && (region.includes("${") || region === "unknown-region");
}

function violationOf(findings: readonly Finding[]): ValidationReport["violations"][number] {
  const [first] = findings;
  return {
    ruleName: first?.rule ?? "",
    description: [...new Set(findings.map(({ message }) => message))].join("; "),
    severity: SEVERITY[first?.severity ?? "low"],
    fix: first?.fix ?? "",
    ruleMetadata: { why: first?.why ?? "", practice: first?.practice ?? "", source: first?.source ?? "" },
    violatingResources: findings.map(({ resource, file, line }) => ({
      resourceLogicalId: resource,
      templatePath: file,
      locations: [`line ${line}`],
    })),
  };
}
