import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { formatDuration } from "../base/units.ts";
import { findWorld } from "../local/open-world.ts";
import type { InstanceStatus, Status } from "../world/world.ts";
import { colors, writeJson } from "./output.ts";
import { configOption, stateDirectoryOf, stateOption } from "./system.ts";

/** `holdfast status`: what runs, where, and how it is. */
export function statusCommand(): Command {
  return new Command("status")
    .description("show what runs, where, and how it is")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--json <file>", "write it as JSON (- for standard output)")
    .addHelpText("after", "\nExamples:\n  $ holdfast status\n  $ holdfast status --json - | jq .state\n")
    .action(async (options: { config: string; state?: string; json?: string }) => {
      const world = await findWorld(stateDirectoryOf(options));
      const status = await world.status();
      world.close();
      if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, ...status });
      else process.stdout.write(statusText(world.topology.system, status));
    });
}

const MARK: Readonly<Record<InstanceStatus["state"], string>> = {
  starting: colors.yellow("…"),
  healthy: colors.green("●"),
  unhealthy: colors.red("●"),
  draining: colors.yellow("◐"),
  stopped: colors.red("○"),
};

/** A status as text: one line an instance, then where to reach it. */
export function statusText(system: string, status: Status): string {
  const width = Math.max(...status.instances.map(({ id }) => id.length)) + 2;
  const rows = status.instances.map(({ id, zone, state, role, pid }) => {
    const at = (zone ?? "regional").padEnd(12);
    const process = colors.dim(pid === null ? "" : String(pid));
    return `  ${MARK[state]} ${id.padEnd(width)}${at}${state.padEnd(11)}${(role ?? "").padEnd(9)}${process}`;
  });
  const faults = status.faults.map(({ id, target, since }) => {
    const on = target === null ? "" : ` on ${target}`;
    const lasts = formatDuration(Math.max(0, systemClock.now() - since));
    return `  ${colors.red("✗")} ${id}${on}, for ${lasts}; mend it with: holdfast heal ${id}`;
  });
  const { site, dns, control } = status.endpoints;
  const state = status.state === "healthy" ? colors.green(status.state) : colors.yellow(status.state);
  return [
    `${colors.bold(system)} is ${state} since ${status.since}`,
    ...rows,
    ...faults,
    `  site     ${site ?? "none"}`,
    `  dns      ${dns}`,
    `  control  ${control}`,
    "",
  ].join("\n");
}
