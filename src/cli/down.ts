import { rmSync } from "node:fs";
import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { findWorld } from "../local/open-world.ts";
import { StateDirectory } from "../local/state-directory.ts";
import { terminalHost } from "./output.ts";
import { configOption, stateDirectoryOf, stateOption } from "./system.ts";

const STOP_WITHIN_MS = 20_000;

/** `holdfast down`: drains and stops a system that runs in the background. */
export function downCommand(): Command {
  return new Command("down")
    .description("drain and stop the system")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--purge", "also delete its state: data, logs and journals")
    .addHelpText("after", "\nExamples:\n  $ holdfast down\n  $ holdfast down --purge\n")
    .action(async (options: { config: string; state?: string; purge?: boolean }) => {
      const host = terminalHost();
      const directory = stateDirectoryOf(options);
      const state = new StateDirectory(directory);
      if (state.running() === undefined && options.purge) {
        rmSync(directory, { recursive: true, force: true });
        return host.say({ level: "info", text: `deleted ${directory}` });
      }
      const world = await findWorld(directory);
      await world.stop();
      world.close();
      host.say({ level: "progress", text: "draining and stopping" });
      const deadline = systemClock.now() + STOP_WITHIN_MS;
      while (state.running() !== undefined && systemClock.now() < deadline) await systemClock.sleep(50);
      if (options.purge) rmSync(directory, { recursive: true, force: true });
      host.say({ level: "info", text: options.purge ? `stopped; deleted ${directory}` : "stopped" });
    });
}
