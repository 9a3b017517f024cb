import { Command } from "commander";
import { UserError } from "../base/error.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import type { RestoreReport } from "../world/backup.ts";
import { agreed } from "./ask.ts";
import { type FindBackups, instant } from "./backup.ts";
import { EXIT, draw, terminalHost, writeJson } from "./output.ts";
import { type SystemOptions, configOption, stateDirectoryOf, stateOption } from "./system.ts";

interface RestoreOptions extends Pick<SystemOptions, "config" | "state"> {
  readonly toTime?: string;
  readonly yes?: boolean;
  readonly json?: string;
}

const EXAMPLES = `
Every database of the running system goes back to that time, in place: onto new disks, made and read through before
the old ones go. What was written after it is gone, but for as long as its backups are kept it can still be restored.
Queues, caches and other things are left as they are.

Examples:
  $ holdfast restore --to-time 2026-11-21T17:04:05Z     as it was then
  $ holdfast restore --to-time 2026-11-21T18:04:05.250+01:00 --yes
  $ holdfast restore                                    the latest state that the backups have

Exit codes: 0 restored, 1 declined, 3 yours to mend, 70 our bug.
`;

/** `holdfast restore [--to-time T]`: every database as it was. */
export function restoreCommand(find: FindBackups): Command {
  return new Command("restore")
    .description("put every database of the running system back to an earlier time")
    .addOption(configOption())
    .addOption(stateOption())
    .option(
      "--to-time <time>",
      "a time with its zone, such as 2026-11-21T17:04:05Z (default: the latest that there is)",
    )
    .option("-y, --yes", "do not ask")
    .option("--json <file>", "write what was restored as JSON (- for standard output)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: RestoreOptions) => {
      const toTime = options.toTime === undefined ? null : instantOf(options.toTime);
      const world = await find(stateDirectoryOf(options));
      try {
        const goal = toTime === null ? "the latest state of its backups" : instant(toTime);
        if (!(await agreed(`Put every database back to ${goal}? What was written since then is gone.`, options.yes))) {
          terminalHost().say({ level: "info", text: "nothing was changed" });
          process.exitCode = EXIT.fail;
          return;
        }
        const report = await world.restore({ toTime });
        draw(drawRestore(report), options);
        if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, ...report });
      } finally {
        world.close();
      }
    });
}

/** What was restored, a line a database. */
export function drawRestore({ databases, downMs }: RestoreReport): string {
  const lines = databases.map(({ database, base, reachedAt, rows, tookMs }) => {
    const reached = reachedAt === null ? "nothing written since the backup" : `last write ${instant(reachedAt)}`;
    return `${database}: from backup ${base}, ${reached}, ${rows} rows, in ${formatDuration(tookMs)}`;
  });
  if (lines.length === 0) return "this system has no database\n";
  return `${[...lines, `nobody could write for ${formatDuration(downMs)}`].join("\n")}\n`;
}

/** A time as people write it in a shell, with its zone: a time of nowhere would be another one on each machine. */
export function instantOf(text: string): Ms {
  const isTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = isTime ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new UserError({
    code: "RUN-034",
    message: `"${text}" is no time with a zone`,
    fix: "write it like 2026-11-21T17:04:05Z or 2026-11-21T18:04:05+01:00",
  });
}
