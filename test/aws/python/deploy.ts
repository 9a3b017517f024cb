/**
 * Deploys the examples' templates into moto's CloudFormation, an imitation in Python that has about half of the types:
 * `npm run test:aws-moto`. It prints the share that it knows. What passes here has not been deployed: moto checks
 * little of what AWS checks, and gives up on a stack for faults of its own; so this measures, and fails nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../src/aws/synth.ts";
import { EXAMPLES, topologyOf, withHostedZone } from "../shipped.ts";
import { tool } from "./environment.ts";

interface Outcome {
  readonly known: readonly string[];
  readonly unknown: readonly string[];
  /** By stack: resources that moto was given, of so many. */
  readonly made: Readonly<Record<string, readonly [number, number]>>;
  readonly failed: Readonly<Record<string, string>>;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const python = tool("moto", "moto[all]>=5.1");
for (const example of EXAMPLES) {
  const outdir = mkdtempSync(join(tmpdir(), "holdfast-moto-"));
  await synthesize({ topology: withHostedZone(await topologyOf(example)), outdir });
  const { stdout, stderr, status } = spawnSync(python, ["test/aws/python/deploy.py", outdir]);
  rmSync(outdir, { recursive: true, force: true });
  if (status !== 0) throw new Error(stderr.toString());
  const { known, unknown, made, failed } = JSON.parse(stdout.toString()) as Outcome;
  const [given, all] = Object.values(made).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  say(`${example}: moto has ${known.length} of ${known.length + unknown.length} types`);
  say(`  ${given} of ${all} resources were made in ${Object.keys(made).length} stacks, in memory, not in AWS`);
  say(`  types that it has not: ${unknown.join(", ")}`);
  for (const [stack, why] of Object.entries(failed)) say(`  moto could not make the rest of ${stack}: ${why}`);
}
