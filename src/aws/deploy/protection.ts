import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import { PROTECTION, type Template, type TemplateResource, type Value, partsNamed, textOf } from "../template.ts";
import type { Aws } from "./aws.ts";
import type { Change, TemplateBody } from "./plan.ts";
import { isAwsError } from "./refusal.ts";
import { type StackName, type StackState, type Waiting, refuseTrouble, seen } from "./stack-state.ts";

/** A resource that a parameter protects from deletion; of a table each replica has a parameter of its own. */
interface Guard {
  readonly parameter: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** From one template of a stack to another. */
export interface Transition {
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
  const isTold = ({ status, parameters: known }: StackState): boolean =>
    status === null || parameters.every((parameter) => parameter in known);
  const differs = ({ parameters: known }: StackState): boolean =>
    parameters.some((parameter) => parameter in known && known[parameter] !== value);
  const state = await seen(aws, stack, isTold, waiting);
  if (!differs(state)) return;
  if (!UPDATABLE.test(state.status ?? "")) {
    const text = `${state.status}: ${namesOf(parameters)} cannot be protected from deletion before this is mended`;
    if (isOn) waiting.host.say({ level: "warning", about: name, text });
    return;
  }
  waiting.host.say({ level: "info", about: name, text: said(isOn, parameters) });
  if (!(await setParameters(aws, state, { parameters, value }))) return;
  const now = await seen(aws, stack, ({ changedAt }) => changedAt !== state.changedAt, waiting);
  refuseTrouble([now]);
  if (!differs(now)) return;
  throw new UserError({
    code: "AWS-056" satisfies AwsCode,
    message: `${name}: the update that ${isOn ? "protects" : "lifts the protection"} from deletion was rolled back`,
    fix: `mend what its events name, then run the same command again: it goes on where it was`,
  });
}

/** Begins an update that gives parameters a value and leaves all else; false where they have it already. */
async function setParameters(
  aws: Aws,
  { name, region, parameters: known }: StackState,
  to: { readonly parameters: readonly string[]; readonly value: string },
): Promise<boolean> {
  try {
    await (
      await aws.cloudFormation(region)
    ).updateStack({
      StackName: name,
      UsePreviousTemplate: true,
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
      Parameters: Object.keys(known).map((ParameterKey) =>
        to.parameters.includes(ParameterKey)
          ? { ParameterKey, ParameterValue: to.value }
          : { ParameterKey, UsePreviousValue: true },
      ),
    });
    return true;
  } catch (error) {
    if (isAwsError(error, /No updates are to be performed/)) return false; // what was told before was old
    throw error;
  }
}

/** What goes, by its parameters, and how to wait. */
interface Going {
  readonly parameters: readonly string[];
  readonly waiting: Waiting;
}

/** Lifts the protection of what goes and lets it go. What did not go, because `act` failed, is protected again. */
export async function unprotected<Result>(
  aws: Aws,
  stack: StackName,
  { parameters, waiting }: Going,
  act: () => Promise<Result>,
): Promise<Result> {
  await switchProtection(aws, stack, { parameters, isOn: false }, waiting);
  try {
    return await act();
  } catch (error) {
    await switchProtection(aws, stack, { parameters, isOn: true }, waiting).catch(() => {
      const text = `${namesOf(parameters)} stays unprotected from deletion until the same command is run again`;
      waiting.host.say({ level: "warning", about: stack.name, text });
    });
    throw error;
  }
}

function namesOf(parameters: readonly string[]): string {
  return parameters.map((parameter) => parameter.slice(0, -PROTECTION.length)).join(", ");
}

function said(isOn: boolean, parameters: readonly string[]): string {
  const things = namesOf(parameters);
  return isOn ? `protects ${things} from deletion` : `goes, so it is not protected any more: ${things}`;
}
