import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import { type Ms, parseDuration } from "../base/units.ts";
import { type BrokenByHand, breakByHand } from "../drill/by-hand.ts";
import { listDrills } from "../drill/drills.ts";
import { findFault } from "../fault/catalogue.ts";
import type { Fault } from "../fault/fault.ts";
import type { WorldClient } from "../local/client.ts";
import { findWorld } from "../local/open-world.ts";
import { drawDrillList } from "./drill-list.ts";
import { INTERRUPTED, terminalHost, writeJson } from "./output.ts";
import { type SystemOptions, configOption, loadSystem, rateOption, stateDirectoryOf, stateOption } from "./system.ts";

interface BreakOptions extends SystemOptions {
  readonly for?: string;
  readonly list?: boolean;
  readonly rate: number;
  readonly json?: string;
}

const EXAMPLES = `
The target is an instance, a zone or a component, or a role that is looked up as it strikes, such as
"primary of database" or "zone of the primary of database". Where it is left out, the first one that --list
shows is struck.

Without --for a fault stays until \`holdfast heal\`; one that comes with customers or strangers of its own lasts
30 seconds. Ctrl-C heals what the command still waits for.

Examples:
  $ holdfast break --list                              what there is, and what it can strike in this system
  $ holdfast break database-crash                      the primary of the first database
  $ holdfast break zone-loss us-east-1a --for 10s      a zone without power for ten seconds
  $ holdfast break zone-loss zone of the primary of database
  $ holdfast break load-spike --for 1m --rate 100      five times a hundred customers a second, for a minute
`;

/** `holdfast break FAULT [TARGET]`: breaks the running system by hand. */
export function breakCommand(): Command {
  const command = new Command("break")
    .description("break the running system on purpose")
    .argument("[fault]", "a fault of `holdfast break --list`")
    .argument("[target...]", "what it strikes: an instance, a zone, a component or a role")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--for <duration>", 'heal it after this long, such as "10s" or "10 seconds"')
    .addOption(rateOption("operations that arrive in a second, where the fault is about more of them"))
    .option("--list", "show every fault and what it can strike, and break nothing")
    .option("--json <file>", "write what was broken as JSON (- for standard output)")
    .addHelpText("after", EXAMPLES);
  return command.action(async (name: string | undefined, target: readonly string[], options: BreakOptions) => {
    if (options.list) return list(options);
    if (name === undefined) return command.error("error: name a fault of `holdfast break --list`");
    const fault = findFault(name);
    const forMs = options.for === undefined ? null : durationOf(options.for);
    const world = await findWorld(stateDirectoryOf(options));
    try {
      const broken = await breakIt(fault, target.join(" "), { world, forMs, rate: options.rate });
      if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, ...broken });
      if (broken.interrupted) process.exitCode = INTERRUPTED;
    } finally {
      world.close();
    }
  });
}

async function list(options: BreakOptions): Promise<void> {
  const { topology } = await loadSystem(options, terminalHost({ quiet: true }));
  const faults = listDrills(topology);
  if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, drills: faults });
  else process.stdout.write(drawDrillList(faults));
}

async function breakIt(
  fault: Fault,
  target: string,
  { world, forMs, rate }: { world: WorldClient; forMs: Ms | null; rate: number },
): Promise<BrokenByHand> {
  const host = terminalHost();
  const [first] = fault.targets(world.topology);
  if (target === "" && first === undefined) throw inapplicable(fault.name);
  const around = { world, host, clock: systemClock, seed: 1, rate, forMs, signal: onInterrupt(host) };
  const broken = await breakByHand(fault, target === "" ? first! : target, around); // there is a first, as just seen
  sayHowItEnded(broken, host);
  return broken;
}

function sayHowItEnded({ ids, healed, crowd }: BrokenByHand, host: Host): void {
  const say = (text: string): void => host.say({ level: "info", text });
  if (crowd !== null) {
    const { ok, failed, unknown } = crowd.operations;
    const { served, blocked, failed: unanswered } = crowd.requests;
    if (ok + failed + unknown > 0) say(`customers: ${ok} operations went well, ${failed} failed, ${unknown} unknown`);
    if (served + blocked + unanswered > 0)
      say(`strangers: ${served} requests served, ${blocked} blocked, ${unanswered} without an answer`);
  }
  if (!healed) say(`mend it with: holdfast heal ${ids.length === 1 ? ids[0] : ""}`.trimEnd());
}

function inapplicable(name: string): UserError {
  return new UserError({
    code: "FLT-002",
    message: `"${name}" has nothing to strike in this system`,
    fix: "name another fault of `holdfast break --list`",
  });
}

/** Ctrl-C heals; a second one ends the command at once, and leaves the fault. */
function onInterrupt(host: Host): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    host.say({ level: "warning", text: "stopping: undoing the fault" });
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return controller.signal;
}

/** `holdfast heal [ID]`: ends faults that `break` started. */
export function healCommand(): Command {
  return new Command("heal")
    .description("end faults: one by its id, or all")
    .argument("[id]", "as `holdfast status` shows it; all where left out, the last one first")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--json <file>", "write what was healed as JSON (- for standard output)")
    .addHelpText("after", "\nExamples:\n  $ holdfast heal\n  $ holdfast heal zone-loss-1\n")
    .action(async (id: string | undefined, options: { config: string; state?: string; json?: string }) => {
      const host = terminalHost();
      const world = await findWorld(stateDirectoryOf(options));
      try {
        const healed = await heal(id, world, host);
        if (healed.length === 0) host.say({ level: "info", text: "no fault is in force" });
        if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, healed });
      } finally {
        world.close();
      }
    });
}

/** Where one cannot be healed the others still are, and that is told at the end. */
async function heal(id: string | undefined, world: WorldClient, host: Host): Promise<readonly string[]> {
  const inForce = (await world.status()).faults.map((fault) => fault.id);
  const healed: string[] = [];
  const problems: unknown[] = [];
  for (const each of id === undefined ? inForce.toReversed() : [id]) {
    await world.heal(each).then(
      () => healed.push(each) && host.say({ level: "info", about: each, text: "healed" }),
      (error: unknown) => problems.push(error),
    );
  }
  if (problems.length > 0) throw problems[0];
  return healed;
}

/** A duration as users type it in a shell: "10s", "2m" or "10 seconds". */
function durationOf(text: string): Ms {
  const short = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  const unit = { ms: "milliseconds", s: "seconds", m: "minutes" }[short?.[2] ?? ""];
  const ms = parseDuration(short ? `${short[1]} ${unit}` : text);
  if (ms !== undefined) return ms;
  throw new UserError({
    code: "RUN-012",
    message: `"${text}" is no duration`,
    fix: 'write it like "10s" or "10 seconds"',
  });
}
