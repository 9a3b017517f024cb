/**
 * A cluster of three PostgreSQL nodes under Patroni, with one etcd, all on this machine: what the bench of failovers
 * compares Holdfast with. The programs are the system's own; nothing of Patroni's is shipped. Alone it does nothing.
 * Not covered: an etcd of three nodes, watchdogs, TLS.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { systemClock } from "../src/base/clock.ts";
import type { Ms } from "../src/base/units.ts";
import type { Way } from "./writer-probe.ts";

/** Patroni's timers, in seconds. */
export interface PatroniTimers {
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

/** As Patroni ships, and the smallest values that its documentation allows. */
export const PATRONI_TIMERS = {
  defaults: { ttl: 30, loop_wait: 10, retry_timeout: 10 },
  tightest: { ttl: 20, loop_wait: 1, retry_timeout: 3 },
} as const;

/** What of a node dies: the database's processes alone, or Patroni's agent beside them, as when a machine is gone. */
export type Loss = "postgres" | "node";

/** A running cluster. */
export interface PatroniCluster {
  readonly nodes: readonly Way[];
  /** Version lines of what runs. */
  readonly versions: readonly string[];
  /** Kills the primary; gives its node's index, and the instant before. */
  killPrimary(loss: Loss): Promise<{ readonly node: number; readonly from: Ms }>;
  /** Starts the agent of a node again, where it is gone, and waits until two standbys stream, one of them in sync. */
  mend(node: number): Promise<void>;
  stop(): Promise<void>;
}

const NODES = 3;
const PASSWORD = "only-for-this-bench";
const HOST = (node: number): string => `127.79.7.${11 + node}`;
const ETCD = "127.79.7.10";
const MENDED_WITHIN_MS = 180_000;

interface Programs {
  readonly patroni: string;
  readonly etcd: string;
  readonly postgresBin: string;
}

/** Where the programs are on this system; throws what to install where one is missing. */
export function findPatroni(): Programs {
  const which = (name: string): string | undefined => {
    const path = ["/usr/bin", "/usr/local/bin", "/usr/sbin"].map((folder) => join(folder, name));
    return path.find((file) => existsSync(file));
  };
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const postgresBin = versions
    .map((version) => join(base, version, "bin"))
    .find((bin) => existsSync(join(bin, "postgres")));
  const [patroni, etcd] = [which("patroni"), which("etcd")];
  if (patroni !== undefined && etcd !== undefined && postgresBin !== undefined) return { patroni, etcd, postgresBin };
  const missing = Object.entries({ patroni, etcd, postgresql: postgresBin }).filter(([, path]) => path === undefined);
  throw new Error(
    `not installed here: ${missing.map(([name]) => name).join(", ")}. On Debian: ` +
      "apt-get install --no-install-recommends patroni etcd-server postgresql python3-psycopg2 python3-etcd",
  );
}

/** The user that PostgreSQL runs as: itself refuses to run as root. */
function account(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

/** Starts a cluster with these timers; resolves when all of its nodes replicate in sync. */
export async function startPatroni(timers: PatroniTimers): Promise<PatroniCluster> {
  const programs = findPatroni();
  const as = account();
  const directory = await mkdtemp(join(tmpdir(), "holdfast-patroni-"));
  if (as) await chown(directory, as.uid, as.gid);
  const log = openSync(join(directory, "log"), "a");
  const launch = (command: string, args: readonly string[]): ChildProcess =>
    spawn(command, args, { stdio: ["ignore", log, log], cwd: directory, env: { PATH: "/usr/bin:/bin" }, ...as });
  const etcd = launch(programs.etcd, etcdArguments(join(directory, "etcd")));
  const agents: ChildProcess[] = [];
  for (let node = 0; node < NODES; node++) {
    const own = join(directory, `node${node}`);
    await mkdir(own);
    if (as) await chown(own, as.uid, as.gid);
    const config = join(directory, `node${node}.json`); // JSON is YAML
    await writeFile(config, JSON.stringify(configOf(node, { data: join(own, "data"), timers, programs }), null, 2));
  }
  const startAgent = (node: number): void => {
    agents[node] = launch(programs.patroni, [join(directory, `node${node}.json`)]);
  };
  const nodes = Array.from({ length: NODES }, (_, node) => wayTo(node));
  const stop = async (): Promise<void> => {
    for (const agent of agents) await kill(agent);
    for (let node = 0; node < NODES; node++) killPostgres(await postmasterOf(join(directory, `node${node}`, "data")));
    await kill(etcd);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const mend = async (node: number): Promise<void> => {
    const agent = agents[node];
    if (!agent || agent.exitCode !== null || agent.signalCode !== null) startAgent(node);
    await waitUntilWhole(nodes, join(directory, "log"));
  };
  try {
    // The first to start is the first primary.
    for (let node = 0; node < NODES; node++) startAgent(node);
    await waitUntilWhole(nodes, join(directory, "log"));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    versions: versionsOf(programs),
    async killPrimary(loss) {
      const primary = await primaryOf(nodes);
      if (primary === null) throw new Error("there is no primary to kill");
      const postmaster = await postmasterOf(join(directory, `node${primary}`, "data"));
      const from = systemClock.now();
      if (loss === "node") agents[primary]?.kill("SIGKILL");
      killPostgres(postmaster);
      return { node: primary, from };
    },
    mend,
    stop,
  };
}

function etcdArguments(data: string): readonly string[] {
  const [client, peer] = [`http://${ETCD}:2379`, `http://${ETCD}:2380`];
  return Object.entries({
    "data-dir": data,
    name: "bench",
    "initial-cluster": `bench=${peer}`,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
  }).map(([name, value]) => `--${name}=${value}`);
}

function configOf(
  node: number,
  { data, timers, programs }: { data: string; timers: PatroniTimers; programs: Programs },
): object {
  const roles = { superuser: "postgres", replication: "replicator", rewind: "rewinder" };
  const parameters = { max_connections: 50, shared_buffers: "16MB", wal_log_hints: "on", wal_keep_size: "128MB" };
  return {
    scope: "bench",
    name: `node${node}`,
    restapi: { listen: `${HOST(node)}:8008`, connect_address: `${HOST(node)}:8008` },
    etcd3: { host: `${ETCD}:2379` },
    bootstrap: {
      dcs: { ...timers, synchronous_mode: true, postgresql: { use_pg_rewind: true, parameters } },
      initdb: ["data-checksums", { encoding: "UTF8" }],
    },
    postgresql: {
      listen: `${HOST(node)}:5432`,
      connect_address: `${HOST(node)}:5432`,
      data_dir: data,
      bin_dir: programs.postgresBin,
      pgpass: join(data, "..", "pgpass"),
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      authentication: Object.fromEntries(
        Object.entries(roles).map(([role, username]) => [role, { username, password: PASSWORD }]),
      ),
      pg_hba: ["host all all 127.0.0.0/8 scram-sha-256", "host replication all 127.0.0.0/8 scram-sha-256"],
      parameters: { unix_socket_directories: join(data, "..") },
    },
  };
}

function wayTo(node: number): Way {
  return { host: HOST(node), port: 5432, user: "postgres", password: PASSWORD, database: "postgres" };
}

async function ask<T extends object>(way: Way, query: string): Promise<readonly T[] | null> {
  const client = new Client({ ...way, connectionTimeoutMillis: 500, query_timeout: 1_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query<T>(query)).rows;
  } catch {
    return null;
  } finally {
    client.connection.stream.destroy();
  }
}

async function primaryOf(nodes: readonly Way[]): Promise<number | null> {
  for (const [node, way] of nodes.entries()) {
    const rows = await ask<{ standby: boolean }>(way, "select pg_is_in_recovery() as standby");
    if (rows?.[0]?.standby === false) return node;
  }
  return null;
}

async function waitUntilWhole(nodes: readonly Way[], log: string): Promise<void> {
  const deadline = systemClock.now() + MENDED_WITHIN_MS;
  for (;;) {
    const primary = await primaryOf(nodes);
    const way = primary === null ? undefined : nodes[primary];
    const standbys = way && (await ask<{ sync: boolean }>(way, STANDBYS));
    const whole = standbys?.length === NODES - 1 && standbys.some(({ sync }) => sync);
    if (whole && way && (await knowsSynchronousStandby(way))) return;
    if (systemClock.now() > deadline) throw new Error(`the cluster did not become whole:\n${await tail(log)}`);
    await systemClock.sleep(250);
  }
}

/**
 * Whether Patroni has recorded in etcd which standby is synchronous: up to a `loop_wait` after PostgreSQL says so. It
 * promotes no other, so a primary that is killed before this has no successor until it comes back.
 */
async function knowsSynchronousStandby({ host }: Way): Promise<boolean> {
  try {
    const answer = await fetch(`http://${host}:8008/cluster`, { signal: AbortSignal.timeout(1_000) });
    const { members } = (await answer.json()) as { members: readonly { role: string }[] };
    return members.some(({ role }) => role === "sync_standby");
  } catch {
    return false;
  }
}

const STANDBYS = `select sync_state in ('sync', 'quorum') as sync
  from pg_stat_replication where state = 'streaming' and application_name like 'node%'`;

async function tail(log: string): Promise<string> {
  return (await readFile(log, "utf8")).split("\n").slice(-30).join("\n");
}

async function postmasterOf(data: string): Promise<number | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  return pid > 0 ? pid : null;
}

/** The postmaster and what it has started, so that nothing of the node can answer any more. */
function killPostgres(postmaster: number | null): void {
  if (postmaster === null) return;
  const children = childrenOf(postmaster);
  for (const pid of [postmaster, ...children]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it is gone already
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number);
  } catch {
    return []; // it has none
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

function versionsOf({ patroni, etcd, postgresBin }: Programs): readonly string[] {
  const first = (command: string): string => execFileSync(command, ["--version"]).toString().split("\n")[0] ?? "";
  return [first(patroni), first(etcd), first(join(postgresBin, "postgres"))];
}
