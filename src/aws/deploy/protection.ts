import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import { PROTECTION, type Template, type TemplateResource, type Value, partsNamed, textOf } from "../template.ts";
import type { Aws } from "./aws.ts";
import type { Change, TemplateBody } from "./plan.ts";
import { type StackName, type Waiting, readState, refuseTrouble, settled } from "./stack-state.ts";

/** A resource that a parameter protects from deletion; of a table each replica has a parameter of its own. */
interface Guard {
  readonly parameter: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** From one template of a stack to another. */
interface Transition {
  readonly before: TemplateBody | null;
  readonly after: TemplateBody;
  readonly changes: readonly Change[];
}

const REPLACED: readonly Change["what"][] = ["replace", "may-replace"];

/** The parameters of a template that protect something, all switched on. */
export function allOn(template: TemplateBody): Readonly<Record<string, string>> {
  return Object.fromEntries(guardsOf(template).map(({ parameter }) => [parameter, "true"]));
}

/**
 * The parameters of what is made: CloudFormation could not take it away again, if something else failed, so it is
 * protected when all is there.
 */
export function madeIn({ before, after, changes }: Transition): readonly string[] {
  const former = guardsOf(before);
  const made = guardsOf(after).filter((guard) => {
    const what = whatOf(guard, changes);
    return what === "add" || isReplaced(what) || !former.some((each) => isSame(each, guard));
  });
  return parametersOf(made);
}

/** The parameters of what goes, and is not kept at AWS: what is kept there stays protected. */
export function goingIn({ before, after, changes }: Transition): readonly string[] {
  const stays = guardsOf(after);
  const going = guardsOf(before).filter((guard) => {
    const what = whatOf(guard, changes);
    if (what === "remove" || what === "keep") return what === "remove";
    if (isReplaced(what)) return guard.resource.UpdateReplacePolicy !== "Retain";
    return !stays.some((each) => isSame(each, guard));
  });
  return parametersOf(going);
}

function guardsOf(template: TemplateBody | null): readonly Guard[] {
  return Object.entries((template as Template | null)?.Resources ?? {}).flatMap(([logicalId, resource]) =>
    partsNamed(resource.Properties as Value, "Ref")
      .map(({ value }) => textOf(value))
      .filter((name) => name.endsWith(PROTECTION))
      .map((parameter) => ({ parameter, logicalId, resource })),
  );
}

function parametersOf(guards: readonly Guard[]): readonly string[] {
  return [...new Set(guards.map(({ parameter }) => parameter))];
}

function whatOf({ logicalId }: Guard, changes: readonly Change[]): Change["what"] | undefined {
  return changes.find((change) => change.logicalId === logicalId)?.what;
}

function isReplaced(what: Change["what"] | undefined): boolean {
  return what !== undefined && REPLACED.includes(what);
}

function isSame(one: Guard, other: Guard): boolean {
  return one.parameter === other.parameter && one.logicalId === other.logicalId;
}

/** States in which CloudFormation updates a stack. */
const UPDATABLE = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** Which parameters get which value. */
export interface Switch {
  readonly parameters: readonly string[];
  readonly isOn: boolean;
}

/**
 * Protects what the parameters stand for, or lifts its protection: an update of the stack that changes nothing else,
 * and none at all where it is so already. Rejects with AWS-056 when AWS takes the update back.
 */
export async function switchProtection(
  aws: Aws,
  stack: StackName,
  { parameters, isOn }: Switch,
  waiting: Waiting,
): Promise<void> {
  if (parameters.length === 0) return;
  const { name } = stack;
  const value = String(isOn);
  const state = await readState(aws, stack);
  const differs = (known: Readonly<Record<string, string>>): boolean =>
    parameters.some((parameter) => parameter in known && known[parameter] !== value);
  if (!UPDATABLE.test(state.status ?? "") || !differs(state.parameters)) return;
  waiting.host.say({ level: "info", about: name, text: said(isOn, parameters) });
  await (
    await aws.cloudFormation(stack.region)
  ).updateStack({
    StackName: name,
    UsePreviousTemplate: true,
    Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    Parameters: Object.keys(state.parameters).map((ParameterKey) =>
      parameters.includes(ParameterKey)
        ? { ParameterKey, ParameterValue: value }
        : { ParameterKey, UsePreviousValue: true },
    ),
  });
  const now = await settled(aws, stack, waiting);
  refuseTrouble([now]);
  if (!differs(now.parameters)) return;
  throw new UserError({
    code: "AWS-056" satisfies AwsCode,
    message: `${name}: the update that ${isOn ? "protects" : "lifts the protection"} from deletion was rolled back`,
    fix: `mend what its events name, then run the same command again: it goes on where it was`,
  });
}

function said(isOn: boolean, parameters: readonly string[]): string {
  const things = parameters.map((parameter) => parameter.slice(0, -PROTECTION.length)).join(", ");
  return isOn ? `all is there: protects ${things} from deletion` : `goes, so it is not protected any more: ${things}`;
}
