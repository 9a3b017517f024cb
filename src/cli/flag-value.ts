import type { Command } from "commander";

/**
 * Refuses an option whose value is the next option: of `--json --html page.html` the parser would make a file named
 * "--html". Who means such a file writes `./--html`.
 */
export function refuseFlagsAsValues(command: Command): Command {
  for (const option of command.options.filter(({ required }) => required)) {
    command.on(`option:${option.name()}`, (value: string) => {
      if (value.startsWith("--")) command.error(`error: option '${option.flags}' has no value before '${value}'`);
    });
  }
  return command;
}
