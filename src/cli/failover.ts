import { Command } from "commander";
import type { FailoverCheck, FailoverResult } from "../aws/deploy/failover/failover.ts";
import type { Target } from "../aws/deploy/active-region.ts";
import type { Aws } from "../aws/deploy/aws.ts";
import type { Topology } from "../topology/topology.ts";
import { systemClock } from "../base/clock.ts";
import { formatDuration } from "../base/units.ts";
import { agreed } from "./ask.ts";
import { EXIT, INTERRUPTED, colors, terminalHost, writeJson } from "./output.ts";
import {
  type ShipmentOptions,
  jsonOption,
  loadShipment,
  onInterrupt,
  openAws,
  outOption,
  regionOf,
  stageOption,
} from "./shipment.ts";
import { configOption } from "./system.ts";

interface FailoverCommandOptions extends ShipmentOptions {
  readonly to?: string;
  readonly allowDataLoss?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const EXIT_CODES = "\nExit codes: 0 done, 1 declined, 3 yours to mend, 70 our bug, 130 stopped by Ctrl-C.\n";

const FAILOVER_EXAMPLES = `
Examples:
  $ holdfast failover --dry-run              whether the other region can take over, and what would be lost
  $ holdfast failover                        to the region that does not serve now
  $ holdfast failover --to us-west-2 --yes   without a question
  $ holdfast failover --allow-data-loss      although the replica is behind, or nobody knows how far

With --to it calls only APIs of the region that takes over: none of the lost one, and none of us-east-1.
Without, it asks both regions first which one serves, and does not wait long for one that is silent.
Afterwards, when the lost region is back: holdfast deploy makes it the standby, holdfast failback returns to it.
${EXIT_CODES}`;

const FAILBACK_EXAMPLES = `
Examples:
  $ holdfast failback --dry-run
  $ holdfast failback             back to the primary region, without loss: both regions must be well
${EXIT_CODES}`;

/** `holdfast failover`: the other region takes over. */
export function failoverCommand(): Command {
  return common(new Command("failover"))
    .description("let the other region take over: capacity, databases, traffic, secrets")
    .option("--to <region>", "the region that takes over (default: the one that does not serve)")
    .option("--allow-data-loss", "go on although the replica is further behind than the objective allows")
    .addHelpText("after", FAILOVER_EXAMPLES)
    .action((options: FailoverCommandOptions) => run(options, false));
}

/** `holdfast failback`: the primary region takes over again, without loss. */
export function failbackCommand(): Command {
  return common(new Command("failback"))
    .description("return to the primary region without losing anything, while both regions are well")
    .addHelpText("after", FAILBACK_EXAMPLES)
    .action((options: FailoverCommandOptions) => run(options, true));
}

function common(command: Command): Command {
  return command
    .addOption(configOption())
    .addOption(outOption())
    .addOption(stageOption())
    .option("--dry-run", "look whether it can be done, and change nothing")
    .option("--yes", "do not ask")
    .addOption(jsonOption());
}

async function run(options: FailoverCommandOptions, planned: boolean): Promise<void> {
  const host = terminalHost();
  const { topology, escape, outdir } = await loadShipment(options);
  const { failOver } = await import("../aws/deploy/failover/failover.ts");
  const { targetOf } = await import("../aws/deploy/active-region.ts");
  const { synthesize } = await import("../aws/synth.ts");
  const aws = await openAws();
  const target = targetOf(topology);
  const to = planned ? target.regions[0]! : await goal(options, { aws, target, topology });
  const result = await failOver({
    aws,
    target,
    host,
    to,
    planned,
    clock: systemClock,
    signal: onInterrupt(host),
    topology,
    allowDataLoss: options.allowDataLoss === true,
    synth: (active) => synthesize({ topology, active, outdir, ...(escape === undefined ? {} : { escape }) }),
    show: (check) => show(check, options),
    confirm: (check) => confirm(check, options),
  });
  if (options.json !== undefined) await writeJson(options.json, documentOf(result));
  sayEnd(result, options);
}

interface Asked {
  readonly aws: Aws;
  readonly target: Target;
  readonly topology: Topology;
}

/** The region that is named, else the one that was not noted last as the one that serves. */
async function goal({ to }: FailoverCommandOptions, { aws, target, topology }: Asked): Promise<string> {
  if (to !== undefined) return regionOf(topology, to);
  const { readNotedRegion } = await import("../aws/deploy/active-region.ts");
  const { explaining } = await import("../aws/deploy/refusal.ts");
  const active = await explaining("reading which region serves", () => readNotedRegion(aws, target));
  return target.regions.find((region) => region !== active) ?? active;
}

/** On standard output, unless that holds the JSON. */
function show(check: FailoverCheck, { json }: FailoverCommandOptions): void {
  (json === "-" ? process.stderr : process.stdout).write(drawCheck(check));
}

async function confirm({ from, to }: FailoverCheck, { dryRun, yes }: FailoverCommandOptions): Promise<boolean> {
  return dryRun ? false : agreed(`Let ${to} take over from ${from}?`, yes);
}

function drawCheck({ from, to, planned, lags, plan, stages }: FailoverCheck): string {
  const behind = lags.map(({ replica, lagMs }) => {
    const lag = lagMs === null ? colors.red("nobody knows how far behind") : `${formatDuration(lagMs)} behind`;
    return `  ${replica.padEnd(40)} ${lag}`;
  });
  return [
    `${colors.bold(from)} → ${colors.bold(to)}, ${planned ? "without loss" : "what is not replicated is lost"}`,
    ...behind,
    `  ${plan === null ? "no Region switch plan: step by step" : `Region switch plan ${plan}`}`,
    `  stages: ${stages.join(", ")}`,
    "",
  ].join("\n");
}

function documentOf({ check, end, stages }: FailoverResult) {
  const { stages: planned, ...rest } = check;
  return { holdfast: 1, end, ...rest, plannedStages: planned, stages };
}

function sayEnd({ check, end, stages }: FailoverResult, { dryRun }: FailoverCommandOptions): void {
  const host = terminalHost();
  if (end === "declined") {
    host.say({ level: "info", text: "nothing was changed" });
    process.exitCode = dryRun ? EXIT.pass : EXIT.fail;
    return;
  }
  if (end === "interrupted") {
    const text = "stopped between the stages; AWS finishes what it has begun, and the same command goes on from here";
    host.say({ level: "warning", text });
    process.exitCode = INTERRUPTED;
    return;
  }
  for (const { name, ms } of stages) host.say({ level: "info", about: name, text: formatDuration(ms) });
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  host.say({ level: "info", text: `${check.to} serves, after ${formatDuration(total)}` });
  host.say({ level: "info", text: `next, when ${check.from} is well: holdfast deploy makes it the standby` });
}
