import type { Aws } from "./aws.ts";
import type { Change } from "./plan.ts";
import type { StackName } from "./stack-state.ts";
import { isStateful, losesDataRemoved } from "./stateful.ts";

/** The name of the change sets that a deploy makes; one of a run that broke off is taken away by the next. */
export const CHANGE_SET = "holdfast";

interface ResourceChange {
  readonly Action?: string | undefined;
  readonly LogicalResourceId?: string | undefined;
  readonly ResourceType?: string | undefined;
  readonly Replacement?: string | undefined;
  readonly PolicyAction?: string | undefined;
  readonly Details?: readonly { readonly Target?: { readonly Name?: string | undefined } | undefined }[] | undefined;
}

/**
 * What CloudFormation itself says that a change set does. `planned` decides where it only says that something may be
 * replaced: it says so of everything that names a resource which is changed at all.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 */
export async function readChangeSet(
  aws: Aws,
  { name, region }: StackName,
  planned: readonly Change[],
): Promise<readonly Change[]> {
  const cloudFormation = await aws.cloudFormation(region);
  const found: Change[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.describeChangeSet({
      StackName: name,
      ChangeSetName: CHANGE_SET,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const { ResourceChange } of page.Changes ?? []) {
      const change = ResourceChange && changeOf(ResourceChange, planned);
      if (change) found.push(change);
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return found;
}

function changeOf(change: ResourceChange, planned: readonly Change[]): Change | null {
  const { LogicalResourceId: logicalId = "", ResourceType: type = "", Details = [] } = change;
  const plan = planned.find((each) => each.logicalId === logicalId);
  const what = wordOf(change, plan?.what);
  const properties = [...new Set(Details.flatMap(({ Target }) => Target?.Name ?? []))];
  // What goes has no properties here, and the plan has seen them.
  const isLost = what === "remove" && (plan?.what === "remove" ? plan.losesData : losesDataRemoved(type));
  const isReplaced = what === "replace" || what === "may-replace";
  return { logicalId, type, what, properties, losesData: isLost || (isReplaced && isStateful(type)) };
}

function wordOf(
  { Action, Replacement, PolicyAction }: ResourceChange,
  planned: Change["what"] | undefined,
): Change["what"] {
  if (Action === "Add" || Action === "Import") return "add";
  if (Action === "Remove") return PolicyAction === "Retain" ? "keep" : "remove";
  if (Replacement === "True") return "replace";
  const mayReplace = Replacement === "Conditional" || Action === "Dynamic";
  return mayReplace && (planned === "replace" || planned === "may-replace") ? "may-replace" : "change";
}
