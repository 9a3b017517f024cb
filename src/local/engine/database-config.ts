import type { Address } from "../address.ts";

/** The role that commands the database, replicates it and copies it. Programs never get its password. */
export const CONTROL_ROLE = "holdfast";

/** What the control plane's own sessions are called in `pg_stat_activity`. */
export const CONTROL_SESSION = `${CONTROL_ROLE}-control`;

/** Size of a segment of the log. Small ones keep disks small, and make the switch at the end of a backup cheap. */
export const SEGMENT_MB = 4;

/**
 * The settings of one member that stay as they are; what a failover changes is in `postgresql.auto.conf`, see
 * `autoConf`. Small in memory and in processes, as three of them share a laptop; as safe as on AWS: fsync and full-page
 * writes are on.
 */
export function postgresqlConf(listen: Address, archiveTo?: string): string {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: listen.host,
    port: listen.port,
    unix_socket_directories: "",
    max_connections: 100,
    superuser_reserved_connections: 5,
    password_encryption: "scram-sha-256",
    ssl: "off",
    // Memory and processes.
    shared_buffers: "16MB",
    huge_pages: "off",
    dynamic_shared_memory_type: "mmap",
    io_method: "sync",
    max_worker_processes: 0,
    max_parallel_workers: 0,
    max_logical_replication_workers: 0,
    autovacuum_worker_slots: 2,
    autovacuum_max_workers: 1,
    // Replication. No slots: a standby that stays away must not fill the primary's disk; it is seeded anew instead.
    wal_level: "replica",
    max_wal_senders: 12,
    max_replication_slots: 0,
    wal_keep_size: "128MB",
    min_wal_size: "32MB",
    max_wal_size: "256MB",
    wal_sender_timeout: "3s",
    wal_receiver_timeout: "3s",
    wal_receiver_status_interval: "1s",
    wal_retrieve_retry_interval: "100ms",
    hot_standby: "on",
    hot_standby_feedback: "on",
    synchronous_commit: "on",
    fsync: "on",
    // What is said, and how.
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "%m [%p] ",
    log_checkpoints: "off",
    log_timezone: "UTC",
    timezone: "UTC",
    lc_messages: "C",
    ...(archiveTo === undefined ? {} : { archive_mode: "always", archive_command: archiveCommand(archiveTo) }),
  };
  return lines(Object.entries(settings).map(([name, value]) => `${name} = ${setting(String(value))}`));
}

/**
 * Hands a segment over to a folder: it appears there whole and synchronised, and one that is there is never replaced by
 * another one. Standbys hand theirs over too (`always`), for a primary that is lost may not have got to it.
 */
function archiveCommand(folder: string): string {
  const target = `'${folder.replaceAll("'", String.raw`'\''`).replaceAll("%", "%%")}/'%f`;
  const copy = 'cp %p "$f.new" && sync "$f.new" && mv "$f.new" "$f"';
  // Where nobody takes it in, in a region that only follows, it is kept by the one that leads.
  const nobody = '[ -d "${f%%/*}" ] || exit 0'; // two percent signs are one to PostgreSQL
  return `f=${target}; ${nobody}; if [ -e "$f" ]; then cmp -s %p "$f"; else ${copy}; fi`;
}

/**
 * Who may come in: the control role from anywhere on loopback, the program's user to its own database; passwords
 * always.
 */
export function hbaConf(databaseName: string, user: string): string {
  const method = "127.0.0.0/8 scram-sha-256";
  return lines([
    `host all ${CONTROL_ROLE} ${method}`,
    `host replication ${CONTROL_ROLE} ${method}`,
    `host "${databaseName}" "${user}" ${method}`,
  ]);
}

/** What a failover changes. The same names are set by `ALTER SYSTEM` while the server runs. */
export interface Changeable {
  readonly quorum: string;
  /** Whom it receives from; `""`: nobody, it is held; null: left out, as on a primary. */
  readonly primaryConninfo: string | null;
}

/** The text of `postgresql.auto.conf`. */
export function autoConf({ quorum, primaryConninfo }: Changeable): string {
  const conninfo = primaryConninfo === null ? [] : [`primary_conninfo = ${setting(primaryConninfo)}`];
  return lines([`synchronous_standby_names = ${setting(quorum)}`, ...conninfo]);
}

/** Whether a `postgresql.auto.conf` says that the member receives from nobody. */
export function isHeld(text: string): boolean {
  return /^primary_conninfo = ''$/m.test(text);
}

/**
 * The value of `synchronous_standby_names`: a commit waits for any `count` of `standbys`. Empty for none: asynchronous.
 * Where fewer are named than must agree, no commit is acknowledged until there are more: as it must be.
 */
export function quorumOf(standbys: readonly string[], count: number): string {
  if (count === 0 || standbys.length === 0) return "";
  return `ANY ${count} (${standbys.map((id) => `"${id.replaceAll('"', '""')}"`).join(", ")})`;
}

/**
 * How a standby dials its primary. The password is in a file, for it would be seen in `pg_stat_wal_receiver` and in
 * logs.
 */
export function conninfo(primary: Address, own: { readonly id: string; readonly passwordFile: string }): string {
  const parts: Readonly<Record<string, string | number>> = {
    host: primary.host,
    port: primary.port,
    user: CONTROL_ROLE,
    passfile: own.passwordFile,
    application_name: own.id,
    connect_timeout: 2,
    sslmode: "disable",
    gssencmode: "disable",
  };
  const quote = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${quote(String(value))}`)
    .join(" ");
}

/** The file that `conninfo` names: one line, for every server. */
export function passwordFileText(password: string): string {
  return lines([`*:*:*:${CONTROL_ROLE}:${password.replaceAll("\\", "\\\\").replaceAll(":", "\\:")}`]);
}

/** `text` as a value in a configuration file, where, unlike in SQL, a backslash escapes. */
function setting(text: string): string {
  return literal(text.replaceAll("\\", "\\\\"));
}

/** `text` as a string in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `name` as an identifier in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function lines(of: readonly string[]): string {
  return `${of.join("\n")}\n`;
}
