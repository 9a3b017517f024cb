import type { Clock } from "../../base/clock.ts";
import type { Host } from "../../base/host.ts";
import type { Assembly } from "../synth.ts";
import { type Target, activeParameter } from "./active-region.ts";
import type { Aws } from "./aws.ts";
import { bucketsOf, deleteStack, formerStacks, isRetained, refuseProtected, resourcesOf } from "./delete-stack.ts";
import { emptyBuckets } from "./empty-bucket.ts";
import { type TemplateBody, planStack } from "./plan.ts";
import { goingIn, unprotected } from "./protection.ts";
import { explaining, isAwsError } from "./refusal.ts";
import { type StackState, readState, readTemplate, settled } from "./stack-state.ts";
import { usersFirst } from "./steps.ts";
import { openDeployer } from "./toolkit.ts";

/** A resource that stays when its stack goes. */
export interface Retained {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** What is about to be deleted. */
export interface DestroyPlan {
  readonly system: string;
  readonly stage: string;
  /** In the order in which they go. */
  readonly stacks: readonly { readonly name: string; readonly region: string; readonly isProtected: boolean }[];
  readonly retained: readonly Retained[];
}

/** What destroying needs. */
export interface DestroyOptions {
  readonly aws: Aws;
  readonly target: Target;
  readonly host: Host;
  readonly clock: Clock;
  /** Aborts after the stack that is being deleted. */
  readonly signal: AbortSignal;
  readonly assembly: Assembly;
  readonly confirm: (plan: DestroyPlan) => Promise<boolean>;
}

/** What was done. */
export interface DestroyResult {
  readonly plan: DestroyPlan;
  readonly end: "destroyed" | "declined" | "interrupted";
  readonly destroyed: readonly string[];
  readonly left: readonly string[];
}

/**
 * Deletes a system's stacks, each before those that it needs. Termination protection of stacks is not lifted: whoever
 * deletes production does that first, by hand. Protection of resources is, where they go. What the templates retain
 * stays, and is told beforehand.
 */
export async function destroy(options: DestroyOptions): Promise<DestroyResult> {
  const { aws, target, assembly } = options;
  const found = await explaining("reading what is deployed", () => readAll(aws, target, assembly));
  const plan: DestroyPlan = {
    system: target.system,
    stage: target.stage,
    stacks: found.map(({ state: { name, region, isProtected } }) => ({ name, region, isProtected })),
    retained: found.flatMap(({ state, template }) => retainedOf(state.name, template)),
  };
  if (!(await options.confirm(plan))) return { plan, end: "declined", destroyed: [], left: [] };
  refuseProtected(plan.stacks);
  const destroyed = await destroyAll(options, found);
  const left = plan.stacks.map(({ name }) => name).filter((name) => !destroyed.includes(name));
  if (left.length > 0) return { plan, end: "interrupted", destroyed, left };
  for (const region of target.regions) await forget(aws, target, region);
  return { plan, end: "destroyed", destroyed, left };
}

interface Found {
  readonly state: StackState;
  readonly template: TemplateBody | null;
}

async function readAll(aws: Aws, target: Target, { manifest }: Assembly): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const stack of [...manifest.stacks, ...formerStacks(manifest, target)].toReversed()) {
    const state = await readState(aws, stack);
    if (state.status !== null) found.push({ state, template: await readTemplate(aws, state) });
  }
  return usersFirst(found.map((each) => ({ ...each, stack: each.state, before: each.template, after: {} })));
}

function retainedOf(stack: string, template: TemplateBody | null): readonly Retained[] {
  return resourcesOf(template)
    .filter(([, resource]) => isRetained(resource))
    .map(([logicalId, { Type }]) => ({ stack, logicalId, type: Type }));
}

async function destroyAll(
  { aws, host, clock, signal, target, assembly }: DestroyOptions,
  found: readonly Found[],
): Promise<string[]> {
  const destroyed: string[] = [];
  const deployer = await openDeployer(aws, { directory: assembly.directory, region: target.regions[0]! }, host);
  try {
    for (const { state, template } of found) {
      if (signal.aborted) return destroyed;
      const { name } = state;
      await explaining(`deleting ${name}`, async () => {
        await settled(aws, state, { clock, host, signal });
        host.say({ level: "info", about: name, text: `${destroyed.length + 1} of ${found.length}: deleting` });
        const waiting = { clock, host, signal };
        return unprotected(aws, state, { parameters: goingOf(state, template), waiting }, async () => {
          if (!(name in assembly.templates)) return deleteStack(aws, state, waiting);
          await emptyBuckets(aws, state, bucketsOf(template), host);
          return deployer.destroy(name);
        });
      });
      destroyed.push(name);
    }
    return destroyed;
  } finally {
    await deployer.close();
  }
}

/** What goes with its stack, by the parameters that protect it; what is retained stays protected. */
function goingOf(state: StackState, before: TemplateBody | null): readonly string[] {
  return goingIn({ before, after: {}, changes: planStack(state, before, {}).changes });
}

/** A system that is gone serves from nowhere. */
async function forget(aws: Aws, target: Target, region: string): Promise<void> {
  try {
    await (await aws.parameters(region)).deleteParameter({ Name: activeParameter(target) });
  } catch (error) {
    if (!isAwsError(error, /ParameterNotFound/)) throw error;
  }
}
