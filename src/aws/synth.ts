import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { App, IPolicyValidationPlugin } from "aws-cdk-lib";
import { UserError, assert, messageOf } from "../base/error.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import { type Violation, violationsOf } from "./refused.ts";
import type { ShippedStacks } from "./ship.ts";
import type { Template } from "./template.ts";
import type { Wire } from "./wire.ts";

/** What `synthesize` takes. */
export interface SynthOptions {
  readonly topology: Topology;
  /** The region that serves now. @default the primary one */
  readonly active?: string;
  /** The folder of the assembly; an assembly that is there is removed. */
  readonly outdir: string;
  /** The definition's `aws`: changes the stacks before they are written. */
  readonly escape?: (stacks: ShippedStacks) => void;
}

/** A stack as it was written, with those that must be deployed before it. */
export interface SynthStack {
  readonly name: string;
  readonly region: string;
  /** The template's file, relative to the assembly. */
  readonly template: string;
  readonly after: readonly string[];
}

/** `holdfast.json` in an assembly: what the CDK's own manifest does not say, and `deploy` needs. */
export interface Manifest {
  readonly holdfast: 1;
  readonly system: string;
  readonly stage: string;
  readonly recovery: string;
  readonly active: string;
  /** In an order in which they can be deployed. */
  readonly stacks: readonly SynthStack[];
  /** Outputs that `deploy` carries over to parameters of stacks in other regions. */
  readonly wires: readonly Wire[];
  /** Files of the static site that `deploy` uploads, by edge. */
  readonly sites: readonly { readonly edge: string; readonly directory: string }[];
}

/** A cloud assembly: a folder that the CDK's toolkit deploys. */
export interface Assembly {
  readonly directory: string;
  readonly manifest: Manifest;
  /** By the name of the stack. */
  readonly templates: Readonly<Record<string, Template>>;
}

/**
 * Writes a system's stacks as a cloud assembly. Nothing is looked up, so the same topology makes the same bytes.
 * A stack without a resource, which CloudFormation does not take, is left out. Rejects with a `UserError` when the CDK
 * is not installed (AWS-001), when AWS would refuse a template (AWS-002: all reasons at once), when the escape hatch
 * throws (AWS-003), and when a construct carries an error or a warning (AWS-004).
 */
