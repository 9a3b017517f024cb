import { relative } from "node:path";
import { Command } from "commander";
import type { Floor } from "../aws/cost/floor.ts";
import type { Finding } from "../base/audit-document.ts";
import { EXIT, colors, writeJson } from "./output.ts";
import {
  type Loaded,
  type ShipmentOptions,
  jsonOption,
  loadShipment,
  outOption,
  regionOf,
  stageOption,
} from "./shipment.ts";
import { configOption, recoveryOption } from "./system.ts";

interface SynthOptions extends ShipmentOptions {
  readonly active?: string;
}

/** A stack as `--json` tells of it. */
interface SynthesizedStack {
  readonly name: string;
  readonly region: string;
  readonly part: string;
  readonly resources: number;
  readonly after: readonly string[];
}

/** What `synth --json` writes. */
interface SynthDocument {
  readonly holdfast: 1;
  readonly system: string;
  readonly stage: string;
  readonly recovery: string;
  readonly active: string;
  readonly out: string;
  readonly stacks: readonly SynthesizedStack[];
  readonly floor: Floor;
  /** What `holdfast audit` finds in these templates, by the objectives of the definition. */
  readonly findings: readonly Finding[];
}

const EXAMPLES = `
Examples:
  $ holdfast synth                                  the cloud assembly into cdk.out, and what it costs at rest
  $ holdfast synth --recovery pilot-light           another strategy than the definition's
  $ holdfast synth --stage dev --out /tmp/dev       the cheap profile
  $ holdfast synth --active us-west-2               as it is after a failover
  $ holdfast synth --json - | jq .floor.usdPerMonth
  $ npx cdk diff --app cdk.out                      the assembly is an ordinary one of the CDK

The floor is what runs idle by list prices; requests, traffic and stored data come on top of it.
`;

/** `holdfast synth`: the definition as AWS CDK stacks, and what they cost a month while nobody uses them. */
export function synthCommand(): Command {
  return new Command("synth")
    .description("write the system as AWS CDK stacks, with their monthly floor by line")
    .addOption(configOption())
    .addOption(outOption())
    .addOption(recoveryOption())
    .addOption(stageOption())
    .option("--active <region>", "the region that serves (default: the primary one)")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(synth);
}

async function synth(options: SynthOptions): Promise<void> {
  const loaded = await loadShipment(options);
  const document = await synthesized(loaded, options.active);
  if (options.json !== undefined) await writeJson(options.json, document);
  if (options.json !== "-") process.stdout.write(drawSynth(document));
  const isGrave = ({ severity }: Finding): boolean => severity === "critical" || severity === "high";
  // The cheap profile gives up what a grave finding asks for: that is what makes it cheap, and no failure.
  if (document.stage !== "dev" && document.findings.some(isGrave)) process.exitCode = EXIT.fail;
}

async function synthesized({ topology, escape, outdir }: Loaded, active: string | undefined): Promise<SynthDocument> {
  const { synthesize } = await import("../aws/synth.ts");
  const { floorOf } = await import("../aws/cost/floor.ts");
  const { directory, manifest, templates } = await synthesize({
    topology,
    outdir,
    ...(active === undefined ? {} : { active: regionOf(topology, active) }),
    ...(escape === undefined ? {} : { escape }),
  });
  const { auditAssembly } = await import("./audit-assembly.ts");
  const { partOf } = await import("../aws/deploy/active-region.ts");
  const stacks = manifest.stacks.map(({ name, region, after }) => {
    const template = templates[name] ?? {};
    return { name, region, part: partOf(manifest, name), after, template };
  });
  return {
    holdfast: 1,
    system: manifest.system,
    stage: manifest.stage,
    recovery: manifest.recovery,
    active: manifest.active,
    out: directory,
    stacks: stacks.map(({ template, ...stack }) => ({
      ...stack,
      resources: Object.keys(template.Resources ?? {}).length,
    })),
    floor: floorOf(stacks),
    findings: await auditAssembly(directory, topology),
  };
}

function drawSynth({ system, stage, recovery, active, out, stacks, floor, findings }: SynthDocument): string {
  const width = Math.max(...stacks.map(({ name }) => name.length)) + 2;
  const lines = stacks.map(({ name, resources }) => {
    const count = resources === 0 ? colors.dim("nothing") : `${resources} resources`;
    return `  ${name.padEnd(width)}${count}`;
  });
  const total = stacks.reduce((sum, { resources }) => sum + resources, 0);
  return [
    `${colors.bold(system)}: ${recovery}, ${stage}; ${active} serves`,
    ...lines,
    `${stacks.length} stacks, ${total} resources, in ${relative(process.cwd(), out) || "."}`,
    ...(stage === "dev" && findings.length > 0 ? ["what the cheap profile gives up, as the audit sees it:"] : []),
    ...drawFindings(findings),
    "",
    ...drawFloor(floor),
    "",
  ].join("\n");
}

function drawFindings(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [`${colors.green("✔")} the audit finds nothing in them`];
  return findings.map(({ severity, resource, message, fix }) => {
    const mark = severity === "critical" || severity === "high" ? colors.red("✘") : colors.yellow("!");
    return `${mark} ${colors.bold(resource)} ${message}\n  ${colors.dim("fix:")} ${fix}`;
  });
}

const FLOOR_WIDTH = 46;

function drawFloor({ usdPerMonth, regions, assumes, unpriced }: Floor): string[] {
  const rows = regions.flatMap(({ region, usdPerMonth: own, lines }) => [
    `  ${colors.bold(region.padEnd(FLOOR_WIDTH + 6))}${dollars(own)}`,
    ...lines.map(({ what, quantity, usdPerMonth: usd }) => {
      const count = String(Math.round(quantity * 100) / 100).padStart(8);
      return `    ${what.padEnd(FLOOR_WIDTH - 4)}${count}${usd === null ? "     unknown" : dollars(usd)}`;
    }),
  ]);
  return [
    colors.bold("What it costs a month while nobody uses it"),
    ...rows,
    `  ${colors.bold("total".padEnd(FLOOR_WIDTH + 6))}${dollars(usdPerMonth)}${unpriced.length > 0 ? " at least" : ""}`,
    ...unpriced.map((line) => colors.yellow(`  no price is known for ${line}`)),
    ...assumes.map((line) => colors.dim(`  ${line}`)),
  ];
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`.padStart(12);
}
