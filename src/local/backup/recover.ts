/**
 * Lets PostgreSQL replay the log over an unpacked base backup, in single-user mode: nothing listens, no address is
 * needed, and what comes out is the disk of a primary on a timeline of its own, cleanly shut down. Then every row of
 * the program's database is read once, checksums of pages included. To look at one by hand:
 * `postgres --single -D FOLDER app`.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import type { RunCode } from "../codes.ts";
import { literal } from "../engine/database-config.ts";
import type { EngineBinary } from "../engine/engine-binary.ts";
import { unprivilegedPrefix } from "../engine/privilege.ts";
import type { Spawner } from "../process/child.ts";

/** What recovers. */
export interface RecoveryEngine {
  /** What it is called in messages, such as `database`. */
  readonly name: string;
  readonly binary: EngineBinary;
  readonly spawner: Spawner;
  readonly logFile: string;
  /** The program's own database, whose rows are read. */
  readonly databaseName: string;
}

/** Where replay ends. */
export interface RecoveryGoal {
  readonly timeline: number;
  /** Before the first commit after this; null: with the log. */
  readonly toTime: Ms | null;
  /** As soon as the backup is consistent. */
  readonly isSnapshot: boolean;
}

/** What came out. */
export interface Recovered {
  /** The new timeline. */
  readonly timeline: number;
  /** When the last transaction that was replayed was committed; null where none was. */
  readonly reachedAt: Ms | null;
  readonly tables: number;
  readonly rows: number;
}

/** Too little log: nobody committed anything after the time that was asked for, so all of it is before. */
const NOTHING_LATER = "recovery ended before configured recovery target was reached";

/** Recovers the disk in `data`, with the log in the folder `log`. */
export async function recover(
  engine: RecoveryEngine,
  folders: { readonly data: string; readonly log: string },
  goal: RecoveryGoal,
): Promise<Recovered> {
  await writeFile(join(folders.data, "recovery.signal"), "", { mode: 0o600 });
  const attempt = async (toTime: Ms | null): Promise<string> => {
    await writeFile(join(folders.data, "postgresql.auto.conf"), settings(folders.log, { ...goal, toTime }));
    return run(engine, folders.data);
  };
  let said = await attempt(goal.toTime);
  if (goal.toTime !== null && said.includes(NOTHING_LATER)) said = await attempt(null);
  const recovered = parse(said);
  if (recovered !== null) return recovered;
  const last = said.trim().split("\n").slice(-3).join(" / ");
  throw new UserError({
    code: "RUN-035" satisfies RunCode,
    message: `PostgreSQL could not recover "${engine.name}" from its backup: ${last}`,
    fix: `read ${engine.logFile}; an earlier time may be restored`,
    at: engine.logFile,
  });
}

function settings(log: string, { timeline, toTime, isSnapshot }: RecoveryGoal): string {
  const quoted = log.replaceAll("'", String.raw`'\''`).replaceAll("%", "%%");
  const value = (text: string): string => literal(text.replaceAll("\\", "\\\\"));
  const at = toTime === null ? "" : new Date(toTime).toISOString().replace("T", " ").replace("Z", "+00");
  return [
    `restore_command = ${value(`cp '${quoted}/%f' "%p"`)}`,
    `recovery_target_timeline = '${timeline}'`,
    "recovery_target_action = 'promote'",
    ...(toTime === null ? [] : [`recovery_target_time = '${at}'`]),
    ...(isSnapshot ? ["recovery_target = 'immediate'"] : []),
    "",
  ].join("\n");
}

const REPORT = `select 'timeline=' || timeline_id || ' reached=' ||
  coalesce(extract(epoch from pg_last_xact_replay_timestamp())::text, 'never') as said from pg_control_checkpoint()`;

/** Says how many rows each table has, so that every page is read. */
const READ_ALL = `do $$ declare t record; n bigint; tables int := 0; total bigint := 0; begin
  for t in select c.oid::regclass as name from pg_class c join pg_namespace s on s.oid = c.relnamespace
    where c.relkind = 'r' and s.nspname !~ '^pg_' and s.nspname <> 'information_schema' loop
    execute format('select count(*) from %s t where t::text is not null', t.name) into n;
    tables := tables + 1; total := total + n; end loop;
  raise log 'tables=% rows=%', tables, total; end $$`;

/** Runs it to its end, and gives what it said; that is appended to the log file, too. */
async function run({ name, binary, spawner, logFile, databaseName }: RecoveryEngine, data: string): Promise<string> {
  const script = `${data}.sql`;
  const said = `${data}.said`;
  // One command a line: that is how single-user mode reads.
  const commands = [REPORT, READ_ALL].map((command) => command.replaceAll(/\s+/g, " "));
  await writeFile(script, `${commands.join("\n")}\n`, { mode: 0o600 });
  const fed = ["-c", 'script=$1; shift; exec "$@" < "$script"', "sh", script, ...(await unprivilegedPrefix())];
  const single = [join(binary.bin, "postgres"), "--single", "-D", data];
  // `hot_standby`: single-user mode has nobody to serve meanwhile, and stumbles over it.
  const modes = ["hot_standby=off", "log_error_verbosity=terse", "log_min_error_statement=panic", "exit_on_error=on"];
  const args = [...fed, ...single, ...modes.flatMap((mode) => ["-c", mode]), databaseName];
  try {
    const child = await spawner.spawn({
      name: `${name} recovery`,
      command: "/bin/sh",
      args,
      cwd: dirname(data),
      env: binary.env,
      logFile: said,
    });
    await child.exited;
    const text = await readFile(said, "utf8");
    await writeFile(logFile, text, { flag: "a", mode: 0o600 });
    return text;
  } finally {
    await rm(script, { force: true });
    await rm(said, { force: true });
  }
}

function parse(said: string): Recovered | null {
  const report = /timeline=(\d+) reached=([\d.]+|never)/.exec(said);
  const read = /tables=(\d+) rows=(\d+)/.exec(said);
  if (report === null || read === null) return null;
  const reached = report[2] ?? "never";
  return {
    timeline: Number(report[1]),
    reachedAt: reached === "never" ? null : Number(reached) * 1_000,
    tables: Number(read[1]),
    rows: Number(read[2]),
  };
}
