import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, Option } from "commander";
import type { AwsCode } from "../aws/codes.ts";
import type { Target } from "../aws/deploy/active-region.ts";
import type { Aws } from "../aws/deploy/aws.ts";
import type { ShippedStacks } from "../aws/ship.ts";
import type { Assembly } from "../aws/synth.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import { loadDefinition } from "../definition/load.ts";
import { validateDefinition } from "../definition/validate.ts";
import { compileTopology } from "../topology/compile.ts";
import type { RecoveryStrategy, Topology } from "../topology/topology.ts";
import { terminalHost } from "./output.ts";
import { configOption } from "./system.ts";

/** What the verbs that ship are told. */
export interface ShipmentOptions {
  readonly config: string;
  readonly out?: string;
  readonly recovery?: RecoveryStrategy;
  readonly stage?: "production" | "dev";
  readonly json?: string;
}

/** What the verbs that change AWS are told besides. */
export interface ChangeOptions extends ShipmentOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A system as it is shipped. */
export interface Loaded {
  readonly topology: Topology;
  /** The definition's escape hatch. */
  readonly escape: ((stacks: ShippedStacks) => void) | undefined;
  /** The folder of the assembly, absolute. */
  readonly outdir: string;
}

/** A system with what it takes to change it on AWS. */
export interface Opened extends Loaded {
  readonly host: Host;
  readonly clock: Clock;
  readonly aws: Aws;
  readonly target: Target;
  readonly synth: (active?: string) => Promise<Assembly>;
}

/** `--out DIR`: the folder of the assembly. */
export function outOption(): Option {
  return new Option("--out <dir>", "the folder of the cloud assembly (default: cdk.out beside the definition)");
}

/** `--stage S`: another stage than the definition's. */
export function stageOption(): Option {
  return new Option("--stage <stage>", "dev: two zones, the smallest sizes, nothing protected").choices([
    "production",
    "dev",
  ]);
}

/** `--json FILE`, for verbs whose result is a document. */
export function jsonOption(): Option {
  return new Option("--json <file>", "write the result as JSON (- for standard output)");
}

/** A verb that changes what is on AWS, with the options that such verbs share. */
export function changeCommand(name: string, says: { readonly dryRun: string; readonly yes: string }): Command {
  return new Command(name)
    .addOption(configOption())
    .addOption(outOption())
    .addOption(stageOption())
    .option("--dry-run", says.dryRun)
    .option("--yes", says.yes)
    .addOption(jsonOption());
}

/** Loads and checks the definition and compiles it with all its regions. Rejects with all its problems at once. */
export async function loadShipment(options: ShipmentOptions): Promise<Loaded> {
  const { definition: loaded, path, directory, aws } = await loadDefinition(options.config);
  const staged = await inStage(loaded, path, options.stage);
  const definition = options.recovery === undefined ? staged : { ...staged, recovery: options.recovery };
  const topology = compileTopology(definition, { regions: "all", directory });
  const outdir = options.out === undefined ? join(dirname(path), "cdk.out") : resolve(options.out);
  assertAssemblyFolder(outdir);
  return { topology, escape: aws ?? undefined, outdir };
}

type Definition = Awaited<ReturnType<typeof loadDefinition>>["definition"];

/** The stage decides defaults, so another one than the definition's is put in before they are. */
async function inStage(definition: Definition, path: string, stage: ShipmentOptions["stage"]): Promise<Definition> {
  if (stage === undefined || stage === definition.stage) return definition;
  const module = (await import(pathToFileURL(path).href)) as { readonly default: object };
  return validateDefinition({ ...module.default, stage }).definition ?? definition;
}

/** Whatever is in the folder is removed before the assembly is written, so it may only be an older assembly. */
function assertAssemblyFolder(outdir: string): void {
  if (!existsSync(outdir) || readdirSync(outdir).length === 0) return;
  if (existsSync(join(outdir, "manifest.json")) || existsSync(join(outdir, "holdfast.json"))) return;
  throw new UserError({
    code: "AWS-041" satisfies AwsCode,
    message: `${outdir} has something else in it than a cloud assembly, and would be emptied`,
    fix: "name an empty folder, or one that does not exist, with --out",
  });
}

/** A region of the topology. Rejects with AWS-038 where it is none of them. */
export function regionOf(topology: Topology, name: string): string {
  if (topology.regions.some((region) => region.name === name)) return name;
  const names = topology.regions.map((region) => region.name).join(", ");
  throw new UserError({
    code: "AWS-038" satisfies AwsCode,
    message: `"${name}" is no region of ${topology.system} (it has ${names})`,
    fix: "name one of these regions",
  });
}

/** Loads a system as {@link loadShipment} does, and opens AWS for it. */
export async function openShipment(options: ShipmentOptions): Promise<Opened> {
  const loaded = await loadShipment(options);
  const { topology, escape, outdir } = loaded;
  const { targetOf } = await import("../aws/deploy/active-region.ts");
  const { synthesize } = await import("../aws/synth.ts");
  return {
    ...loaded,
    host: terminalHost(),
    clock: systemClock,
    aws: await openAws(),
    target: targetOf(topology),
    synth: (active) =>
      synthesize({
        topology,
        outdir,
        ...(active === undefined ? {} : { active }),
        ...(escape === undefined ? {} : { escape }),
      }),
  };
}

/** AWS as the environment says it is reached: AWS_PROFILE, AWS_ENDPOINT_URL and the rest are the SDK's own. */
async function openAws(): Promise<Aws> {
  const { Aws } = await import("../aws/deploy/aws.ts");
  const endpoint = process.env["AWS_ENDPOINT_URL"];
  return new Aws(endpoint === undefined ? {} : { endpoint });
}

/**
 * The first Ctrl-C ends the work in good order, after what CloudFormation is at; the second leaves it at once, and
 * CloudFormation goes on by itself.
 */
export function onInterrupt(host: Host): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    host.say({
      level: "warning",
      text: "stopping after what is under way; Ctrl-C again leaves it, and AWS finishes it by itself",
    });
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return controller.signal;
}
