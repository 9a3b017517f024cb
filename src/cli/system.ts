import { dirname, join, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { Host } from "../base/host.ts";
import { loadDefinition } from "../definition/load.ts";
import type { SystemOnDisk } from "../local/open-world.ts";
import { compileTopology } from "../topology/compile.ts";
import type { RecoveryStrategy } from "../topology/topology.ts";

const DEFAULT_CONFIG = "holdfast.config.ts";
/** The strategies, from the least that is kept ready to the most. */
export const STRATEGIES: readonly RecoveryStrategy[] = [
  "backup-restore",
  "pilot-light",
  "warm-standby",
  "active-active",
];

/** What the verbs that need a system are told. */
export interface SystemOptions {
  readonly config: string;
  readonly state?: string;
  /** Left out: the primary one alone. */
  readonly regions?: "primary" | "all";
  readonly recovery?: RecoveryStrategy;
}

/** `--config FILE`, for every verb. */
export function configOption(): Option {
  return new Option("--config <file>", "the definition").default(DEFAULT_CONFIG);
}

/** `--regions`, for verbs that run the system. */
export function regionsOption(): Option {
  const says = "which regions run: the primary one alone, or all";
  return new Option("--regions <which>", says).choices(["primary", "all"]);
}

/** `--recovery S`: another strategy than the definition's. */
export function recoveryOption(): Option {
  return new Option("--recovery <strategy>", "try another recovery strategy").choices([...STRATEGIES]);
}

/** `--pace`: how fast AWS's timers go. */
export function paceOption(): Option {
  return new Option("--pace <pace>", "fast: AWS's timers divided by ten; aws: as they are")
    .choices(["fast", "aws"])
    .default("fast");
}

/** `--rate RPS`: how many customers come. */
export function rateOption(description: string): Option {
  return new Option("--rate <rps>", description).default(50).argParser(rate);
}

function rate(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 2_000) return value;
  throw new InvalidArgumentError("it is a number above 0, at most 2000");
}

/** `--state DIR`: another state folder than the one beside the definition, so that two copies of a system can run. */
export function stateOption(): Option {
  return new Option(
    "--state <dir>",
    "where it keeps data, logs and journals (default: .holdfast beside the definition)",
  );
}

/** Where the system that `config` defines keeps its state: `--state`, or `.holdfast/` beside it. */
export function stateDirectoryOf({ config, state }: Pick<SystemOptions, "config" | "state">): string {
  return state === undefined ? join(dirname(resolve(config)), ".holdfast") : resolve(state);
}

/** Loads and checks the definition and compiles its topology. Rejects with all its problems at once. */
export async function loadSystem(options: SystemOptions, host: Host): Promise<SystemOnDisk> {
  const regions = options.regions ?? "primary";
  const { definition, path, directory } = await loadDefinition(options.config);
  if (definition.regions.length > 1 && options.regions === undefined) {
    host.say({ level: "info", text: "running the primary region alone; with --regions all both run" });
  }
  const chosen = options.recovery === undefined ? definition : { ...definition, recovery: options.recovery };
  const topology = compileTopology(chosen, { regions, directory });
  // A system that a drill starts for itself is thrown away; another region's copies are what one of two is for.
  const backups = topology.regions.length > 1 ? backupsWithKey() : null;
  return { topology, config: path, backups, stateDirectory: stateDirectoryOf({ ...options, config: path }) };
}

/** Backups, encrypted where a key is in the environment. */
export function backupsWithKey(): NonNullable<SystemOnDisk["backups"]> {
  return { key: process.env["HOLDFAST_BACKUP_KEY"] ?? null };
}
