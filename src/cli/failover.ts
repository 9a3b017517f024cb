import { join } from "node:path";
import type { Command } from "commander";
import type { FailoverCheck, FailoverResult } from "../aws/deploy/failover/failover.ts";
import { systemClock } from "../base/clock.ts";
import type { Host } from "../base/host.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import type { World } from "../world/world.ts";
import { agreed } from "./ask.ts";
import type { LocalRecovery, LocalRecoveryEnd, LocalRecoveryOptions } from "./failover-local.ts";
import { EXIT, INTERRUPTED, colors, draw, terminalHost, writeJson } from "./output.ts";
import { type ChangeOptions, type Opened, changeCommand, onInterrupt, openShipment, regionOf } from "./shipment.ts";
import { stateDirectoryOf, stateOption } from "./system.ts";

interface FailoverCommandOptions extends ChangeOptions, LocalRecoveryOptions {
  readonly local?: boolean;
  readonly state?: string;
}

/** Where the verbs find the system that runs here; closed when the verb has ended. */
type FindSystem = (stateDirectory: string) => Promise<World & { close(): void }>;

const EXIT_CODES = "\nExit codes: 0 done, 1 declined or refused, 3 yours to mend, 70 our bug, 130 stopped by Ctrl-C.\n";

const FAILOVER_EXAMPLES = `
Examples:
  $ holdfast failover --dry-run              whether the other region can take over, and what would be lost
  $ holdfast failover                        to the region that does not serve now
  $ holdfast failover --to us-west-2 --yes   without a question
  $ holdfast failover --allow-data-loss      although the replica is behind, or nobody knows how far

With --to it calls only APIs of the region that takes over: none of the lost one, and none of us-east-1.
Without, it asks both regions first which one serves, and does not wait long for one that is silent.
Afterwards, when the lost region is back: holdfast deploy makes it the standby, holdfast failback returns to it.
One that failed or was stopped is gone on with by the same command: --state says where it is kept how far it is.

  $ holdfast failover --local                the same in the system that runs on this machine (up --regions all)
  $ holdfast failover --local --decline      where it asks whether a region is given up: no, wait for it

With --local the region that serves hands over without loss while it is seen, and is given up where it is not, or
with --allow-data-loss. Where the system waits for a person's yes (failover.mode: "approval"), this is the yes.
${EXIT_CODES}`;

const FAILBACK_EXAMPLES = `
Examples:
  $ holdfast failback --dry-run
  $ holdfast failback             back to the primary region, without loss: both regions must be well
  $ holdfast failback --local     in the system that runs on this machine
${EXIT_CODES}`;

const SAYS = { dryRun: "look whether it can be done, and change nothing", yes: "do not ask" };

/** `holdfast failover`: the other region takes over, on AWS or in the system that runs here. */
export function failoverCommand(find: FindSystem = findHere): Command {
  return changeCommand("failover", SAYS)
    .option("--local", "in the system that runs on this machine, not on AWS")
    .addOption(stateOption())
    .description("let the other region take over: capacity, databases, traffic, secrets")
    .option("--to <region>", "the region that takes over (default: the one that does not serve)")
    .option("--allow-data-loss", "go on although the replica is further behind than the objective allows")
    .option("--decline", "with --local: answer no where it asks whether a region is given up")
    .addHelpText("after", FAILOVER_EXAMPLES)
    .action((options: FailoverCommandOptions) => (options.local ? runHere(options, find) : run(options, false)));
}

/** `holdfast failback`: the primary region takes over again, without loss. */
export function failbackCommand(find: FindSystem = findHere): Command {
  return changeCommand("failback", SAYS)
    .option("--local", "in the system that runs on this machine, not on AWS")
    .addOption(stateOption())
    .description("return to the primary region without losing anything, while both regions are well")
    .addHelpText("after", FAILBACK_EXAMPLES)
    .action((options: FailoverCommandOptions) => (options.local ? runHere(options, find, true) : run(options, true)));
}

async function findHere(stateDirectory: string) {
  const { findWorld } = await import("../local/open-world.ts");
  return findWorld(stateDirectory);
}

