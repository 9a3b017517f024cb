import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { formatDuration } from "../base/units.ts";
import { findWorld } from "../local/open-world.ts";
import type { RecoveryStatus, RegionRecovery } from "../world/recovery.ts";
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

/** A status as text: one line an instance, by region where there are several, then where to reach it. */
export function statusText(system: string, status: Status): string {
  const width = Math.max(...status.instances.map(({ id }) => id.length)) + 2;
  const { recovery, instances } = status;
  const rowsOf = (those: readonly InstanceStatus[]): readonly string[] => those.map((each) => rowOf(each, width));
  const rows = recovery
    ? [
        ...recovery.regions.flatMap((region) => [
          regionText(region),
          ...rowsOf(instances.filter((each) => each.region === region.name)),
        ]),
        `  ${colors.bold("outside of all regions")}`,
        ...rowsOf(instances.filter(({ region }) => region === null)),
        ...planText(recovery),
      ]
    : rowsOf(instances);
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

function rowOf({ id, zone, state, role, pid }: InstanceStatus, width: number): string {
  const at = (zone ?? "regional").padEnd(12);
  const process = colors.dim(pid === null ? "" : String(pid));
  return `  ${MARK[state]} ${id.padEnd(width)}${at}${state.padEnd(11)}${(role ?? "").padEnd(9)}${process}`;
}

const DATA: Readonly<Record<RegionRecovery["data"], string>> = {
  leads: "its databases take writes",
  follows: "its databases copy the other region's",
  off: "no databases",
};
const SERVICES: Readonly<Record<RegionRecovery["services"], string>> = {
  full: "all services",
  reduced: "services at half size",
  off: "no services",
};

/** What a region is and runs, and how far behind it is. */
function regionText({ name, role, seen, data, services, lagMs }: RegionRecovery): string {
  const painted = role === "active" ? colors.green(role) : role === "given-up" ? colors.red("given up") : role;
  const behind =
    data !== "follows"
      ? []
      : Object.entries(lagMs).map(
          ([database, ms]) =>
            `${database} ${ms === null ? "behind by nobody knows how much" : `${formatDuration(ms)} behind`}`,
        );
  const about = [...(seen ? [] : [colors.red("not seen")]), DATA[data], SERVICES[services], ...behind];
  return `  ${colors.bold(name)} ${painted}: ${about.join(", ")}`;
}

/** What is under way between regions, what is asked, and what was saved. */
function planText({ active, plan, asked, saved }: RecoveryStatus): readonly string[] {
  const arrow = colors.yellow("⇄");
  const stage = plan?.stage ? `: ${plan.stage}` : "";
  return [
    ...(plan === null ? [] : [`  ${arrow} ${plan.kind} from ${plan.from} to ${plan.to}${stage}`]),
    ...(asked
      ? [
          `  ${colors.yellow("?")} is ${active} given up? yes: holdfast failover --local; ` +
            "no: holdfast failover --local --decline",
        ]
      : []),
    ...saved.map((file) => `  saved    ${file}`),
  ];
}
