import type { Clock } from "../../base/clock.ts";
import type { Host } from "../../base/host.ts";
import type { Assembly, Manifest, SynthStack } from "../synth.ts";
import { type Target, readActiveRegion, writeActiveRegion } from "./active-region.ts";
import type { Aws } from "./aws.ts";
import { readChangeSet } from "./change-set.ts";
import { deleteStack, formerStacks, refuseProtected } from "./delete-stack.ts";
import { type StackPlan, planStack, refuseLoss } from "./plan.ts";
import { explaining } from "./refusal.ts";
import {
  type StackState,
  isUnderWay,
  readState,
  readTemplate,
  refuseTrouble,
  settled,
  troubleOf,
} from "./stack-state.ts";
import { type Deployer, openDeployer } from "./toolkit.ts";
import { hasLateWires, parametersOf } from "./wires.ts";

/** What a deploy needs. */
export interface DeployOptions {
  readonly aws: Aws;
  readonly target: Target;
  readonly host: Host;
  readonly clock: Clock;
  /** Aborts after the stack that is being deployed. */
  readonly signal: AbortSignal;
  /** Makes the assembly for the region that serves. */
  readonly synth: (active: string) => Promise<Assembly>;
  /** The region that serves; read from AWS where it is left out. */
  readonly active?: string;
  /** Shows the plan; what it may not do is refused after that. */
  readonly show?: (plan: DeployPlan) => void;
  /** Whether the plan is to be carried out. */
  readonly confirm: (plan: DeployPlan) => Promise<boolean>;
  /** Whether stateful resources may be replaced or deleted. */
  readonly allowReplacement: boolean;
  /** Only these regions' stacks: what a failover may touch. @default all */
  readonly regions?: readonly string[];
}

/** What a deploy is about to do. */
export interface DeployPlan {
  readonly active: string;
  readonly stacks: readonly StackPlan[];
  /** States that a person should know of, with the command that ends them. */
  readonly troubles: readonly { readonly stack: string; readonly text: string; readonly fix: string }[];
}

