import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import type { SimulateDocument } from "../base/simulate-document.ts";
import type { Design } from "../simulate/system/design.ts";
import type { RecoveryStrategy } from "../topology/topology.ts";
import { INTERRUPTED, colors, draw, terminalHost, writeJson } from "./output.ts";
import { jsonOption } from "./shipment.ts";
import { configOption, recoveryOption } from "./system.ts";
import { type TemplateOptions, designOfTemplates } from "./template.ts";

interface SimulateOptions extends TemplateOptions {
  readonly config: string;
  readonly template?: readonly string[];
  readonly recovery?: RecoveryStrategy;
  readonly years: number;
  readonly seed: number;
  readonly threads?: number;
  readonly whatIf?: string;
  readonly sensitivity?: boolean;
  readonly rare?: boolean;
  readonly json?: string;
  readonly html?: string;
}

const EXAMPLES = `
Examples:
  $ holdfast simulate                               a thousand years, in seconds
  $ holdfast simulate --years 10000 --seed 7        more of them, with other chance
  $ holdfast simulate --recovery pilot-light        with another recovery strategy
  $ holdfast simulate --what-if other.config.ts     another definition beside it, on the same seeds
  $ holdfast simulate --sensitivity                 and which cause, if it were halved, would buy most
  $ holdfast simulate --rare                        and what is too rare to be met in a thousand years
  $ holdfast simulate --html years.html             a page to read and to pass on
  $ holdfast simulate --json - | jq .availability
  $ holdfast simulate --template template.yaml      what somebody else built: CloudFormation, SAM, cdk.out, a plan
  $ holdfast simulate --template cdk.out --what-if new/cdk.out --sensitivity
  $ holdfast simulate --template plan.json --assumptions assumptions.yaml

What templates do not say is assumed, each assumption is told, and the file of --assumptions says it better; all of it
may be left out:
  peak: 500 requests/second                         # of customers, at the busiest time
  tasks: { Api: { count: 6, bears: 150 requests/second } }
  zones: { Database: [us-east-1a] }                 # where instances stand of which the template does not say it
  needs: { Api: [Database] }                        # what a program waits for, beside what the template tells
  entries: [Balancer]                               # where customers come in
  region: us-east-1                                 # which is played, where there are several
  failures: { zone: { between: 20 years } }         # as in a definition; load, too

The same seed gives the same result, on however many threads. It exits with 0 when it could simulate, whether objectives
are met or not.
docs/simulation.md says what it rests on.
`;

/** `holdfast simulate`: years of operation in virtual time. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("years of operation in virtual time: availability, what strikes it, and what that costs customers")
    .addOption(configOption())
    .option("--years <n>", "how many years", yearsFrom, 1_000)
    .option("--seed <n>", "what all chance follows from", wholeNumber, 1)
    .option(
      "--threads <n>",
      "how many play at a time; the result is the same (default: as many as processors)",
      threadsFrom,
    )
    .addOption(new Option("--pace <pace>", "how fast AWS's timers go: as they are").choices(["aws"]).default("aws"))
    .addOption(recoveryOption())
    .addOption(
      new Option("--template <path...>", "templates, cdk.out or a Terraform plan, in place of a definition").conflicts([
        "config",
        "recovery",
      ]),
    )
    .option("--assumptions <file>", "what templates do not say, as YAML or JSON")
    .option("--parameters <file>", "values of the templates' parameters, over their defaults")
    .option("--region <name>", "where templates are deployed that do not say it")
    .option("--what-if <path>", "another definition, or another template, to hold beside this one")
    .option("--sensitivity", "say what halving the rate or the duration of each of the worst causes would buy")
    .option("--rare", "say what begins while something else is broken, which the years may not contain, and the worst")
    .addOption(jsonOption())
    .option("--html <file>", "write a page that shows it")
    .addHelpText("after", EXAMPLES)
    .action(simulateSystem);
}

/** Each has a copy of the whole model. */
const MOST_THREADS = 64;

function yearsFrom(text: string): number {
  const years = Number(text);
  if (Number.isInteger(years) && years >= 1 && years <= 1_000_000) return years;
  throw new InvalidArgumentError("it is a whole number from 1 to 1000000");
}

function threadsFrom(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InvalidArgumentError(`it is a whole number from 1 to ${MOST_THREADS}`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("it is a whole number, 0 or more");
}

async function simulateSystem(options: SimulateOptions, command: Command): Promise<void> {
  for (const name of ["assumptions", "parameters", "region"] as const) {
    if (options[name] !== undefined && options.template === undefined) {
      command.error(`error: option '--${name}' is for '--template'`);
    }
  }
  const { simulate } = await import("../simulate/system/simulate.ts");
  const { drawSimulation } = await import("../report/simulate/text.ts");
  const { config, template, whatIf, years, seed, threads = availableParallelism() } = options;
  const design = await designFrom(template ?? config, options);
  const other = whatIf === undefined ? {} : { other: { name: whatIf, design: await designOfOther(whatIf, options) } };
  const wanted = { sensitivity: options.sensitivity === true, rare: options.rare === true };
  const since = systemClock.now();
  const result = await interruptible((onProgress) =>
    simulate({ design, years, seed, threads, ...other, ...wanted, onProgress }),
  );
  if (result === null) return;
  const document: SimulateDocument = { ...result, wallMs: Math.round(systemClock.now() - since) };
  if (options.json !== undefined) await writeJson(options.json, document);
  if (options.html !== undefined) {
    const { simulationPage } = await import("../report/simulate/page.ts");
    await writeFile(options.html, simulationPage(document));
  }
  draw(drawSimulation(document, colors), options);
}

function designOfOther(path: string, options: SimulateOptions): Promise<Design> {
  return designFrom(options.template === undefined ? path : [path], options);
}

/** Of a definition's file, or of templates. */
async function designFrom(source: string | readonly string[], options: SimulateOptions): Promise<Design> {
  if (typeof source !== "string") return designOfTemplates(source, options);
  const { loadDefinition } = await import("../definition/load.ts");
  const { compileTopology } = await import("../topology/compile.ts");
  const { definition, directory } = await loadDefinition(source);
  const { recovery } = options;
  const { designOf } = await import("../simulate/system/design.ts");
  return designOf(compileTopology({ ...definition, ...(recovery && { recovery }) }, { regions: "all", directory }));
}

const TOLD_EVERY_MS = 5_000;
/** What the simulation plays between two times that it tells how far it is. */
const YEARS_IN_PIECE = 25;

class Interrupted extends Error {}

/** Lets Ctrl-C end a long run between two pieces of it, and says now and then how far it is. Null: it was ended. */
async function interruptible<T>(run: (onProgress: () => Promise<void>) => Promise<T>): Promise<T | null> {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.once("SIGINT", interrupt);
  let told = systemClock.now();
  let pieces = 0;
  try {
    return await run(async () => {
      pieces += 1;
      await new Promise<void>((resolve) => setImmediate(resolve)); // signals are heard between two pieces
      if (isInterrupted) throw new Interrupted();
      if (systemClock.now() - told < TOLD_EVERY_MS) return;
      told = systemClock.now();
      terminalHost().say({ level: "progress", text: `${pieces * YEARS_IN_PIECE} years so far` });
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = INTERRUPTED;
    return null;
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}
