import type { Ms } from "../../base/units.ts";
import { CONTROL_SESSION, identifier, literal } from "./database-config.ts";
import { type PrimaryHistory, parseHistory, parseLsn, segmentStart } from "./database-history.ts";
import { type Session, until } from "./database-session.ts";
import type { Position, Replication } from "./member.ts";
import type { Clock } from "../../base/clock.ts";

/** How often in a row, and how far apart, no receiver at work must be seen until it is believed to be gone for good. */
const RECEIVER_QUIET = { times: 4, everyMs: 10 } as const;

/** Standbys that have not moved for so long have replayed what there is; half a record at the end stays unreplayed. */
const DRAINED = { times: 10, everyMs: 10 } as const;

/** Role of a running server. */
export async function roleOf(session: Session): Promise<"primary" | "standby"> {
  const [row] = await session.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  return row?.standby === true ? "standby" : "primary";
}

/**
 * How far a server reaches. `IDENTIFY_SYSTEM` alone tells the truth on a standby: the timeline that was replayed last,
 * with the larger of replayed and received-and-flushed on it. `pg_control_checkpoint()` lags behind by a checkpoint,
 * and the newest history file in `pg_wal` may be that of a primary whose history this copy never had.
 */
export async function positionOf(session: Session): Promise<Position> {
  const [row] = await session.query<{ timeline: number; xlogpos: string }>("IDENTIFY_SYSTEM");
  if (row === undefined) throw new Error("the server does not say who it is");
  return { timeline: Number(row.timeline), offset: parseLsn(row.xlogpos) };
}

/** The history of a primary, or of the first of a cascade, to compare a copy with. */
export async function historyOf(session: Session, of: "primary" | "standby"): Promise<PrimaryHistory> {
  if ((await roleOf(session)) !== of) throw new Error(`the server to follow is not a ${of} (yet)`);
  const { timeline, offset } = await positionOf(session);
  const past = timeline === 1 ? [] : await pastOf(session, timeline);
  const [size] = await session.query<{ bytes: string }>(
    "select setting as bytes from pg_settings where name = 'wal_segment_size'",
  );
  const names = await session.query<{ name: string }>("select name from pg_ls_waldir()");
  const starts = names.flatMap(({ name }) => segmentStart(name, Number(size?.bytes)) ?? []);
  return { timeline, offset, past, oldest: Math.min(...starts) };
}

async function pastOf(session: Session, timeline: number): Promise<PrimaryHistory["past"]> {
  const [file] = await session.query<{ content: string | Buffer }>(`TIMELINE_HISTORY ${timeline}`);
  return parseHistory(String(file?.content ?? ""));
}

/**
 * Makes a setting the server's own, over restarts too, and waits until it is in force in the postmaster: what it starts
 * from then on has it.
 */
export async function applySetting(
  session: Session,
  clock: Clock,
  [name, value]: readonly [string, string],
): Promise<void> {
  await session.query(`alter system set ${name} = ${literal(value)}`);
  await session.query("select pg_reload_conf()");
  const inForce = async (): Promise<true | undefined> => {
    const [row] = await session.query<{ value: string }>(`select current_setting('${name}') as value`);
    return row?.value === value ? true : undefined;
  };
  await until(inForce, { clock, withinMs: 3_000, otherwise: `${name} did not come into force` });
}

/**
 * Ends every other session of the control plane's, and waits until they are gone. A command may lie in a server that
 * sleeps or is slow long after who sent it has given up; from here on none takes effect any more. One that is still
 * logging in has not been sent a command.
 */