/** What a deploy did. */
export interface DeployResult {
  readonly plan: DeployPlan;
  /** `declined`: the plan was shown and nothing was changed. */
  readonly end: "deployed" | "unchanged" | "declined" | "interrupted";
  /** Stacks that are as their templates say now. */
  readonly deployed: readonly string[];
  /** Stacks that were not begun, when it was interrupted. */
  readonly left: readonly string[];
  /** Of every stack, by its name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly assembly: Assembly;
}

interface Prepared {
  readonly stack: SynthStack;
  readonly state: StackState;
  readonly plan: StackPlan;
}

/**
 * Deploys a system: reads which region serves, plans from the deployed templates, asks, and deploys stack after stack,
 * each after those that it needs. Every step can be done again, so a run that was interrupted or that failed is started
 * again by the same command. Nothing is changed before `confirm` says so.
 */
export async function deploy(options: DeployOptions): Promise<DeployResult> {
  const { aws, target, host } = options;
  const active =
    options.active ?? (await explaining("reading which region serves", () => readActiveRegion(aws, target, host)));
  const assembly = await options.synth(active);
  const prepared = await explaining("reading what is deployed", () => prepare(options, assembly));
  const plan: DeployPlan = {
    active,
    stacks: prepared.map(({ plan: each }) => each),
    troubles: prepared.flatMap(({ state }) => {
      const trouble = troubleOf(state);
      return trouble === null ? [] : [{ stack: state.name, text: trouble.text, fix: trouble.fix }];
    }),
  };
  const outputs: Record<string, Readonly<Record<string, string>>> = {};
  for (const { state } of prepared) outputs[state.name] = state.outputs;
  const result = { plan, outputs, assembly, deployed: [], left: [] };
  options.show?.(plan);
  refuseTrouble(prepared.map(({ state }) => state));
  refuseProtected(prepared.filter(({ plan: each }) => each.action === "delete").map(({ state }) => state));
  for (const { plan: each } of prepared) {
    refuseLoss(each.stack, each.changes, { allowReplacement: options.allowReplacement, certain: false });
  }
  if (!(await options.confirm(plan))) return { ...result, end: "declined" };
  const done = await deployAll(options, { assembly, prepared, outputs });
  if (done.left.length > 0) return { ...result, ...done, end: "interrupted" };
  const regions = options.regions ?? target.regions;
  await explaining("noting which region serves", () => writeActiveRegion(aws, target, { active, regions, host }));
  const isSame = plan.stacks.every(({ action }) => action === "unchanged");
  return { ...result, ...done, end: isSame ? "unchanged" : "deployed" };
}

async function prepare(
  { aws, regions, target }: DeployOptions,
  { manifest, templates }: Assembly,
): Promise<Prepared[]> {
  const wanted = [...manifest.stacks, ...formerStacks(manifest, target)].filter(
    ({ region }) => regions?.includes(region) ?? true,
  );
  const prepared: Prepared[] = [];
  // One after the other: CloudFormation throttles an account that asks for twelve stacks at once.
  for (const stack of wanted) {
    const state = await readState(aws, stack);
    const isFormer = !(stack.name in templates);
    if (isFormer && state.status === null) continue;
    const deployed = await readTemplate(aws, state);
    prepared.push({ stack, state, plan: planStack(stack, deployed, { ...templates[stack.name] }) });
  }
  return inOrder(prepared);
}

/** Stacks that go come last, and those that others import from are the last among them. */
function inOrder(prepared: readonly Prepared[]): Prepared[] {
  const goes = prepared.filter(({ plan }) => plan.action === "delete");
  return [...prepared.filter(({ plan }) => plan.action !== "delete"), ...goes.toReversed()];
}

interface Work {
  readonly assembly: Assembly;
  readonly prepared: readonly Prepared[];
  /** Filled as stacks are deployed. */
  readonly outputs: Record<string, Readonly<Record<string, string>>>;
}

async function deployAll(
  options: DeployOptions,
  work: Work,
): Promise<{ readonly deployed: readonly string[]; readonly left: readonly string[] }> {
  const { aws, host, signal, target } = options;
  const region = (options.regions ?? target.regions)[0]!; // a system has one
  const { directory } = work.assembly;
  let opened: Promise<Deployer> | null = null;
  const deployer = (): Promise<Deployer> => (opened ??= openDeployer(aws, { directory, region }, host));
  const deployed: string[] = [];
  const runs = [...work.prepared, ...work.prepared.filter(({ stack }) => hasLateWires(work.assembly, stack.name))];
  try {
    for (const [at, each] of runs.entries()) {
      const { name } = each.stack;
      const left = runs.slice(at).map(({ stack }) => stack.name);
      if (signal.aborted) return { deployed, left };
      const isSecond = at >= work.prepared.length;
      const text = isSecond ? "once more, for what others have put out by now" : `${at + 1} of ${work.prepared.length}`;
      host.say({ level: "info", about: name, text });
      try {
        const now = isSecond ? await again(aws, each) : each;
        work.outputs[name] = await explaining(`deploying ${name}`, () =>
          deployOne(options, { work, each: now, deployer }),
        );
      } catch (error) {
        if (signal.aborted && error instanceof Error && error.name === "AbortError") return { deployed, left };
        throw error;
      }
      if (!isSecond) deployed.push(name);
    }
    return { deployed, left: [] };
  } finally {
    if (opened !== null) await (await deployer()).close();
  }
}

/** A stack that was just deployed, as it is now: only its parameters may still change. */
async function again(aws: Aws, each: Prepared): Promise<Prepared> {
  const state = await readState(aws, each.stack);
  return { ...each, state, plan: { ...each.plan, action: "unchanged", changes: [], otherChanges: false } };
}

async function deployOne(
  { aws, clock, host, signal, allowReplacement, target, regions: allowed }: DeployOptions,
  {
    work,
    each,
    deployer,
  }: { readonly work: Work; readonly each: Prepared; readonly deployer: () => Promise<Deployer> },
): Promise<Readonly<Record<string, string>>> {
  const { name, region } = each.stack;
  const state = isUnderWay(each.state) ? await settled(aws, each.stack, { clock, host, signal }) : each.state;
  refuseTrouble([state]);
  if (each.plan.action === "delete") {
    await deleteStack(aws, state, { clock, host, signal });
    return {};
  }
  await unprotect(aws, state);
  const { assembly, outputs: known } = work;
  const regions = allowed ?? target.regions;
  const parameters = await parametersOf(aws, { state, assembly, outputs: known, regions });
  if (isAsItShouldBe(each, { state, parameters, manifest: work.assembly.manifest })) {
    host.say({ level: "info", about: name, text: "unchanged" });
    return state.outputs;
  }
  const outputs = await (
    await deployer()
  ).deploy({
    name,
    parameters,
    gate: async () => {
      const changes = await readChangeSet(aws, each.stack, each.plan.changes);
      refuseLoss(name, changes, { allowReplacement, certain: true });
    },
  });
  host.say({
    level: "info",
    about: name,
    text: each.plan.action === "unchanged" ? "unchanged" : `deployed in ${region}`,
  });
  return outputs;
}

interface Wanted {
  readonly state: StackState;
  readonly parameters: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
}

/** Whether there is nothing to do: then no change set is made, only to find that it is empty. */
function isAsItShouldBe({ plan }: Prepared, { state, parameters, manifest }: Wanted): boolean {
  if (plan.action !== "unchanged" || troubleOf(state) !== null) return false;
  const isSame = Object.entries(parameters).every(([name, value]) => state.parameters[name] === value);
  return isSame && state.isProtected === (manifest.stage !== "dev");
}

/** What was rolled back at its creation is empty, and in the way; with its protection on it could not be deleted. */
async function unprotect(aws: Aws, { name, region, status, isProtected }: StackState): Promise<void> {
  if (status !== "ROLLBACK_COMPLETE" || !isProtected) return;
  const cloudFormation = await aws.cloudFormation(region);
  await cloudFormation.updateTerminationProtection({ StackName: name, EnableTerminationProtection: false });
}
