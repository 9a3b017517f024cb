import type { CfnResource } from "aws-cdk-lib";

/**
 * Takes a finding of `holdfast audit` out of the templates, at the resource that it is about: what it says is true, and
 * is meant so. The reason stands in the template, for whoever reads it there.
 */
export function accept(resource: CfnResource, rule: string, reason: string): void {
  const { Suppress: before = [] } = (resource.getMetadata("Holdfast") ?? {}) as { Suppress?: readonly object[] };
  resource.addMetadata("Holdfast", { Suppress: [...before, { Rule: rule, Reason: reason }] });
}
