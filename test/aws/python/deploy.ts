/**
 * Deploys the examples' templates into moto's CloudFormation, an imitation in Python that has about half of the types:
 * `npm run test:aws-moto`, a part of `npm test`. It prints the share of types and resources by template, and fails
 * where moto could not make a resource for a reason that is not known below. Where this machine cannot have moto, one
 * line says why, and that is no failure.
 *
 * What passes here has not been deployed: moto keeps everything in memory and checks little of what AWS checks.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../src/aws/synth.ts";
import { runProcess } from "../../support/command.ts";
import { EXAMPLES, type Example, topologyOf, withHostedZone } from "../shipped.ts";
import { pythonEnvironment } from "./environment.ts";

/** Where moto 5.2.5 stumbles over a template that is right, by type: what it says then. */
const FAULTS_OF_MOTO: Readonly<Record<string, RegExp>> = {
  // Names an archive itself, and longer than it allows.
  "AWS::Events::Archive": /at 'archiveName' failed to satisfy constraint/,
  // A reference to something that it gave no id is that thing instead of its name.
  "AWS::RDS::DBInstance": /'DBParameterGroup' object has no attribute 'startswith'/,
  // Knows the listeners of an application load balancer alone.
  "AWS::ElasticLoadBalancingV2::Listener": /Listener protocol 'TCP' must be one of 'HTTP, HTTPS'/,
};

/** What moto made of a stack. */
interface Outcome {
  readonly name: string;
  /** Types that moto has, and those that it has not. */
  readonly types: readonly string[];
  readonly otherTypes: readonly string[];
  readonly resources: number;
  /** Those of a type that moto has which refer to nothing that it has not. */
  readonly given: number;
  readonly made: number;
  /** By logical id. */
  readonly failed: Readonly<Record<string, { readonly type: string; readonly why: string }>>;
}

/** Types whose known fault has shown itself. */
const seen = new Set<string>();
const say = (line: string): boolean => process.stdout.write(`moto: ${line}\n`);

async function deploy(bin: string, example: Example): Promise<boolean> {
  const outdir = mkdtempSync(join(tmpdir(), "holdfast-moto-"));
  try {
    await synthesize({ topology: withHostedZone(await topologyOf(example)), outdir });
    const { code, stdout, stderr } = await runProcess(join(bin, "python"), ["test/aws/python/deploy.py", outdir]);
    if (code !== 0) throw new Error(`moto did not run to its end: ${stderr}`);
    return judge(example, JSON.parse(stdout) as readonly Outcome[]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Says what moto made; true where it made all that it was given, but for its known faults. */
function judge(example: Example, stacks: readonly Outcome[]): boolean {
  for (const { name, types, otherTypes, resources, made } of stacks) {
    const all = types.length + otherTypes.length;
    say(`${name}: has ${types.length} of ${all} types, made ${made} of ${resources} resources`);
  }
  const has = new Set(stacks.flatMap(({ types }) => types)).size;
  const hasNot = new Set(stacks.flatMap(({ otherTypes }) => otherTypes)).size;
  const [made, given, all] = (["made", "given", "resources"] as const).map((key) =>
    stacks.reduce((sum, stack) => sum + stack[key], 0),
  );
  say(
    `${example}: has ${has} of ${has + hasNot} types; made ${made} of the ${given} resources that it could be given, ` +
      `of ${all}, in memory; nothing was deployed to AWS`,
  );
  const failures = stacks.flatMap(({ name, failed }) =>
    Object.entries(failed).map(([id, { type, why }]) => ({ type, why, text: `${name} ${id} (${type}): ${why}` })),
  );
  const open = failures.filter(({ type, why }) => {
    const isKnown = FAULTS_OF_MOTO[type]?.test(why) === true;
    if (isKnown) seen.add(type);
    return !isKnown;
  });
  for (const { text } of open) say(`could not make ${text}`);
  return open.length === 0;
}

async function deployAll(bin: string): Promise<boolean> {
  let isWhole = true;
  for (const example of EXAMPLES) isWhole = (await deploy(bin, example)) && isWhole;
  const mended = Object.keys(FAULTS_OF_MOTO).filter((type) => !seen.has(type));
  for (const type of mended) say(`makes ${type} now: it is no fault of moto's any more`);
  return isWhole && mended.length === 0;
}

const environment = pythonEnvironment();
if ("missing" in environment) say(`skipped, ${environment.missing}`);
else process.exitCode = (await deployAll(environment.bin)) ? 0 : 1;
