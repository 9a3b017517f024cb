import { join, relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../base/clock.ts";
import type { Host } from "../base/host.ts";
import type { Ms } from "../base/units.ts";
import type { DrillsDocument } from "../drill/document.ts";
import { type ListedDrill, listDrills, runDrills } from "../drill/drills.ts";
import { planDrills } from "../drill/plan.ts";
import { CACHE, DATABASE } from "../facts/timing.ts";
import { openWorld } from "../local/open-world.ts";
import { drawDrillTable } from "../report/drill-table.ts";
import type { PaceName } from "../topology/timing.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import { EXIT, colors, terminalHost, writeJson } from "./output.ts";
import {
  type SystemOptions,
  configOption,
  loadSystem,
  paceOption,
  recoveryOption,
  regionsOption,
  stateOption,
} from "./system.ts";

interface DrillCommandOptions extends SystemOptions {
  readonly pace: PaceName;
  readonly seed: number;
  readonly rate: number;
  readonly all?: boolean;
  readonly list?: boolean;
  readonly json?: string;
}

/** What a shell expects of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

const EXAMPLES = `
Examples:
  $ holdfast drill                              the tour: the six most telling, in under two minutes
  $ holdfast drill database-crash zone-loss     these two
  $ holdfast drill --list                       what there is, and what it can strike in this system
  $ holdfast drill --seed 7 --rate 200 --json report.json

Exit codes: 0 every drill passed, 1 one failed, 2 unknown, 3 yours to mend, 70 our bug.
`;

/** `holdfast drill [NAME…]`: breaks the system on purpose, under load, and measures what it cost. */
export function drillCommand(): Command {
  return new Command("drill")
    .description("break the system under load and measure recovery, failed requests and lost writes")
    .argument("[names...]", "which drills; the tour where left out")
    .option("--list", "show every drill and what it can strike, and run none")
    .option("--all", "run every drill that applies")
    .option("--seed <number>", "of the arrivals, the keys and the targets", wholeNumber, 1)
    .option("--rate <rps>", "operations that arrive in a second", rate, 50)
    .option("--json <file>", "write the report as JSON (- for standard output)")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(paceOption())
    .addOption(regionsOption())
    .addOption(recoveryOption())
    .addHelpText("after", EXAMPLES)
    .action(drill);
}

async function drill(names: readonly string[], options: DrillCommandOptions): Promise<void> {
  const host = terminalHost();
  const system = await loadSystem(options, host);
  if (options.list) return list(listDrills(system.topology), options.json);
  const planned = planDrills(system.topology, { names, all: options.all === true, seed: options.seed });
  const interrupted = onInterrupt(host);
  const { world, close } = await openWorld(system, { pace: options.pace, host });
  try {
    const { seed, rate } = options;
    const directory = join(system.stateDirectory, "drills");
    const documentedMs = promotionTimes(world.topology);
    const session = {
      planned,
      world,
      host,
      clock: systemClock,
      seed,
      rate,
      directory,
      documentedMs,
      signal: interrupted,
    };
    const report = await runDrills(session, ({ name, verdict }) =>
      host.say({ level: "info", about: name, text: verdict }),
    );
    await show(report, names, options);
    process.exitCode = interrupted.aborted ? INTERRUPTED : EXIT[report.verdict];
  } catch (error) {
    if (!interrupted.aborted) throw error;
    process.exitCode = INTERRUPTED;
  } finally {
    await close();
  }
}

async function show(report: DrillsDocument, names: readonly string[], options: DrillCommandOptions): Promise<void> {
  if (options.json !== undefined) await writeJson(options.json, report);
  if (options.json === "-") return;
  const drills = report.drills.map((drill) => ({ ...drill, journal: relative(process.cwd(), drill.journal) }));
  const table = drawDrillTable({ ...report, drills }, colors, repeatCommand(report, names, options));
  process.stdout.write(`${table}\n`);
}

/** The command that makes the same drills again. */
function repeatCommand(
  { seed, rate, pace }: DrillsDocument,
  names: readonly string[],
  options: DrillCommandOptions,
): string {
  const which = options.all ? ["--all"] : names;
  const strategy = options.recovery === undefined ? [] : ["--recovery", options.recovery];
  const config = options.config === "holdfast.config.ts" ? [] : ["--config", options.config];
  return ["holdfast drill", ...which, `--seed ${seed} --rate ${rate} --pace ${pace}`, ...strategy, ...config].join(" ");
}

async function list(drills: readonly ListedDrill[], json: string | undefined): Promise<void> {
  if (json !== undefined) return writeJson(json, { holdfast: 1, drills });
  const width = Math.max(...drills.map(({ name }) => name.length));
  for (const { name, summary, targets, fisAction } of drills) {
    const aims = targets.length === 0 ? "does not apply to this system" : targets.join(", ");
    process.stdout.write(`${colors.bold(name.padEnd(width))}  ${summary}\n`);
    process.stdout.write(
      colors.dim(
        `${" ".repeat(width)}  strikes: ${aims}\n${" ".repeat(width)}  at AWS: ${fisAction ?? "no FIS action"}\n`,
      ),
    );
  }
}

/** What the provider documents for promoting a replica, the longer end of a range. */
function promotionTimes(topology: Topology): Readonly<Record<string, Ms>> {
  const databases = componentsOf(topology, "database").map(({ id, settings }) => {
    return [
      id,
      settings.engine === "aurora-postgresql" ? DATABASE.auroraFailover.value : DATABASE.multiAzFailover.value[1],
    ];
  });
  const caches = componentsOf(topology, "cache").map(({ id }) => [id, CACHE.failover.value]);
  return Object.fromEntries([...databases, ...caches]) as Record<string, Ms>;
}

/** The first Ctrl-C ends the drills in good order; a second one is the system's own. */
function onInterrupt(host: Host): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    host.say({ level: "warning", text: "stopping: undoing the fault and writing the journal's end" });
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return controller.signal;
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a whole number, such as 7");
}

function rate(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 2_000) return value;
  throw new InvalidArgumentError("it is a number above 0, at most 2000");
}
