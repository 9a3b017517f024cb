import { Command } from "commander";
import { formatDuration } from "../base/units.ts";
import type { BackupReport, BackupWorld } from "../world/backup.ts";
import { colors, draw, writeJson } from "./output.ts";
import { type SystemOptions, configOption, stateDirectoryOf, stateOption } from "./system.ts";

/** Where the verbs find the running system; closed when the verb has ended. */
export type FindBackups = (stateDirectory: string) => Promise<BackupWorld & { close(): void }>;

interface BackupOptions extends Pick<SystemOptions, "config" | "state"> {
  readonly json?: string;
}

const EXAMPLES = `
Backups are taken on schedule while the system runs (backups.every of the definition), and one is taken now. With a
second region each is copied there. Where HOLDFAST_BACKUP_KEY is set when the system is started, they are encrypted
with it; without the same key nobody can restore them.

Examples:
  $ HOLDFAST_BACKUP_KEY=$(cat backup.key) holdfast up      made with: openssl rand -hex 32
  $ holdfast backup
`;

/** `holdfast backup`: a backup of every database now. */
export function backupCommand(find: FindBackups): Command {
  return new Command("backup")
    .description("back up every database of the running system now")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--json <file>", "write what was backed up as JSON (- for standard output)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: BackupOptions) => {
      const world = await find(stateDirectoryOf(options));
      try {
        const report = await world.backup();
        draw(drawBackups(report), options);
        if (options.json !== undefined) await writeJson(options.json, { holdfast: 1, ...report });
      } finally {
        world.close();
      }
    });
}

/** What was backed up, as a table. */
export function drawBackups({ databases }: BackupReport): string {
  const rows = databases.map(({ database, id, bytes, tookMs, copiedTo, encrypted, restorable: { from, to } }) => [
    database,
    id,
    `${(bytes / 2 ** 20).toFixed(1)} MiB${encrypted ? ", encrypted" : ""}`,
    formatDuration(tookMs),
    copiedTo ?? "nowhere",
    from === null || to === null ? "not restorable" : `${instant(from)} to ${instant(to)}`,
  ]);
  if (rows.length === 0) return "this system has no database\n";
  const head = ["database", "backup", "size", "took", "copied to", "restorable"];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[colors.bold(line(head)), ...rows.map(line)].join("\n")}\n`;
}

/** A time as `restore --to-time` takes it. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
