import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { Ms } from "../base/units.ts";
import type { DrillCode } from "../drill/codes.ts";
import type { DrillsDocument } from "../base/drill-document.ts";
import { listDrills, needsBackups, runDrills } from "../drill/drills.ts";
import { runNemesis } from "../drill/nemesis/nemesis.ts";
import { type PlannedDrill, needsRegions, planDrills } from "../drill/plan.ts";
import type { Session } from "../drill/rig.ts";
import { STRATEGY_DRILL, compareStrategies } from "../drill/strategies.ts";
import { ECS } from "../facts/timing.ts";
import { refuseUnsupported } from "../local/not-supported.ts";
import { type SystemOnDisk, openWorld } from "../local/open-world.ts";
import { documentedFailoverMs } from "../topology/spec.ts";
import type { PaceName } from "../topology/timing.ts";
import { strategyObjective } from "../topology/strategy-objective.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import { predictionsFor } from "./drill-prediction.ts";
import { drawDrillList } from "./drill-list.ts";
import { type DrillOutputs, assertWritable, showDrills } from "./drill-output.ts";
import { nemesisPlay } from "./drill-schedules.ts";
import { freshState } from "./drill-strategies.ts";
import { EXIT, INTERRUPTED, terminalHost, writeJson } from "./output.ts";
import { regionTimes, restoreTimes } from "./region-times.ts";
import {
  STRATEGIES,
  type SystemOptions,
  backupsWithKey,
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
  readonly fromSimulation?: boolean;
  readonly minutes: number;
  readonly strategies?: boolean;
  readonly times: number;
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
  $ holdfast drill --nemesis --from-simulation  what the simulator finds to be worst, on the real processes
  $ holdfast drill region-loss                  the region that serves is lost; this runs all regions
  $ holdfast drill --all --regions all          every drill, those of whole regions too
  $ holdfast drill --strategies --times 3       a region lost under each of the four strategies, three times
  $ holdfast drill --strategies --recovery pilot-light
                                                that one alone

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
    .addOption(
      new Option("--from-simulation", "play the worst schedules that the simulator finds, instead of drawing").implies({
        nemesis: true,
      }),
    )
    .option("--minutes <number>", "how long the nemesis strikes", minutes, 5)
    .option("--strategies", "lose a region under each recovery strategy, and put what it cost side by side")
    .option("--times <number>", "how often each strategy is drilled; the median counts", times, 1)
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

async function drill(names: readonly string[], given: DrillCommandOptions): Promise<void> {
  const host = terminalHost();
  const options = withRegions(names, given);
  const system = await loadSystem(options, host);
  if (options.list) return list(system.topology, options.json);
  assertOneKind(names, options);
  refuseUnsupported(system.topology);
  const wanted = options.strategies ? [STRATEGY_DRILL] : names;
  const planned = planDrills(system.topology, { names: wanted, all: options.all === true, seed: options.seed });
  await assertWritable(options);
  const play = await nemesisPlay(options, system.topology, host);
  const around: Around = { host, options, directory: join(system.stateDirectory, "drills"), signal: onInterrupt(host) };
  try {
    const report = options.strategies
      ? await drillStrategies(system, around)
      : await inWorld(withBackups(system, planned), around, (session) =>
          options.nemesis
            ? runNemesis(session, play, onDrillOf(host))
            : runDrills({ ...session, planned }, onDrillOf(host)),
        );
    await showDrills(report, repeatCommand(report, names, options), options);
    process.exitCode = around.signal.aborted ? INTERRUPTED : EXIT[report.verdict];
  } catch (error) {
    if (!around.signal.aborted) throw error;
    process.exitCode = INTERRUPTED;
  }
}

/** A system that is drilled in one region is thrown away, and keeps backups only where a drill is about them. */
function withBackups(system: SystemOnDisk, planned: readonly PlannedDrill[]): SystemOnDisk {
  return needsBackups(planned, system.topology) ? { ...system, backups: backupsWithKey() } : system;
}

/** What all drills of a command share, whatever system they are made on. */
interface Around {
  readonly host: Host;
  readonly options: DrillCommandOptions;
  /** Where journals go. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Drills the system that runs, or one that is started for it and stopped afterwards. */
async function inWorld(
  system: SystemOnDisk,
  { host, options, directory, signal }: Around,
  work: (session: Omit<Session, "budgets">) => Promise<DrillsDocument>,
): Promise<DrillsDocument> {
  const { world, close } = await openWorld(system, { pace: options.pace, host });
  try {
    const { seed, rate } = options;
    const documentedMs = promotionTimes(world.topology);
    const predict = predictionsFor(world, seed);
    return await work({ world, host, clock: systemClock, seed, rate, directory, documentedMs, predict, signal });
  } finally {
    await close();
  }
}

/** Each strategy has a system of its own, from nothing: what one leaves behind must not help or hinder the next. */
async function drillStrategies(system: SystemOnDisk, around: Around): Promise<DrillsDocument> {
  const { host, options, signal } = around;
  const { recovery: wanted, ...others } = options;
  const { topology } = wanted === undefined ? system : await loadSystem(others, host); // under its own strategy
  return compareStrategies({
    topology,
    strategies: wanted === undefined ? STRATEGIES : [wanted],
    times: options.times,
    host,
    signal,
    async drill(recovery) {
      const state = await freshState(system.stateDirectory, recovery);
      const tried = await loadSystem({ ...options, recovery, state }, host);
      const objective = strategyObjective(topology, recovery);
      const planned = planDrills(tried.topology, { names: [STRATEGY_DRILL], all: false, seed: options.seed });
      return inWorld(tried, around, (session) =>
        runDrills({ ...session, planned: planned.map((each) => ({ ...each, objective })) }, onDrillOf(host)),
      );
    },
  });
}

type OnDrill = Parameters<typeof runDrills>[1];

function onDrillOf(host: Host): OnDrill {
  return ({ name, verdict }) => host.say({ level: "info", about: name, text: verdict });
}

/** Whoever names a drill of whole regions wants all of them to run. */
function withRegions(names: readonly string[], options: DrillCommandOptions): DrillCommandOptions {
  if (options.regions !== undefined || !(options.strategies || needsRegions(names))) return options;
  return { ...options, regions: "all" };
}

/** The nemesis and the comparison of strategies choose by themselves. */
function assertOneKind(names: readonly string[], { nemesis, strategies, all }: DrillCommandOptions): void {
  if (!nemesis && !strategies) return;
  if (!(nemesis && strategies) && names.length === 0 && !all) return;
  throw new UserError({
    code: "DRL-008" satisfies DrillCode,
    message: "--nemesis and --strategies choose by themselves, so they take neither names nor --all nor each other",
    fix: "leave one of them out",
  });
}

/** The command that makes the same drills again. */
function repeatCommand(
  { seed, rate, pace }: DrillsDocument,
  names: readonly string[],
  options: DrillCommandOptions,
): string {
  const { nemesis, fromSimulation, strategies, all, recovery, config } = options;
  const source = fromSimulation ? " --from-simulation" : "";
  const which = nemesis ? [`--nemesis${source} --minutes ${options.minutes}`] : all ? ["--all"] : names;
  return [
    "holdfast drill",
    ...(strategies ? [`--strategies --times ${options.times}`] : which),
    `--seed ${seed} --rate ${rate} --pace ${pace}`,
    ...(options.regions === "all" && !strategies ? ["--regions all"] : []),
    ...(recovery === undefined ? [] : ["--recovery", recovery]),
    ...(config === "holdfast.config.ts" ? [] : ["--config", config]),
  ].join(" ");
}

async function list(topology: Topology, json: string | undefined): Promise<void> {
  const drills = listDrills(topology);
  if (json !== undefined) await writeJson(json, { holdfast: 1, drills });
  else process.stdout.write(drawDrillList(drills));
}

/**
 * What the provider documents for promoting a replica, the longer end of a range, for starting a task, and for
 * recovering a region.
 */
function promotionTimes(topology: Topology): Readonly<Record<string, Ms>> {
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  const ofPrimaries = Object.fromEntries(replicated.map((each) => [each.id, documentedFailoverMs(each)]));
  const ofTasks = Object.fromEntries(componentsOf(topology, "service").map(({ id }) => [id, ECS.taskStart.value]));
  const ofRegions = topology.regions.length > 1 ? regionTimes(topology) : {};
  return { ...ofPrimaries, ...ofTasks, ...ofRegions, ...restoreTimes() };
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

function times(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1 && value <= 9) return value;
  throw new InvalidArgumentError("it is a whole number from 1 to 9");
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a whole number, such as 7");
}
