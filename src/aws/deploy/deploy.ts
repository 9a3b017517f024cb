import type { Clock } from "../../base/clock.ts";
import type { Host } from "../../base/host.ts";
import type { Assembly, Manifest } from "../synth.ts";
import type { Template } from "../template.ts";
import { type Account, readAccount } from "./account.ts";
import { type Target, readActiveRegion, writeActiveRegion } from "./active-region.ts";
import type { Aws } from "./aws.ts";
import { readChangeSet } from "./change-set.ts";
import { deleteStack, formerStacks, refuseProtected } from "./delete-stack.ts";
import { refuseReplacedInUse } from "./exports.ts";
import { type ZonePlan, changeZone, planZone } from "./hosted-zone.ts";
import { ownSecrets } from "./failover/secrets.ts";
import { writeInterim } from "./interim.ts";
import { type StackPlan, type TemplateBody, isEmpty, planStack, refuseLoss } from "./plan.ts";
import { type Transition, allOn, goingIn, madeIn, switchProtection, unprotected } from "./protection.ts";
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
import { type StackChange, type Step, refuseTooLarge, stepsOf } from "./steps.ts";
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
  /** The user's hosted zone, in which accelerated recovery is to be on. @default none */
  readonly hostedZoneId?: string | null;
  /** Only these regions' stacks: what a failover may touch. @default all */
  readonly regions?: readonly string[];
  /**
   * Parameters that a person gives, by their names: each to the stacks that have it. They say what a region is restored
   * from, so its secrets are made its own before.
   */
  readonly given?: Readonly<Record<string, string>>;
}

/** What a deploy is about to do. */
export interface DeployPlan {
  /** Whose stacks they are; null where only some regions may be asked, as in a failover. */
  readonly account: Account | null;
  readonly active: string;
  readonly stacks: readonly StackPlan[];
  /** What is done to the user's hosted zone; null where it is left alone. */
  readonly zone: ZonePlan | null;
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
  /** Stacks that are not, when it was interrupted: not begun, or with a second update before them. */
  readonly left: readonly string[];
  /** Whether the hosted zone is as it should be; false also where nobody may say. */
  readonly zoneIsReady: boolean;
  /** Of every stack, by its name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly assembly: Assembly;
}

interface Prepared extends StackChange {
  readonly state: StackState;
  readonly plan: StackPlan;
}

/**
 * Deploys a system: reads which region serves, plans from the deployed templates, asks, and deploys stack after stack,
 * each after those that it needs, and some a second time (`steps.ts`). Every step can be done again, so a run that was
 * interrupted or that failed is started again by the same command. Nothing is changed before `confirm` says so.
 */
export async function deploy(options: DeployOptions): Promise<DeployResult> {
  const { aws, target, host } = options;
  const [account, active] = await explaining("reading which region serves", () =>
    Promise.all([
      options.regions === undefined ? readAccount(aws, target.regions[0]!) : null, // a system has a region
      options.active ?? readActiveRegion(aws, target, host),
    ]),
  );
  const assembly = await options.synth(active);
  const prepared = await explaining("reading what is deployed", () => prepare(options, assembly));
  const plan: DeployPlan = {
    account,
    active,
    stacks: prepared.map(({ plan: each }) => each),
    zone: options.hostedZoneId ? await planZone(aws, options.hostedZoneId, host) : null,
    troubles: prepared.flatMap(({ state }) => {
      const trouble = troubleOf(state);
      return trouble === null ? [] : [{ stack: state.name, text: trouble.text, fix: trouble.fix }];
    }),
  };
  const outputs: Record<string, Readonly<Record<string, string>>> = {};
  for (const { state } of prepared) outputs[state.name] = state.outputs;
  const result = { plan, outputs, assembly, deployed: [], left: [], zoneIsReady: false };
  options.show?.(plan);
  refuseTrouble(prepared.map(({ state }) => state));
  refuseProtected(prepared.filter(({ plan: each }) => each.action === "delete").map(({ state }) => state));
  for (const { plan: each } of prepared) {
    refuseLoss(each.stack, each.changes, { allowReplacement: options.allowReplacement, certain: false });
  }
  refuseReplacedInUse(prepared.map((each) => ({ ...each, changes: each.plan.changes })));
  refuseTooLarge(stepsOf(prepared));
  if (!(await options.confirm(plan))) return { ...result, end: "declined" };
  if (Object.keys(options.given ?? {}).length > 0) {
    await explaining("taking the secrets over", () => ownSecrets({ aws, target, host, to: active, assembly }));
  }
  const done = await deployAll(options, { assembly, prepared, outputs });
  if (done.left.length > 0) return { ...result, ...done, end: "interrupted" };
  const regions = options.regions ?? target.regions;
  await explaining("noting which region serves", () => writeActiveRegion(aws, target, { active, regions, host }));
  const zoneIsReady = plan.zone === null || (await changeZone(aws, plan.zone, host));
  return { ...result, ...done, zoneIsReady, end: isUnchanged(plan) ? "unchanged" : "deployed" };
}

/** Whether a deploy has nothing to do. */
export function isUnchanged({ stacks, zone }: DeployPlan): boolean {
  return stacks.every(({ action }) => action === "unchanged") && zone?.acceleratedRecovery !== "turn-on";
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
    const wanted = { ...templates[stack.name] };
    const isToldLate = hasLateWires(manifest, stack.name);
    prepared.push({ stack, state, deployed, wanted, isToldLate, plan: planStack(stack, deployed, wanted) });
  }
  return prepared;
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
  const steps = stepsOf(work.prepared);
  const reached = (at: number): { deployed: string[]; left: string[] } => {
    const left = namesOf(steps.slice(at));
    return { deployed: namesOf(steps.slice(0, at)).filter((name) => !left.includes(name)), left };
  };
  try {
    for (const [at, step] of steps.entries()) {
      const { name } = step.stack;
      if (signal.aborted) return reached(at);
      host.say({ level: "info", about: name, text: `${at + 1} of ${steps.length}${remarkOn(step)}` });
      try {
        work.outputs[name] = await explaining(`deploying ${name}`, () => takeStep(options, { work, step, deployer }));
      } catch (error) {
        if (signal.aborted && error instanceof Error && error.name === "AbortError") return reached(at);
        throw error;
      }
    }
    return reached(steps.length);
  } finally {
    if (opened !== null) await (await deployer()).close();
  }
}

function namesOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(({ stack }) => stack.name))];
}

function remarkOn({ isInterim, round, after }: Step): string {
  if (isInterim) return ": nothing is taken away yet, because other stacks use it";
  return round === 2 && !isEmpty(after) ? ": once more, now that the others are there" : "";
}

interface Taken {
  readonly work: Work;
  readonly step: Step;
  /** The toolkit on the assembly. */
  readonly deployer: () => Promise<Deployer>;
}

async function takeStep(options: DeployOptions, taken: Taken): Promise<Readonly<Record<string, string>>> {
  const { aws, clock, host, signal } = options;
  const { step } = taken;
  const found = await stateFor(options, taken);
  const state = isUnderWay(found) ? await settled(aws, step.stack, { clock, host, signal }) : found;
  refuseTrouble([state]);
  // What was under way when the template was read may have been rolled back since.
  const before = state === found ? step.before : await readTemplate(aws, state);
  const plan = planStack(step.stack, before, step.after);
  const transition = { before, after: step.after, changes: plan.changes };
  const waiting = { clock, host, signal };
  const going = { parameters: goingIn(transition), waiting };
  return unprotected(aws, step.stack, going, () => bringAbout(options, taken, { state, plan, transition }));
}

interface Before {
  readonly state: StackState;
  readonly plan: StackPlan;
  readonly transition: Transition;
}

async function bringAbout(
  options: DeployOptions,
  taken: Taken,
  { state, plan, transition }: Before,
): Promise<Readonly<Record<string, string>>> {
  const { aws, clock, host, signal } = options;
  const { step, work } = taken;
  const waiting = { clock, host, signal };
  if (isEmpty(step.after)) {
    await deleteStack(aws, state, waiting);
    return {};
  }
  await unprotect(aws, state);
  const { assembly, outputs } = work;
  const regions = options.regions ?? options.target.regions;
  const wired = await parametersOf(aws, { state, assembly, outputs, regions });
  const made = madeIn(transition);
  const off = Object.fromEntries(made.map((parameter) => [parameter, "false"]));
  const parameters = { ...wired, ...givenTo(step.after, options.given), ...allOn(step.after), ...off };
  if (isAsItShouldBe(plan, { state, parameters, manifest: assembly.manifest })) {
    host.say({ level: "info", about: step.stack.name, text: "unchanged" });
    return state.outputs;
  }
  const put = await update(options, taken, { plan, parameters });
  await switchProtection(aws, step.stack, { parameters: made, isOn: true }, waiting);
  return put;
}

function givenTo(template: TemplateBody, given: DeployOptions["given"] = {}): Readonly<Record<string, string>> {
  const { Parameters = {} } = template as Template;
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in Parameters));
}

/** A stack as CloudFormation has it: as it was read for the plan, until a step has changed it. */
async function stateFor({ aws }: DeployOptions, { work, step }: Taken): Promise<StackState> {
  const known = work.prepared.find(({ stack }) => stack.name === step.stack.name);
  return step.round === 1 && known ? known.state : readState(aws, step.stack);
}

interface Update {
  readonly plan: StackPlan;
  readonly parameters: Readonly<Record<string, string>>;
}

async function update(
  { aws, host, allowReplacement }: DeployOptions,
  { work, step, deployer }: Taken,
  { plan, parameters }: Update,
): Promise<Readonly<Record<string, string>>> {
  const { name, region } = step.stack;
  const { directory } = work.assembly;
  const interim = step.isInterim
    ? await openDeployer(aws, { directory: writeInterim(directory, name, step.after), region }, host)
    : null;
  try {
    const gate = async (): Promise<void> => {
      const changes = await readChangeSet(aws, step.stack, plan.changes);
      refuseLoss(name, changes, { allowReplacement, certain: true });
    };
    const outputs = await (interim ?? (await deployer())).deploy({ name, parameters, gate });
    host.say({
      level: "info",
      about: name,
      text: plan.action === "unchanged" ? "unchanged" : `deployed in ${region}`,
    });
    return outputs;
  } finally {
    await interim?.close();
  }
}

interface Wanted {
  readonly state: StackState;
  readonly parameters: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
}

/** Whether there is nothing to do: then no change set is made, only to find that it is empty. */
function isAsItShouldBe(plan: StackPlan, { state, parameters, manifest }: Wanted): boolean {
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