async function runHere(options: FailoverCommandOptions, find: FindSystem, isFailback = false): Promise<void> {
  const { chooseRecovery, recoverHere } = await import("./failover-local.ts");
  const host = terminalHost();
  const world = await find(stateDirectoryOf(options));
  try {
    const { recovery } = await world.status();
    const first = world.topology.regions[0]!.name; // a topology has a region
    const chosen = chooseRecovery(world.topology, recovery, isFailback ? { to: first, lossless: true } : options);
    const { command: _, ...check } = chosen;
    if (!options.decline) draw(drawCheck({ ...check, stages: chosen.plannedStages }), options);
    const goes = options.decline || (await confirm(chosen, options));
    const result = goes
      ? await recoverHere(world, chosen, { host, clock: systemClock, signal: onInterruptHere(host) })
      : ({ end: "declined", why: null, stages: [] } as const);
    const { end, why, stages } = result;
    const document = { holdfast: 1, end, why, ...check, plan: null, stages };
    if (options.json !== undefined) await writeJson(options.json, document);
    sayEndHere(chosen, result, { host, options });
  } finally {
    world.close();
  }
}

function onInterruptHere(host: Host): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    host.say({ level: "warning", text: "no longer watching; what is under way goes on (see: holdfast status)" });
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return controller.signal;
}

function sayEndHere(
  { from, to }: LocalRecovery,
  { end, why, stages }: LocalRecoveryEnd,
  { host, options }: { readonly host: Host; readonly options: FailoverCommandOptions },
): void {
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  if (end === "failed-over") host.say({ level: "info", text: `${to} serves, after ${formatDuration(total)}` });
  if (end === "declined" && options.decline) host.say({ level: "info", text: `${from} is waited for` });
  else if (end === "declined") host.say({ level: "info", text: "nothing was changed" });
  if (end === "refused") host.say({ level: "error", text: `refused: ${why ?? "no reason was given"}` });
  const isWell = end === "failed-over" || (end === "declined" && (options.decline || options.dryRun));
  process.exitCode = end === "interrupted" ? INTERRUPTED : isWell ? EXIT.pass : EXIT.fail;
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
    record: recordOf(options, shipment),
    show: (check) => draw(drawCheck(check), options),
    confirm: (check) => confirm(check, options),
  });
  if (options.json !== undefined) await writeJson(options.json, documentOf(result));
  sayEnd(result, options);
}

/** Where it is kept how far a failover is, beside what the system that runs here keeps. */
function recordOf(options: FailoverCommandOptions, { target }: Opened): string {
  return join(stateDirectoryOf(options), "aws", `${target.system}-${target.stage}-recovery.json`);
}

/** The region that is named, else the one that was not noted last as the one that serves. */
async function goal({ to }: FailoverCommandOptions, { aws, target, topology }: Opened): Promise<string> {
  if (to !== undefined) return regionOf(topology, to);
  const { readNotedRegion } = await import("../aws/deploy/active-region.ts");
  const { explaining } = await import("../aws/deploy/refusal.ts");
  const active = await explaining("reading which region serves", () => readNotedRegion(aws, target));
  return target.regions.find((region) => region !== active) ?? active;
}

async function confirm(
  { from, to }: Pick<FailoverCheck, "from" | "to">,
  { dryRun, yes }: FailoverCommandOptions,
): Promise<boolean> {
  return dryRun ? false : agreed(`Let ${to} take over from ${from}?`, yes);
}

/** What is about to happen; without a `plan` where it is not about AWS. */
interface Check extends Pick<FailoverCheck, "from" | "to" | "planned"> {
  readonly lags: readonly { readonly replica: string; readonly lagMs: Ms | null }[];
  readonly plan?: string | null;
  readonly inDoubt?: string | null;
  readonly stages: readonly string[];
}

function drawCheck({ from, to, planned, lags, plan, inDoubt, stages }: Check): string {
  const behind = lags.map(({ replica, lagMs }) => {
    const lag = lagMs === null ? colors.red("nobody knows how far behind") : `${formatDuration(lagMs)} behind`;
    return `  ${replica.padEnd(40)} ${lag}`;
  });
  return [
    `${colors.bold(from)} → ${colors.bold(to)}, ${planned ? "without loss" : "what is not replicated is lost"}`,
    ...behind,
    ...(plan === undefined
      ? []
      : [`  ${plan === null ? "no Region switch plan: step by step" : `Region switch plan ${plan}`}`]),
    ...(inDoubt ? [`  ${colors.yellow("in doubt:")} ${inDoubt}`] : []),
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
  const alone = check.planned ? "" : ", and keeps what it had alone where AWS has saved it";
  host.say({ level: "info", text: `next, when ${check.from} is well: holdfast deploy makes it the standby${alone}` });
}
