import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import type { SimulateDocument } from "../base/simulate-document.ts";
import type { RecoveryStrategy, Topology } from "../topology/topology.ts";
import { INTERRUPTED, colors, draw, terminalHost, writeJson } from "./output.ts";
import { jsonOption } from "./shipment.ts";
import { configOption, recoveryOption } from "./system.ts";

interface SimulateOptions {
  readonly config: string;
  readonly recovery?: RecoveryStrategy;
  readonly years: number;
  readonly seed: number;
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

The same seed gives the same result. It exits with 0 when it could simulate, whether objectives are met or not.
docs/model.md says what it rests on.
`;

/** `holdfast simulate`: years of operation in virtual time. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("years of operation in virtual time: availability, what strikes it, and what that costs customers")
    .addOption(configOption())
    .option("--years <n>", "how many years", yearsFrom, 1_000)
    .option("--seed <n>", "what all chance follows from", wholeNumber, 1)
    .addOption(new Option("--pace <pace>", "how fast AWS's timers go: as they are").choices(["aws"]).default("aws"))
    .addOption(recoveryOption())
    .option("--what-if <file>", "another definition, to hold beside this one")
    .option("--sensitivity", "say what halving the rate or the duration of each of the worst causes would buy")
    .option("--rare", "say what begins while something else is broken, which the years may not contain")
    .addOption(jsonOption())
    .option("--html <file>", "write a page that shows it")
    .addHelpText("after", EXAMPLES)
    .action(simulateSystem);
}

function yearsFrom(text: string): number {
  const years = Number(text);
  if (Number.isInteger(years) && years >= 1 && years <= 1_000_000) return years;
  throw new InvalidArgumentError("it is a whole number from 1 to 1000000");
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("it is a whole number, 0 or more");
}

async function simulateSystem(options: SimulateOptions): Promise<void> {
  const { simulate } = await import("../simulate/system/simulate.ts");
  const { drawSimulation } = await import("../report/simulate/text.ts");
  const { config, recovery, whatIf, years, seed } = options;
  const topology = await topologyOf(config, recovery);
  const other = whatIf === undefined ? {} : { other: { name: whatIf, topology: await topologyOf(whatIf, recovery) } };
  const wanted = { sensitivity: options.sensitivity === true, rare: options.rare === true };
  const since = systemClock.now();
  const result = await interruptible((onProgress) =>
    simulate({ topology, years, seed, ...other, ...wanted, onProgress }),
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

async function topologyOf(config: string, recovery: RecoveryStrategy | undefined): Promise<Topology> {
  const { loadDefinition } = await import("../definition/load.ts");
  const { compileTopology } = await import("../topology/compile.ts");
  const { definition, directory } = await loadDefinition(config);
  return compileTopology({ ...definition, ...(recovery && { recovery }) }, { regions: "all", directory });
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
