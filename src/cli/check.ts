import { Command, Option } from "commander";
import type { PlacedProblem } from "../definition/load.ts";
import { EXIT, colors, writeJson } from "./output.ts";

interface Options {
  readonly config: string;
  readonly regions: "primary" | "all";
  readonly json?: string;
}

const EXAMPLES = `
Examples:
  holdfast check
  holdfast check --config examples/shop/holdfast.config.ts --regions primary
  holdfast check --json - | jq '.blastRadius[] | select(.journeysLost != [])'
`;

/**
 * `holdfast check`: validates the definition, draws the topology, shows what each loss stops. Exits with 3 where there
 * are problems.
 */
export function checkCommand(): Command {
  return new Command("check")
    .description("validates the definition; draws the topology; lists single points of failure")
    .option("--config <file>", "the definition", "holdfast.config.ts")
    .addOption(new Option("--regions <which>", "the regions to look at").choices(["primary", "all"]).default("all"))
    .option("--json <file>", "write the result as JSON; - is standard output, and then nothing else is written there")
    .addHelpText("after", EXAMPLES)
    .action(check);
}

async function check({ config, regions, json }: Options): Promise<void> {
  const { readDefinition } = await import("../definition/load.ts");
  const { compileTopology } = await import("../topology/compile.ts");
  const { definition, directory, problems } = await readDefinition(config);
  const topology = definition && compileTopology(definition, { regions, directory });
  if (problems.length > 0) process.exitCode = EXIT.userError;
  if (json !== undefined) {
    const { checkDocument } = await import("../report/check-document.ts");
    await writeJson(json, checkDocument(topology, problems));
  }
  if (!topology) return printProblems(problems);
  if (json === "-") return;
  const { drawBlastRadii, drawTopology } = await import("../report/topology-text.ts");
  const { blastRadii } = await import("../topology/blast-radius.ts");
  process.stdout.write(`${drawTopology(topology)}\n\n${drawBlastRadii(topology, blastRadii(topology))}\n`);
}

/** On standard error, so that standard output holds results alone. */
function printProblems(problems: readonly PlacedProblem[]): void {
  for (const { code, place, at, message, fix } of problems) {
    const where = at === place ? at : `${place} ${at}`;
    process.stderr.write(`${colors.red(code)} ${colors.bold(where)}\n  ${message}\n  ${colors.dim("fix:")} ${fix}\n`);
  }
  process.stderr.write(`${problems.length === 1 ? "1 problem" : `${problems.length} problems`}\n`);
}
