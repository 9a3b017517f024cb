import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CONTROL_ROLE, SEGMENT_MB, identifier, literal } from "./database-config.ts";
import { type DatabaseDisk, copyData, copyLog } from "./database-disk.ts";
import { parseLsn } from "./database-history.ts";
import type { Session } from "./database-session.ts";
import { logLength, logSince, startFailure } from "./start-failure.ts";
import type { PostgresMemberOptions } from "./database-options.ts";
import { unprivilegedPrefix } from "./privilege.ts";

/**
 * Makes a new cluster in `disk.copy`, with the program's user and its database. Nothing listens meanwhile: the server
 * runs in single-user mode, so that the first start of the primary finds all of it, and every copy of it too.
 */
export async function createCluster(options: PostgresMemberOptions, disk: DatabaseDisk): Promise<void> {
  const { settings, secrets, directory } = options;
  const passwordFile = join(directory, "initial-password");
  const scriptFile = join(directory, "initial.sql");
  await rm(disk.copy, { recursive: true, force: true });
  try {
    await writeFile(passwordFile, `${secrets.controlPassword}\n`, { mode: 0o600 });
    const initdb = join(options.binary.bin, "initdb");
    const identity = [
      "--pgdata",
      disk.copy,
      "--username",
      CONTROL_ROLE,
      "--pwfile",
      passwordFile,
      "--auth=scram-sha-256",
    ];
    const contents = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    const making = ["--no-sync", "--no-instructions", `--wal-segsize=${SEGMENT_MB}`];
    await run(options, [...(await unprivilegedPrefix()), initdb, ...identity, ...contents, ...making]);
    // One command a line: that is how single-user mode reads. The database is not created but made of template0, which
    // nobody needs here: the three hundred files of one more are a fourth of what each standby's disk takes to copy.
    const [user, database] = [identifier(settings.user), identifier(settings.databaseName)];
    const script = [
      `create role ${user} login password ${literal(secrets.password)}`,
      "alter database template0 with is_template false",
      `alter database template0 rename to ${database}`,
      `alter database ${database} with allow_connections true`,
      `alter database ${database} owner to ${user}`,
    ];
    await writeFile(scriptFile, `${script.join("\n")}\n`, { mode: 0o600 });
    const fed = ["/bin/sh", "-c", 'script=$1; shift; exec "$@" < "$script"', "sh", scriptFile];
    const single = [join(options.binary.bin, "postgres"), "--single", "-D", disk.copy];
    // A statement that fails is not logged, for one of them holds a password.
    const quiet = ["-c", "log_min_error_statement=panic", "-c", "exit_on_error=on", "postgres"];
    await run(options, [...fed, ...(await unprivilegedPrefix()), ...single, ...quiet]);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(scriptFile, { force: true });
  }
}

async function run(options: PostgresMemberOptions, [command = "", ...args]: readonly string[]): Promise<void> {
  const { id, directory, binary, spawner, logFile, listen } = options;
  const from = await logLength(logFile);
  const child = await spawner.spawn({ name: `${id} setup`, command, args, cwd: directory, env: binary.env, logFile });
  const exit = await child.exited;
  if (exit !== "exit 0") throw startFailure({ id, listen, exit, log: await logSince(logFile, from), logFile });
}

/** The segment file that holds a position of a timeline, as PostgreSQL names it. */
function segmentName(timeline: string, offset: number): string {
  const bytes = SEGMENT_MB * 1024 * 1024;
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
  const inLog = 2 ** 32 / bytes;
  const segment = Math.floor(offset / bytes);
  return `${timeline}${hex(Math.floor(segment / inLog))}${hex(segment % inLog)}`;
}

/**
 * Copies the disk of a running primary, or of a standby, to `disk.copy`, consistently: it is asked over `session`, its
 * files are read where it says that they are, on this machine. Takes as long as copying does: 90 to 300 ms for a small
 * one.
 */
export async function copyFromPrimary(session: Session, disk: DatabaseDisk): Promise<void> {
  await rm(disk.copy, { recursive: true, force: true });
  const [source] = await session.query<{ path: string }>("select current_setting('data_directory') as path");
  const from = source?.path ?? "";
  if (dirname(from) === dirname(disk.data)) throw new Error("a member cannot be seeded from itself");
  await session.query("select pg_backup_start('seed', fast => true)");
  await copyData(from, disk.copy);
  // A standby cannot be asked for the name of a segment, so it is told from where the backup ended.
  const [backup] = await session.query<{ label: string; end: string }>(
    "select labelfile as label, lsn::text as end from pg_backup_stop(wait_for_archive => false)",
  );
  const first = /\(file ([0-9A-F]{24})\)/.exec(backup?.label ?? "")?.[1];
  if (backup === undefined || first === undefined) throw new Error("the primary gave no label for its backup");
  await writeFile(join(disk.copy, "backup_label"), backup.label, { mode: 0o600 });
  await copyLog(from, disk.copy, { first, last: segmentName(first.slice(0, 8), parseLsn(backup.end)) });
}
