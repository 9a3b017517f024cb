import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { Ms } from "../base/units.ts";
import type { DrillCode } from "../drill/codes.ts";
import type { DrillsDocument } from "../drill/document.ts";
import { listDrills, runDrills } from "../drill/drills.ts";
import { runNemesis } from "../drill/nemesis/nemesis.ts";
import { planDrills } from "../drill/plan.ts";
import { CACHE, DATABASE } from "../facts/timing.ts";
import { refuseUnsupported } from "../local/not-supported.ts";
import { openWorld } from "../local/open-world.ts";
import type { PaceName } from "../topology/timing.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import { drawDrillList } from "./drill-list.ts";
import { type DrillOutputs, assertWritable, showDrills } from "./drill-output.ts";
import { EXIT, INTERRUPTED, terminalHost, writeJson } from "./output.ts";
import {
  type SystemOptions,
  configOption,
  loadSystem,
  paceOption,
  rateOption,
  recoveryOption,
  regionsOption,
  stateOption,
} from "./system.ts";

interface DrillCommandOptions extends SystemOptions, DrillOutputs {
  readonly pace: PaceName;
  readonly seed: number;
  readonly rate: number;
  readonly all?: boolean;
  readonly list?: boolean;
  readonly nemesis?: boolean;
  readonly minutes: number;
}

const EXAMPLES = `
Examples:
  $ holdfast drill                              the tour: the six most telling, in under two minutes
  $ holdfast drill database-crash zone-loss     these two
  $ holdfast drill --list                       what there is, and what it can strike in this system
  $ holdfast drill --seed 7 --rate 200 --json report.json
  $ holdfast drill --all --html report.html     a page to read and to pass on, with every drill's time line
  $ holdfast drill --junit drills.xml           for a CI that shows tests: a test case a drill
  $ holdfast drill --nemesis --minutes 10 --seed 7
                                                for ten minutes, faults drawn from all of them by the seed

Exit codes: 0 every drill passed, 1 one failed, 2 unknown, 3 yours to mend, 70 our bug.
`;

/** `holdfast drill [NAME…]`: breaks the system on purpose, under load, and measures what it cost. */
export function drillCommand(): Command {
  return new Command("drill")
    .description("break the system under load and measure recovery, failed requests and lost writes")
    .argument("[names...]", "which drills; the tour where left out")
    .option("--list", "show every drill and what it can strike, and run none")
    .option("--all", "run every drill that applies")
    .option("--nemesis", "draw faults from all that apply, sometimes two at once, under one load")
    .option("--minutes <number>", "how long the nemesis strikes", minutes, 5)
    .option("--seed <number>", "of the arrivals, the keys and the targets", wholeNumber, 1)
    .addOption(rateOption("operations that arrive in a second"))
    .option("--json <file>", "write the report as JSON (- for standard output)")
    .option("--html <file>", "write the report as one self-contained page", aFile)
    .option("--junit <file>", "write the verdicts as JUnit's XML", aFile)
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
  if (options.list) return list(system.topology, options.json);
  assertOneKind(names, options);
  refuseUnsupported(system.topology);
  const planned = planDrills(system.topology, { names, all: options.all === true, seed: options.seed });
  await assertWritable(options);
  const interrupted = onInterrupt(host);
  const { world, close } = await openWorld(system, { pace: options.pace, host });
  try {
    const { seed, rate } = options;
    const directory = join(system.stateDirectory, "drills");
    const documentedMs = promotionTimes(world.topology);
    const session = {
      world,
      host,
      clock: systemClock,
      seed,
      rate,
      directory,
      documentedMs,
      signal: interrupted,
    };
    const onDrill: OnDrill = ({ name, verdict }) => host.say({ level: "info", about: name, text: verdict });
    const report = options.nemesis
      ? await runNemesis(session, options.minutes, onDrill)
      : await runDrills({ ...session, planned }, onDrill);
    await showDrills(report, repeatCommand(report, names, options), options);
    process.exitCode = interrupted.aborted ? INTERRUPTED : EXIT[report.verdict];
  } catch (error) {
    if (!interrupted.aborted) throw error;
    process.exitCode = INTERRUPTED;
  } finally {
    await close();
  }
}

type OnDrill = Parameters<typeof runDrills>[1];

/** The nemesis chooses by itself. */
function assertOneKind(names: readonly string[], { nemesis, all }: DrillCommandOptions): void {
  if (!nemesis || (names.length === 0 && !all)) return;
  throw new UserError({
    code: "DRL-008" satisfies DrillCode,
    message: "--nemesis draws its faults by itself, so it takes neither names nor --all",
    fix: "leave one of them out",
  });
}

/** The command that makes the same drills again. */
function repeatCommand(
  { seed, rate, pace }: DrillsDocument,
  names: readonly string[],
  options: DrillCommandOptions,
): string {
  const which = options.nemesis ? [`--nemesis --minutes ${options.minutes}`] : options.all ? ["--all"] : names;
  const strategy = options.recovery === undefined ? [] : ["--recovery", options.recovery];
  const config = options.config === "holdfast.config.ts" ? [] : ["--config", options.config];
  return ["holdfast drill", ...which, `--seed ${seed} --rate ${rate} --pace ${pace}`, ...strategy, ...config].join(" ");
}

async function list(topology: Topology, json: string | undefined): Promise<void> {
  const drills = listDrills(topology);
  if (json !== undefined) await writeJson(json, { holdfast: 1, drills });
  else process.stdout.write(drawDrillList(drills));
}

/** What the provider documents for promoting a replica, the longer end of a range. */
function promotionTimes(topology: Topology): Readonly<Record<string, Ms>> {
  const databases = componentsOf(topology, "database").map(({ id, settings }) => {
    return [
      id,
      settings.engine.startsWith("aurora-") ? DATABASE.auroraFailover.value : DATABASE.multiAzFailover.value[1],
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

function aFile(text: string): string {
  if (text !== "-") return text;
  throw new InvalidArgumentError("it is a file; only --json goes to standard output");
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1_440) return value;
  throw new InvalidArgumentError("it is a number above 0, at most 1440 (a day)");
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a whole number, such as 7");
}
