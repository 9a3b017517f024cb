import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { CostLine } from "../base/estimate-document.ts";
import { isUserError, messageOf } from "../base/error.ts";
import type { Definition } from "../definition/validate.ts";
import type { RecoveryStrategy, Topology } from "../topology/topology.ts";
import { colors, writeJson } from "./output.ts";
import { jsonOption } from "./shipment.ts";
import { STRATEGIES, configOption, recoveryOption } from "./system.ts";

interface EstimateOptions {
  readonly config: string;
  readonly recovery?: RecoveryStrategy;
  readonly usage?: string;
  readonly json?: string;
  readonly html?: string;
}

const EXAMPLES = `
Examples:
  $ holdfast estimate                               the four strategies side by side
  $ holdfast estimate --recovery pilot-light        one of them, with its stages and its costs by line
  $ holdfast estimate --usage usage.json            with what is metered, from
                                                    { "requestsPerMonth": 30000000, "writesPerMonth": 2000000,
                                                      "outGB": 500, "storedGB": 100 }
  $ holdfast estimate --html strategies.html        a page with cost against recovery, to pass on
  $ holdfast estimate --json - | jq '.strategies[] | {recovery, costUsdPerMonth, meetsObjectives}'

It exits with 0 when it could estimate, whether objectives are met or not. docs/model.md says what it rests on.
`;

/** `holdfast estimate`: availability, recovery times, losses and costs of the recovery strategies, side by side. */
export function estimateCommand(): Command {
  return new Command("estimate")
    .description("the recovery strategies side by side: availability, RTO, RPO, cost, and which meet the objectives")
    .addOption(configOption())
    .addOption(recoveryOption())
    .option("--usage <file>", "how much it is used in a month, as JSON (default: nobody uses it)")
    .addOption(jsonOption())
    .option("--html <file>", "write a page that shows it")
    .addHelpText("after", EXAMPLES)
    .action(estimateSystem);
}

async function estimateSystem(options: EstimateOptions): Promise<void> {
  const { loadDefinition } = await import("../definition/load.ts");
  const { compileTopology } = await import("../topology/compile.ts");
  const { estimate } = await import("../estimate/estimate.ts");
  const { IDLE } = await import("../estimate/cost/usage.ts");
  const usage = options.usage === undefined ? IDLE : await usageFrom(options.usage);
  const { definition: loaded, directory, aws } = await loadDefinition(options.config);
  const { definition, assumes } = await withSecondRegion(loaded);
  const wanted = options.recovery === undefined ? STRATEGIES : [options.recovery];
  const folder = await mkdtemp(join(tmpdir(), "holdfast-estimate-"));
  try {
    const document = await estimate({
      topologies: wanted.map((recovery) => compileTopology({ ...definition, recovery }, { regions: "all", directory })),
      chosen: loaded.recovery,
      usage,
      assumes,
      floorOf: (topology) =>
        floorOf({ topology: withHostedZone(topology), outdir: folder, ...(aws ? { escape: aws } : {}) }).catch(
          (error: unknown) => unpriced(error),
        ),
    });
    if (options.json !== undefined) await writeJson(options.json, document);
    if (options.html !== undefined) {
      const { estimatePage } = await import("../report/estimate/page.ts");
      await writeFile(options.html, estimatePage(document));
    }
    if (options.json === "-") return;
    const { drawEstimate } = await import("../report/estimate/table.ts");
    process.stdout.write(drawEstimate(document, colors));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function usageFrom(file: string) {
  const { readUsage, unreadable } = await import("../estimate/cost/usage.ts");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadable(file, messageOf(cause));
  });
  return readUsage(text, file);
}

/** By the very templates that would be deployed, so that it cannot say something else than `synth`. */
async function floorOf(
  shipment: Parameters<typeof import("../aws/synth.ts").synthesize>[0],
): Promise<readonly CostLine[]> {
  const { synthesize } = await import("../aws/synth.ts");
  const { partOf } = await import("../aws/deploy/active-region.ts");
  const { componentCosts } = await import("../aws/cost/component-cost.ts");
  const { manifest, templates } = await synthesize(shipment);
  const stacks = manifest.stacks.map(({ name, region }) => ({
    name,
    region,
    part: partOf(manifest, name),
    template: templates[name] ?? {},
  }));
  return componentCosts(shipment.topology, stacks);
}

/** What nobody has registered yet is no reason not to know what the rest costs. */
function withHostedZone(topology: Topology): Topology {
  const components = topology.components.map((component) =>
    component.kind === "edge" && component.settings.hostedZoneId === null
      ? { ...component, settings: { ...component.settings, hostedZoneId: "ZESTIMATE" } }
      : component,
  );
  return { ...topology, components };
}

/** What cannot be made into templates, or not here, has no price; everything else can be said all the same. */
function unpriced(error: unknown): readonly CostLine[] {
  if (!isUserError(error)) throw error;
  const assumes = `${error.code} ${error.message}; ${error.fix}`;
  return [{ component: "system", what: "what would be deployed", usdPerMonth: null, assumes }];
}

/** Strategies are about a second region; where there is none, they are looked at as if there were one. */
async function withSecondRegion(
  definition: Definition,
): Promise<{ readonly definition: Definition; readonly assumes: readonly string[] }> {
  const [primary] = definition.regions;
  if (definition.regions.length !== 1 || primary === undefined) return { definition, assumes: [] };
  const { zonesOf } = await import("../facts/region.ts");
  const name = primary.name === "us-west-2" ? "us-east-1" : "us-west-2";
  const zones = zonesOf(name).slice(0, primary.zones.length);
  return {
    definition: { ...definition, regions: [primary, { name, role: "secondary", zones }] },
    assumes: [`the definition has no second region: ${name} is taken for it`],
  };
}
