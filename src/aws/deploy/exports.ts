import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import { type Template, type Value, partsNamed, textOf } from "../template.ts";
import type { Change, TemplateBody } from "./plan.ts";

/*
 * What CloudFormation refuses of stacks that use each other: an export that a stack imports can be neither deleted nor
 * changed, and its stack not deleted.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */

/** The names of the exports that a template imports. */
function importsOf(template: TemplateBody | null): ReadonlySet<string> {
  return new Set(partsNamed(template as Value, "Fn::ImportValue").map(({ value }) => textOf(value)));
}

/** What a template exports, by name: the value as the template has it. */
function exportsOf(template: TemplateBody | null): ReadonlyMap<string, Value> {
  const exported = new Map<string, Value>();
  for (const { Value: value, Export } of Object.values((template as Template | null)?.Outputs ?? {})) {
    if (Export) exported.set(textOf(Export.Name), value);
  }
  return exported;
}

/** Whether a stack of this template stands in the way when exports of `before` that `after` does not have go. */
export function needsWhatGoes(
  template: TemplateBody | null,
  before: TemplateBody | null,
  after: TemplateBody,
): boolean {
  const stays = exportsOf(after);
  const imports = importsOf(template);
  return [...exportsOf(before).keys()].some((name) => !stays.has(name) && imports.has(name));
}

/** The new template, and all that only the deployed one has: nothing is taken away yet. */
export function withAllOf(deployed: TemplateBody | null, wanted: TemplateBody): TemplateBody {
  const sections = Object.entries({ ...deployed, ...wanted }).map(([name, section]) => {
    const former = deployed?.[name];
    return [name, isSection(former) && isSection(section) ? { ...former, ...section } : section] as const;
  });
  return Object.fromEntries(sections);
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A stack that is deployed, with what changes of it. */
interface Changing {
  readonly stack: { readonly name: string; readonly region: string };
  readonly deployed: TemplateBody | null;
  readonly changes: readonly Change[];
}

/**
 * Refuses with AWS-055 to replace what another stack imports: its export would change while it is in use. Under
 * another name it can be made beside the old one, which goes when nothing uses it.
 */
export function refuseReplacedInUse(stacks: readonly Changing[]): void {
  const lines = stacks.flatMap((each) =>
    each.changes
      .filter(({ what }) => what === "replace")
      .flatMap(({ logicalId, type }) => {
        const users = usersOf(each, logicalId, stacks);
        return users.length === 0
          ? []
          : [`  ${logicalId} (${type}) of ${each.stack.name}, used by ${users.join(", ")}`];
      }),
  );
  if (lines.length === 0) return;
  throw new UserError({
    code: "AWS-055" satisfies AwsCode,
    message: `CloudFormation refuses to replace what other stacks use:\n${lines.join("\n")}`,
    fix: "take the change back, or give the component another name: the old one goes when nothing uses it",
  });
}

/** The names of the stacks that import something of a resource. */
function usersOf({ stack, deployed }: Changing, logicalId: string, stacks: readonly Changing[]): readonly string[] {
  const names = [...exportsOf(deployed)].filter(([, value]) => isOf(value, logicalId)).map(([name]) => name);
  return stacks
    .filter((user) => user.stack.region === stack.region && names.some((name) => importsOf(user.deployed).has(name)))
    .map((user) => user.stack.name);
}

function isOf(value: Value, logicalId: string): boolean {
  const refs = partsNamed({ value }, "Ref").map((part) => textOf(part.value));
  const attributes = partsNamed({ value }, "Fn::GetAtt").map((part) => String((part.value as readonly Value[])[0]));
  return [...refs, ...attributes].includes(logicalId);
}
