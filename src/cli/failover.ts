import type { Command } from "commander";
import type { FailoverCheck, FailoverResult } from "../aws/deploy/failover/failover.ts";
import { formatDuration } from "../base/units.ts";
import { agreed } from "./ask.ts";
import { EXIT, INTERRUPTED, colors, draw, terminalHost, writeJson } from "./output.ts";
import { type ChangeOptions, type Opened, changeCommand, onInterrupt, openShipment, regionOf } from "./shipment.ts";

interface FailoverCommandOptions extends ChangeOptions {
  readonly to?: string;
  readonly allowDataLoss?: boolean;
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

const SAYS = { dryRun: "look whether it can be done, and change nothing", yes: "do not ask" };

/** `holdfast failover`: the other region takes over. */
export function failoverCommand(): Command {
  return changeCommand("failover", SAYS)
    .description("let the other region take over: capacity, databases, traffic, secrets")
    .option("--to <region>", "the region that takes over (default: the one that does not serve)")
    .option("--allow-data-loss", "go on although the replica is further behind than the objective allows")
    .addHelpText("after", FAILOVER_EXAMPLES)
    .action((options: FailoverCommandOptions) => run(options, false));
}

/** `holdfast failback`: the primary region takes over again, without loss. */
export function failbackCommand(): Command {
  return changeCommand("failback", SAYS)
    .description("return to the primary region without losing anything, while both regions are well")
    .addHelpText("after", FAILBACK_EXAMPLES)
    .action((options: FailoverCommandOptions) => run(options, true));
}

async function run(options: FailoverCommandOptions, planned: boolean): Promise<void> {
  const shipment = await openShipment(options);
  const { failOver } = await import("../aws/deploy/failover/failover.ts");
  const to = planned ? shipment.target.regions[0]! : await goal(options, shipment);
  const result = await failOver({
    ...shipment,
    signal: onInterrupt(shipment.host),
    to,
    planned,
    allowDataLoss: options.allowDataLoss === true,
    show: (check) => draw(drawCheck(check), options),
    confirm: (check) => confirm(check, options),
  });
  if (options.json !== undefined) await writeJson(options.json, documentOf(result));
  sayEnd(result, options);
}

/** The region that is named, else the one that was not noted last as the one that serves. */
async function goal({ to }: FailoverCommandOptions, { aws, target, topology }: Opened): Promise<string> {
  if (to !== undefined) return regionOf(topology, to);
  const { readNotedRegion } = await import("../aws/deploy/active-region.ts");
  const { explaining } = await import("../aws/deploy/refusal.ts");
  const active = await explaining("reading which region serves", () => readNotedRegion(aws, target));
  return target.regions.find((region) => region !== active) ?? active;
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
