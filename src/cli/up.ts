import { Command } from "commander";
import { connectWorld } from "../local/client.ts";
import { startSystem } from "../local/open-world.ts";
import { StateDirectory } from "../local/state-directory.ts";
import type { PaceName } from "../topology/timing.ts";
import { EXIT, colors, terminalHost, writeJson } from "./output.ts";
import { statusText } from "./status.ts";
import {
  type SystemOptions,
  backupsWithKey,
  configOption,
  loadSystem,
  paceOption,
  recoveryOption,
  regionsOption,
  stateOption,
} from "./system.ts";

interface UpOptions extends SystemOptions {
  readonly pace: PaceName;
  readonly detach?: boolean;
  readonly json?: string;
}

const EXAMPLES = `
Examples:
  $ holdfast up
  $ holdfast up --detach --pace aws
  $ holdfast up --regions all                        every region, the second as its strategy keeps it ready
  $ holdfast up --regions all --recovery pilot-light  under another strategy than the definition's
  $ holdfast up --config examples/shop/holdfast.config.ts
`;

/** `holdfast up`: runs the system until Ctrl-C, or in the background. */
export function upCommand(): Command {
  return new Command("up")
    .description("run the system on this machine; Ctrl-C drains and stops it")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(paceOption())
    .addOption(regionsOption())
    .addOption(recoveryOption())
    .option("--detach", "run in the background; stop it with `holdfast down`")
    .option("--json <file>", "write the status once it is healthy (- for standard output)")
    .addHelpText("after", EXAMPLES)
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const host = terminalHost();
  const system = await loadSystem(options, host);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const started = await startSystem(
    { ...system, backups: backupsWithKey() },
    { pace: options.pace, detach: options.detach === true, host },
  );
  const record = new StateDirectory(system.stateDirectory).running()!; // it has announced itself
  const world = await connectWorld(record);
  const status = await world.status();
  world.close();
  if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, ...status });
  else process.stdout.write(statusText(system.topology.system, status));
  if (options.detach) {
    started.release();
    return;
  }
  host.say({ level: "info", text: `token for the control API: ${record.token}` });
  host.say({ level: "info", text: colors.dim("Ctrl-C drains and stops") });
  const ended = await Promise.race([started.exited, aborted(interrupted.signal)]);
  if (interrupted.signal.aborted) {
    host.say({ level: "progress", text: "draining and stopping" });
    await started.close();
    return;
  }
  if (ended === "exit 0") return;
  host.say({ level: "error", text: `the supervisor ended: ${ended}` });
  process.exitCode = EXIT.fail;
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });
}
