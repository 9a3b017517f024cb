import { Command } from "commander";
import { describeEngines } from "../local/engine/locate.ts";
import { canBindLoopback } from "../local/slot.ts";
import { EXIT, colors, writeJson } from "./output.ts";
import { configOption, stateDirectoryOf, stateOption } from "./system.ts";

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The command that mends it; null where nothing is wrong. */
  readonly fix: string | null;
}

/** `holdfast doctor`: what this machine has and lacks. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("show each engine, where it comes from, and what is missing with the command that mends it")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--json <file>", "write it as JSON (- for standard output)")
    .addHelpText("after", "\nExamples:\n  $ holdfast doctor\n")
    .action(async (options: { config: string; state?: string; json?: string }) => {
      const engines = await describeEngines({
        stateDirectory: stateDirectoryOf(options),
        ...(process.env["PATH"] === undefined ? {} : { searchPath: process.env["PATH"] }),
      });
      const findings: Finding[] = [
        { name: "node", ok: true, detail: process.version, fix: null },
        ...engines.map(({ engine, found, missing, fix }) => ({
          name: engine,
          ok: found !== null || fix === null,
          detail: found ? `${found.version} from ${found.origin}` : (missing ?? "missing"),
          fix,
        })),
        await loopback(),
      ];
      if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, findings });
      else process.stdout.write(findings.map(findingText).join(""));
      process.exitCode = findings.every(({ ok }) => ok) ? EXIT.pass : EXIT.fail;
    });
}

async function loopback(): Promise<Finding> {
  const ok = await canBindLoopback();
  const fix = "for i in $(seq 1 254); do sudo ifconfig lo0 alias 127.1.0.$i up; done";
  return { name: "loopback", ok, detail: ok ? "127.0.0.0/8" : "only 127.0.0.1 can be bound", fix: ok ? null : fix };
}

function findingText({ name, ok, detail, fix }: Finding): string {
  const mark = ok ? colors.green("●") : colors.red("○");
  return `  ${mark} ${name.padEnd(12)} ${detail}\n${fix === null ? "" : `      ${colors.yellow(fix)}\n`}`;
}