export async function synthesize({ topology, active, outdir, escape }: SynthOptions): Promise<Assembly> {
  const [cdk, { shipSystem }] = await loadCdk();
  const directory = resolve(outdir);
  if (existsSync(join(directory, "manifest.json"))) rmSync(directory, { recursive: true });
  cdk.AssetStaging.clearAssetHashCache(); // else what this process has copied before is taken to be there still
  mkdirSync(directory, { recursive: true });
  const app = new cdk.App({
    outdir: directory,
    analyticsReporting: false,
    treeMetadata: false,
    performanceReporting: false,
    stackTraces: false,
    context: CONTEXT,
  });
  cdk.Validations.of(app).addPlugins(withoutBuiltInValidation(cdk));
  const { stacks, shipment, files } = shipSystem(app, { topology, ...(active === undefined ? {} : { active }) });
  openEscape(stacks, escape);
  leaveOutEmpty(cdk, app);
  const assembly = app.synth();
  refuseMessages(assembly.stacks);
  const templates = Object.fromEntries(assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]));
  refuseViolations(
    violationsOf(
      assembly.stacks.map(({ stackName, environment, template }) => ({
        stack: stackName,
        region: environment.region,
        template: template as Template,
      })),
    ),
  );
  const manifest: Manifest = {
    holdfast: 1,
    system: shipment.system,
    stage: shipment.stage,
    recovery: topology.recovery,
    active: shipment.active,
    stacks: inOrder(assembly.stacks.map(stackOf), shipment.wires),
    wires: shipment.wires,
    sites: sitesOf(topology),
  };
  writeFileSync(join(directory, "holdfast.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return { directory, manifest, templates };
}

/**
 * Stacks of a region pass values on by exports and imports: CloudFormation then refuses to take away what another stack
 * uses. (The CDK asks that this is said, because it also knows references that are only looked up.)
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
const CONTEXT = { "@aws-cdk/core:defaultCrossStackReferences": "strong" } as const;

type Cdk = typeof import("aws-cdk-lib");
type System = typeof import("./system.ts");

async function loadCdk(): Promise<[Cdk, System]> {
  try {
    const cdk = await import("aws-cdk-lib");
    return [cdk, await import("./system.ts")];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new UserError({
      code: "AWS-001",
      message: `the AWS CDK is needed to ship a system and is not installed (${messageOf(cause).split("\n")[0]})`,
      fix: "npm install aws-cdk-lib constructs",
      cause,
    });
  }
}

/**
 * A plug-in that stands in for the CDK's own validator and reports nothing. That one takes seconds to start and knows
 * none of what `refused.ts` knows. It steps back for one of its own class alone, and its constructor is what is slow.
 */
function withoutBuiltInValidation({ CloudFormationValidatePlugin }: Cdk): IPolicyValidationPlugin {
  const quiet: object = Object.create(CloudFormationValidatePlugin.prototype, {
    name: { value: "Holdfast" },
    version: { value: "1" },
    ruleIds: { value: [] },
    validate: { value: () => ({ success: true, violations: [] }) },
  });
  return quiet as IPolicyValidationPlugin;
}

function openEscape(stacks: ShippedStacks, escape: SynthOptions["escape"]): void {
  try {
    escape?.(stacks);
  } catch (cause) {
    throw new UserError({
      code: "AWS-003",
      message: `"aws" of the definition threw: ${messageOf(cause)}`,
      fix: "mend the function, or leave it out",
      cause,
    });
  }
}

/** A strategy that keeps little in a region leaves some of its stacks empty. */
function leaveOutEmpty({ CfnResource, Stack }: Cdk, app: App): void {
  for (const child of app.node.children) {
    const empty = Stack.isStack(child) && !child.node.findAll().some((each) => CfnResource.isCfnResource(each));
    if (empty) app.node.tryRemoveChild(child.node.id);
  }
}

interface Message {
  readonly level: string;
  readonly id: string;
  readonly entry: { readonly data?: unknown };
}

/** What `cdk synth --strict` does: a warning of a construct is as bad as an error. */
function refuseMessages(stacks: readonly { readonly messages: readonly Message[] }[]): void {
  const told = stacks.flatMap(({ messages }) => messages).filter(({ level }) => level !== "info");
  if (told.length === 0) return;
  const lines = told.map(({ level, id, entry }) => `  ${level} ${id}: ${String(entry.data)}`);
  throw new UserError({
    code: "AWS-004",
    message: `the CDK warns:\n${lines.join("\n")}`,
    fix: "mend what the warnings name, or acknowledge them in the escape hatch with a reason",
  });
}

function refuseViolations(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const lines = violations.map(
    ({ refusal, stack, logicalId, path, message }) =>
      `  ${refusal.id} ${stack} ${logicalId} ${path}: ${message} (${refusal.url})`,
  );
  throw new UserError({
    code: "AWS-002",
    message: `AWS would refuse to deploy this:\n${lines.join("\n")}`,
    fix: "change the definition or its escape hatch where the lines say",
  });
}

interface SynthesizedStack {
  readonly stackName: string;
  readonly templateFile: string;
  readonly environment: { readonly region: string };
  readonly dependencies: readonly { readonly id: string }[];
}

function stackOf({ stackName, templateFile, environment, dependencies }: SynthesizedStack): SynthStack {
  const after = dependencies.map(({ id }) => id).filter((id) => !id.endsWith(".assets"));
  return { name: stackName, region: environment.region, template: templateFile, after: after.sort() };
}

/** The stacks in an order in which each comes after all that it needs: what it imports, and what is wired to it. */
function inOrder(stacks: readonly SynthStack[], wires: readonly Wire[]): SynthStack[] {
  const needs = new Map(
    stacks.map(({ name, after }) => {
      const wired = wires.filter(({ to, late }) => to.stack === name && !late).map(({ from }) => from.stack);
      return [name, [...new Set([...after, ...wired])].sort()];
    }),
  );
  const open = stacks.map((stack) => ({ ...stack, after: needs.get(stack.name) ?? [] }));
  const done: SynthStack[] = [];
  while (open.length > 0) {
    const ready = open.findIndex(({ after }) => after.every((name) => done.some((stack) => stack.name === name)));
    assert(ready >= 0, `stacks need each other in a circle: ${open.map(({ name }) => name).join(", ")}`);
    done.push(...open.splice(ready, 1));
  }
  return done;
}

function sitesOf(topology: Topology): Manifest["sites"] {
  return componentsOf(topology, "edge").flatMap(({ id, settings }) =>
    settings.site === null ? [] : [{ edge: id, directory: settings.site }],
  );
}