export async function endEarlierCommands(session: Session, clock: Clock): Promise<void> {
  const gone = async (): Promise<true | undefined> => {
    const others = await session.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = ${literal(CONTROL_SESSION)} and pid <> pg_backend_pid()`,
    );
    return others.length === 0 ? true : undefined;
  };
  await until(gone, { clock, withinMs: 3_000, otherwise: "an earlier command is still under way" });
}

/**
 * Stops a standby from receiving, for good, and waits until it has replayed what it has. Its receiver's process is
 * looked for, not its statistics, which do not show one that is still dialling; and more than once, since the process
 * that starts it may have read the old setting a moment before. `idle`: one is left over, which has reached the end of
 * a timeline and waits to be told where to go on. It acknowledges nothing, but would go on over its old connection: see
 * `PostgresMember.follow`.
 */
export async function stopReceiving(session: Session, clock: Clock): Promise<"gone" | "idle"> {
  if ((await roleOf(session)) === "primary") throw new Error("it is a primary, which receives from nobody");
  await applySetting(session, clock, ["primary_conninfo", ""]);
  let quiet = 0;
  const confirmed = async (): Promise<"gone" | "idle" | undefined> => {
    const receiver = await receiverOf(session);
    quiet = receiver === "active" ? 0 : quiet + 1;
    return quiet >= RECEIVER_QUIET.times && receiver !== "active" ? receiver : undefined;
  };
  const otherwise = "its WAL receiver did not stop";
  const left = await until(confirmed, { clock, withinMs: 3_000, everyMs: RECEIVER_QUIET.everyMs, otherwise });
  await drain(session, clock);
  return left;
}

async function receiverOf(session: Session): Promise<"gone" | "idle" | "active"> {
  const [row] = await session.query<{ waits: string | null }>(
    "select wait_event as waits from pg_stat_activity where backend_type = 'walreceiver'",
  );
  if (row === undefined) return "gone";
  return row.waits === "WalReceiverWaitStart" ? "idle" : "active";
}

async function drain(session: Session, clock: Clock): Promise<void> {
  let last = "";
  let still = 0;
  const drained = async (): Promise<true | undefined> => {
    const [row] = await session.query<{ replayed: string; done: boolean | null }>(
      "select pg_last_wal_replay_lsn() as replayed, pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() as done",
    );
    still = row?.replayed === last ? still + 1 : 0;
    last = row?.replayed ?? "";
    return row?.done !== false || still >= DRAINED.times ? true : undefined;
  };
  await until(drained, {
    clock,
    withinMs: 5_000,
    everyMs: DRAINED.everyMs,
    otherwise: "it is still replaying its log",
  });
}

/**
 * Where a standby's replay ends, with the timeline that it replayed: what decides whether it can follow another
 * primary.
 */
export async function replayedOf(session: Session): Promise<Position> {
  const { timeline } = await positionOf(session);
  const [row] = await session.query<{ lsn: string }>("select pg_last_wal_replay_lsn() as lsn");
  return { timeline, offset: parseLsn(row?.lsn ?? "0/0") };
}

/** Ends recovery, and waits until it has ended. Does nothing on a primary. */
export async function endRecovery(session: Session, clock: Clock, withinMs: Ms): Promise<void> {
  if ((await roleOf(session)) === "primary") return;
  await session.query("select pg_promote(wait => false)");
  const promoted = async (): Promise<true | undefined> => ((await roleOf(session)) === "primary" ? true : undefined);
  await until(promoted, { clock, withinMs, otherwise: `it was not promoted within ${withinMs} ms` });
}

/** The server's own clock, to tell a new connection of a standby from the remains of an old one. */
export async function timeOf(session: Session): Promise<string> {
  const [row] = await session.query<{ now: string }>("select clock_timestamp()::text as now");
  return row?.now ?? "-infinity";
}

/** Whether the standby `id` streams from this primary over a connection made after `since`, and has caught up once. */
export async function isStreaming(session: Session, id: string, since: string): Promise<boolean> {
  const rows = await session.query(
    `select 1 from pg_stat_replication where application_name = ${literal(id)} and state = 'streaming'
     and backend_start >= ${literal(since)}::timestamptz`,
  );
  return rows.length > 0;
}

/** What the standbys `ids` of this primary do; one that is not connected is listed as not streaming. */
export async function replicationOf(session: Session, ids: readonly string[]): Promise<Replication> {
  const rows = await session.query<{ id: string; streaming: boolean; lag: number | null }>(
    `select application_name as id, state = 'streaming' as streaming,
      case when replay_lsn >= case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
        then 0
        else extract(epoch from replay_lag)::float8 * 1000 end as lag
     from pg_stat_replication`,
  );
  const standbys = ids.map((id) => {
    const row = rows.find((each) => each.id === id && each.streaming) ?? rows.find((each) => each.id === id);
    return { id, streaming: row?.streaming === true, lagMs: row?.lag ?? null };
  });
  return { standbys };
}

/**
 * One digest over all tables of the user's, their rows in an order of their own, in one snapshot; and how many rows
 * there are.
 */
export async function checksumOf(session: Session): Promise<{ readonly checksum: string; readonly rows: number }> {
  await session.query("begin isolation level repeatable read read only");
  const tables = await session.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`,
  );
  const sums: string[] = [];
  let total = 0;
  for (const { schema, name } of tables) {
    const table = `${identifier(schema)}.${identifier(name)}`;
    const [row] = await session.query<{ sum: string; rows: string }>(
      `select coalesce(md5(string_agg(h, '' order by h)), '') as sum, count(*) as rows
       from (select md5(t::text) as h from ${table} t) hashes`,
    );
    sums.push(`${table}=${row?.sum}`);
    total += Number(row?.rows);
  }
  const [all] = await session.query<{ checksum: string }>(`select md5(${literal(sums.join("\n"))}) as checksum`);
  await session.query("commit");
  return { checksum: all?.checksum ?? "", rows: total };
}
