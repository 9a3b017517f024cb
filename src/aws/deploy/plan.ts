import { ResourceImpact, fullDiff } from "@aws-cdk/cloudformation-diff";
import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import { isStateful, losesDataRemoved } from "./stateful.ts";

/** What is done to one resource. `keep`: it leaves the stack and stays at AWS. */
export interface Change {
  readonly logicalId: string;
  readonly type: string;
  readonly what: "add" | "change" | "replace" | "may-replace" | "remove" | "keep";
  /** Properties that differ; empty for what is added or goes. */
  readonly properties: readonly string[];
  /** Whether it keeps data and would lose it: it is replaced, or removed without being kept. */
  readonly losesData: boolean;
}

/** What a deploy does to one stack. */
export interface StackPlan {
  readonly stack: string;
  readonly region: string;
  readonly action: "create" | "update" | "unchanged" | "delete";
  readonly changes: readonly Change[];
  /** Whether outputs, parameters, conditions or metadata differ as well. */
  readonly otherChanges: boolean;
}

/** A template as CloudFormation keeps it. */
export type TemplateBody = Readonly<Record<string, unknown>>;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/**
 * What changes between the deployed template (null where the stack does not exist) and the new one, from the registry's
 * create-only properties. CloudFormation's own change set is compared with it before anything is executed.
 */
export function planStack(
  { name, region }: { readonly name: string; readonly region: string },
  deployed: TemplateBody | null,
  wanted: TemplateBody,
): StackPlan {
  const diff = fullDiff({ ...deployed }, { ...wanted });
  const changes = changesIn(diff, deployed);
  const isGone = isEmpty(wanted);
  const otherChanges = diff.differenceCount > changes.length;
  const base = { stack: name, region, changes, otherChanges };
  if (deployed === null) return { ...base, action: isGone ? "unchanged" : "create" };
  if (isGone) return { ...base, action: "delete" };
  return { ...base, action: diff.differenceCount === 0 ? "unchanged" : "update" };
}

/** Whether a template has no resource: CloudFormation takes none such, so its stack is deleted. */
export function isEmpty(template: TemplateBody): boolean {
  return Object.keys(resourcesOf(template)).length === 0;
}

type Diff = ReturnType<typeof fullDiff>;

/** Those that lose data first. `deployed` says what is kept when it leaves the stack. */
function changesIn(diff: Diff, deployed: TemplateBody | null): readonly Change[] {
  const changes: Change[] = [];
  const current = resourcesOf(deployed);
  diff.resources.forEachDifference((logicalId, each) => {
    const former = current[logicalId];
    const what = wordOf(each.changeImpact, former?.DeletionPolicy);
    if (what === null) return;
    const type = each.resourceType ?? each.oldResourceType ?? each.newResourceType ?? "unknown";
    const properties = what === "add" || what === "remove" || what === "keep" ? [] : Object.keys(each.propertyUpdates);
    const isReplaced = what === "replace" || what === "may-replace";
    const losesData = what === "remove" ? losesDataRemoved(type, former?.Properties) : isReplaced && isStateful(type);
    changes.push({ logicalId, type, what, properties, losesData });
  });
  return changes.toSorted((a, b) => Number(b.losesData) - Number(a.losesData) || (a.logicalId < b.logicalId ? -1 : 1));
}

function resourcesOf(template: TemplateBody | null): Readonly<Record<string, Resource>> {
  return (template?.["Resources"] ?? {}) as Readonly<Record<string, Resource>>; // what every template has there
}

function wordOf(impact: ResourceImpact, deletionPolicy: string | undefined): Change["what"] | null {
  switch (impact) {
    case ResourceImpact.WILL_CREATE:
    case ResourceImpact.WILL_IMPORT:
      return "add";
    case ResourceImpact.WILL_UPDATE:
      return "change";
    case ResourceImpact.WILL_REPLACE:
      return "replace";
    case ResourceImpact.MAY_REPLACE:
      return "may-replace";
    case ResourceImpact.WILL_DESTROY:
    case ResourceImpact.WILL_ORPHAN:
      return deletionPolicy?.startsWith("Retain") || impact === ResourceImpact.WILL_ORPHAN ? "keep" : "remove";
    case ResourceImpact.NO_CHANGE:
      return null;
  }
}

/** By what a database follows that of the primary region: AWS takes it only at the creation of one. */
const FOLLOWS: readonly string[] = ["GlobalClusterIdentifier", "SourceDBInstanceIdentifier"];

function fixOf(lost: readonly Change[]): string {
  return lost.some(({ properties }) => properties.some((name) => FOLLOWS.includes(name)))
    ? 'change from or to backup-restore while the primary region serves: see "Between strategies" in docs/aws.md'
    : "take the change back, or move the data first and deploy with --allow-replacement";
}

/**
 * Refuses with AWS-027 what loses data, unless it is allowed. What only may be replaced is left to the change set, when
 * `certain` is false.
 */
export function refuseLoss(
  stack: string,
  changes: readonly Change[],
  { allowReplacement, certain }: { readonly allowReplacement: boolean; readonly certain: boolean },
): void {
  const lost = changes.filter(({ losesData, what }) => losesData && (certain || what !== "may-replace"));
  if (allowReplacement || lost.length === 0) return;
  const lines = lost.map(({ logicalId, type, what, properties }) => {
    const why = properties.length === 0 ? "" : `, because ${properties.join(", ")} changes`;
    return `  ${logicalId} (${type}) would be ${what === "remove" ? "deleted" : "replaced"}${why}`;
  });
  throw new UserError({
    code: "AWS-027" satisfies AwsCode,
    message: `${stack} keeps data that this deploy would leave behind:\n${lines.join("\n")}`,
    fix: fixOf(lost),
  });
}
