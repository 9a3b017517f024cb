import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import type { Manifest, SynthStack } from "../synth.ts";
import type { Target } from "./active-region.ts";
import type { Aws } from "./aws.ts";
import { emptyBuckets } from "./empty-bucket.ts";
import type { TemplateBody } from "./plan.ts";
import { type StackState, type Waiting, readTemplate, refuseTrouble, settled } from "./stack-state.ts";

/** Parts that a system can have; a stack without resources is not in its assembly. */
const PARTS = ["network", "data", "messaging", "compute", "watch", "recovery", "global"];

/** Stacks that the system may have had before, such as those of a region that another strategy leaves empty. */
export function formerStacks({ system, stage, stacks }: Manifest, target: Target): readonly SynthStack[] {
  const regions = [...new Set([...target.regions, ...stacks.map(({ region }) => region)])];
  return regions
    .flatMap((region) => PARTS.map((part) => ({ name: `${system}-${stage}-${part}-${region}`, region })))
    .filter(({ name }) => !stacks.some((stack) => stack.name === name))
    .map((stack) => ({ ...stack, template: "", after: [] }));
}

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
}

/** The resources of a template, each with its logical id. */
export function resourcesOf(template: TemplateBody | null): readonly (readonly [string, Resource])[] {
  const resources = (template?.["Resources"] ?? {}) as Readonly<Record<string, Resource>>; // what every template has
  return Object.entries(resources);
}

/** Whether a resource stays when its stack goes. */
export function isRetained({ DeletionPolicy }: Resource): boolean {
  return DeletionPolicy?.startsWith("Retain") === true;
}

/** Buckets that go with their stack. */
export function bucketsOf(template: TemplateBody | null): readonly string[] {
  return resourcesOf(template)
    .filter(([, resource]) => resource.Type === "AWS::S3::Bucket" && !isRetained(resource))
    .map(([logicalId]) => logicalId);
}

/** Refuses with AWS-047, before the first stack is gone, where one of them could not go. */
export function refuseProtected(
  stacks: readonly { readonly name: string; readonly region: string; readonly isProtected: boolean }[],
): void {
  const kept = stacks.filter(({ isProtected }) => isProtected);
  if (kept.length === 0) return;
  const command = "aws cloudformation update-termination-protection --no-enable-termination-protection";
  throw new UserError({
    code: "AWS-047" satisfies AwsCode,
    message: `protected from being deleted: ${kept.map(({ name }) => name).join(", ")}`,
    fix: kept.map(({ name, region }) => `${command} --stack-name ${name} --region ${region}`).join("\n       "),
  });
}

/**
 * Deletes a stack that the system has no more, with what its buckets hold where they are not retained, and waits for
 * its end.
 */
export async function deleteStack(aws: Aws, state: StackState, waiting: Waiting): Promise<void> {
  const { name, region } = state;
  const { host } = waiting;
  await emptyBuckets(aws, state, bucketsOf(await readTemplate(aws, state)), host);
  await (await aws.cloudFormation(region)).deleteStack({ StackName: name });
  refuseTrouble([await settled(aws, state, waiting)]);
  host.say({ level: "info", about: name, text: "deleted" });
}
