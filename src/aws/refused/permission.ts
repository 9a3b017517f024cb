import { FIS_ACTIONS } from "../../facts/aws-list/fis-action.ts";
import { IAM_ACTIONS } from "../../facts/aws-list/iam-action.ts";
import { MANAGED_POLICIES } from "../../facts/aws-list/managed-policy.ts";
import { REGION_SWITCH_BLOCKS } from "../../facts/aws-list/region-switch-block.ts";
import { type Value, field, items, listed, partsNamed, textOf } from "../template.ts";
import { Estate, type PlacedTemplate, type Resource } from "./estate.ts";
import { identityPolicies } from "./identity.ts";

/** A name that is on no dated list, or a permission wider than it must be. */
export interface Wide {
  readonly stack: string;
  readonly logicalId: string;
  readonly path: string;
  readonly what: string;
}

/**
 * All that Holdfast itself does not ship, though AWS may take it: an action, managed policy, fault or execution block
 * that is on none of the lists in `facts/aws-list/`; a wildcard in an action; and `*` as the resource of an action that
 * could name one. What an escape hatch adds is the user's own affair, so this is held against our own templates in
 * tests, and not while a user's are written.
 */
export function wideIn(templates: readonly PlacedTemplate[]): readonly Wide[] {
  const estate = new Estate(templates);
  return [...actionsIn(estate), ...managedIn(estate), ...faultsIn(estate), ...blocksIn(estate)];
}

function at({ stack, logicalId }: Resource, path: string, what: string): Wide {
  return { stack, logicalId, path, what };
}

function actionsIn(estate: Estate): readonly Wide[] {
  return identityPolicies(estate.resources).flatMap(({ resource, path, document }) =>
    listed(field(document, "Statement")).flatMap((statement) => {
      const actions = listed(field(statement, "Action")).map(textOf);
      const everything = listed(field(statement, "Resource")).includes("*");
      return [
        ...actions.filter((action) => !isListed(action)).map((action) => at(resource, path, `${action} is not listed`)),
        ...(everything && !isNarrowed(statement)
          ? actions.filter(couldNameResources).map((action) => at(resource, path, `${action} on *`))
          : []),
        ...(field(statement, "NotAction") === undefined ? [] : [at(resource, path, "NotAction")]),
      ];
    }),
  );
}

function isListed(action: string): boolean {
  const [service = "", name = ""] = action.split(":");
  const list = IAM_ACTIONS[service];
  return list !== undefined && (list.onResources.includes(name) || list.onAll.includes(name));
}

function couldNameResources(action: string): boolean {
  const [service = "", name = ""] = action.split(":");
  return IAM_ACTIONS[service]?.onResources.includes(name) ?? false;
}

/** A condition on tags or on the service that asks narrows `*` to what cannot be named before it exists. */
function isNarrowed(statement: Value): boolean {
  return /ResourceTag|RequestTag|aws:ResourceAccount|ecs:cluster|kms:ViaService|cloudwatch:namespace/.test(
    JSON.stringify(field(statement, "Condition") ?? {}),
  );
}

function managedIn(estate: Estate): readonly Wide[] {
  return estate.of("AWS::IAM::Role").flatMap((resource) =>
    items(resource.properties["ManagedPolicyArns"])
      .map(textOf)
      .map((arn) => /:iam::aws:policy\/(.*)$/.exec(arn)?.[1])
      .filter((name) => name !== undefined && !MANAGED_POLICIES.names.includes(name))
      .map((name) => at(resource, "Properties.ManagedPolicyArns", `${name} is not listed`)),
  );
}

function faultsIn(estate: Estate): readonly Wide[] {
  return estate.of("AWS::FIS::ExperimentTemplate").flatMap((resource) =>
    partsNamed(resource.properties, "ActionId")
      .filter(({ value }) => !FIS_ACTIONS.names.includes(textOf(value)))
      .map(({ path, value }) => at(resource, path, `${textOf(value)} is not listed`)),
  );
}

function blocksIn(estate: Estate): readonly Wide[] {
  return estate.of("AWS::ARCRegionSwitch::Plan").flatMap((resource) =>
    partsNamed(resource.properties, "ExecutionBlockType")
      .filter(({ value }) => !REGION_SWITCH_BLOCKS.names.includes(textOf(value)))
      .map(({ path, value }) => at(resource, path, `${textOf(value)} is not listed`)),
  );
}
