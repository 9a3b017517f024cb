import { ResourceImpact, fullDiff } from "@aws-cdk/cloudformation-diff";
import type { Template, Value } from "../../src/aws/template.ts";

/** A stack that is about to get another template, beside the others of its region. */
export interface Update {
  readonly before: Template;
  /** Null: the stack is deleted. */
  readonly next: Template | null;
  readonly others: readonly Template[];
}

/**
 * What CloudFormation says to it of exports and imports, and nothing where it is content: an export in use can be
 * neither deleted nor changed, and an import needs an export. It is written apart from what it judges.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
export function brokenBy({ before, next, others }: Update): readonly string[] {
  const inUse = new Set(others.flatMap(importsIn));
  const exported = exportsIn(next);
  const former = [...exportsIn(before)].filter(([name]) => inUse.has(name));
  const deleted = former.filter(([name]) => !exported.has(name)).map(([name]) => `${name} is deleted in use`);
  const changed = former.filter(([name, value]) => exported.has(name) && exported.get(name) !== value);
  const replaced = next === null || former.length === 0 ? [] : replacedBy(before, next);
  const renewed = former.filter(([, value]) => replaced.some((id) => value.includes(`"${id}"`)));
  const offered = new Set(others.flatMap((other) => [...exportsIn(other).keys()]));
  const missing = importsIn(next).filter((name) => !offered.has(name));
  return [
    ...deleted,
    ...[...changed, ...renewed].map(([name]) => `${name} is changed in use`),
    ...missing.map((name) => `no export named ${name}`),
  ];
}

function importsIn(template: Template | null): string[] {
  return [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name!);
}

function exportsIn(template: Template | null): ReadonlyMap<string, string> {
  const outputs = Object.values(template?.Outputs ?? {}).filter(({ Export }) => Export !== undefined);
  return new Map(outputs.map((each) => [nameOf(each.Export!.Name), JSON.stringify(each.Value)]));
}

function nameOf(name: Value): string {
  return typeof name === "string" ? name : JSON.stringify(name);
}

function replacedBy(before: Template, next: Template): readonly string[] {
  const found: string[] = [];
  fullDiff({ ...before }, { ...next }).resources.forEachDifference((id, { changeImpact }) => {
    if (changeImpact === ResourceImpact.WILL_REPLACE) found.push(id);
  });
  return found;
}
