import { readFileSync, readdirSync } from "node:fs";
import { Command } from "commander";
import { UserError } from "../base/error.ts";
import { StateDirectory } from "../local/state-directory.ts";
import { colors } from "./output.ts";
import { configOption, stateDirectoryOf, stateOption } from "./system.ts";

/** `holdfast logs`: the last lines that the processes wrote. */
export function logsCommand(): Command {
  return new Command("logs")
    .description("show the last lines of the logs, of all processes or of those named")
    .argument("[names...]", "instances or components, such as api or database-us-east-1a")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--lines <n>", "lines of each log", "20")
    .addHelpText("after", "\nExamples:\n  $ holdfast logs\n  $ holdfast logs fulfilment --lines 100\n")
    .action((names: string[], options: { config: string; state?: string; lines: string }) => {
      const state = new StateDirectory(stateDirectoryOf(options));
      const logs = logFiles(state).filter(
        (name) => names.length === 0 || names.some((wanted) => name.startsWith(wanted)),
      );
      if (logs.length === 0) {
        throw new UserError({
          code: "RUN-002",
          message: `no logs of ${names.join(", ") || "this system"} in ${state.file("logs")}`,
          fix: "run `holdfast up`, or name an instance that `holdfast status` shows",
        });
      }
      for (const name of logs) {
        const lines = readFileSync(state.logFile(name), "utf8").trimEnd().split("\n").slice(-Number(options.lines));
        process.stdout.write(`${colors.bold(name)}\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
      }
    });
}

function logFiles(state: StateDirectory): string[] {
  try {
    return readdirSync(state.file("logs"))
      .filter((name) => name.endsWith(".log"))
      .map((name) => name.slice(0, -4))
      .sort();
  } catch {
    return [];
  }
}
