import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, every } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { CacheSettings } from "../../topology/kind/cache.ts";
import type { Address } from "../address.ts";
import { type Child, type Spawner, signalProcess } from "../process/child.ts";
import { cacheConf } from "./cache-config.ts";
import { type CacheSession, withCacheSession } from "./cache-session.ts";
import { beginTimeline, timelineOf } from "./cache-timeline.ts";
import { until } from "./database-session.ts";
import type { CacheBinary } from "./engine-binary.ts";
import type { DiskState, Member, MemberRole, Position, Replication } from "./member.ts";
import { launch } from "./launch.ts";
import { killOrphans } from "./orphan.ts";

/** How long each thing may take: guards against a hang, far above what is measured. */
const WITHIN: Readonly<Record<"start" | "command" | "follow" | "seed" | "stop", Ms>> = {
  start: 15_000,
  command: 5_000,
  follow: 10_000,
  seed: 30_000,
  stop: 5_000,
};

export interface CacheMemberOptions {
  readonly id: string;
  readonly zone: string;
  /** The node's own folder. Absolute. */
  readonly directory: string;
  readonly listen: Address;
  readonly settings: CacheSettings;
  /** Ids of the other members. */
  readonly members: readonly string[];
  /** Of the programs; the control plane's own is made from it. */
  readonly password: string;
  readonly binary: CacheBinary;
  /** What else its process needs in its environment, asked at each start. @default nothing */
  readonly environment?: () => Readonly<Record<string, string>>;
  readonly spawner: Spawner;
  readonly clock: Clock;
  readonly logFile: string;
}

/**
 * A cache node: a real Valkey or Redis of its own zone.
 *
 * It forgets what a node of ElastiCache forgets: one that crashes or is killed while this object watches starts empty,
 * and `hasDisk` says so at once, so that it is seeded anew and never becomes the primary again, which would empty its
 * replicas. One that was stopped, or whose supervisor was killed, has its data still: on AWS the nodes would have lived
 * on.
 */
export class CacheMember implements Member {
  readonly id: string;
  readonly zone: string;
  readonly #options: CacheMemberOptions;
  readonly #data: string;
  readonly #stateFile: string;
  #child: Child | null = null;
  #stopping = false;
  #forgotten = false;

  constructor(options: CacheMemberOptions) {
    this.id = options.id;
    this.zone = options.zone;
    this.#options = options;
    this.#data = join(options.directory, "data");
    this.#stateFile = join(options.directory, "state.json");
  }

  process(): Child | null {
    return this.#child;
  }

  hasDisk(): boolean {
    return !this.#forgotten && existsSync(this.#data);
  }

  /** What was last commanded; the data themselves do not tell. */
  disk(): DiskState | null {
    if (!this.hasDisk() || !existsSync(this.#stateFile)) return null;
    return JSON.parse(readFileSync(this.#stateFile, "utf8")) as DiskState;
  }

  async initialise(): Promise<void> {
    if (this.hasDisk()) return;
    await this.#empty();
  }

  async start(role: MemberRole): Promise<void> {
    if (this.#child !== null) return;
    if (!this.hasDisk()) await this.#empty();
    killOrphans(this.#data);
    const { listen, settings, password, id, directory } = this.#options;
    const primary = role.role === "primary" ? null : role.role === "standby" ? role.primary : this.#nobody();
    const configuration = cacheConf({ id, listen, data: this.#data, settings, password, primary });
    await writeFile(join(directory, "cache.conf"), configuration, { mode: 0o600 });
    await this.#launch();
    if (role.role === "primary")
      await this.#session(listen, WITHIN.command, (session) => this.#joinTimeline(session, "primary"));
    else this.#note({ role: "standby", held: role.role === "held" });
  }

  async hold(via: Address): Promise<Position> {
    return this.#session(via, WITHIN.command, async (session) => {
      if (await isPrimary(session)) throw new Error(`"${this.id}" is a primary, which receives from nobody`);
      const nobody = this.#nobody();
      await session.command("replicaof", nobody.host, String(nobody.port));
      const stopped = async (): Promise<true | undefined> =>
        (await linkTo(session, nobody)) === "down" ? true : undefined;
      const otherwise = `"${this.id}" still receives from its primary`;
      await until(stopped, { clock: this.#options.clock, withinMs: 3_000, otherwise });
      this.#note({ role: "standby", held: true });
      return positionOf(session);
    });
  }

  async promote(via: Address, _standbys: readonly string[]): Promise<void> {
    // How many replicas a write needs is in the configuration, in force before the first write; which ones, nobody can
    // say.
    await this.#session(via, WITHIN.command, async (session) => {
      await session.command("replicaof", "no", "one");
      await this.#joinTimeline(session, "primary");
    });
  }

  /** Never `diverged`: a replica whose history left its primary's is overwritten by the engine itself. */
  async follow(via: Address, primary: Address): Promise<"streaming"> {
    await this.#session(via, WITHIN.follow, async (session) => {
      if (await isPrimary(session)) throw new Error(`"${this.id}" is a primary: stop it, then start it as a replica`);
      if ((await linkTo(session, primary)) !== "up") {
        await session.command("replicaof", primary.host, String(primary.port));
      }
      await this.#synchronised(session, primary, WITHIN.follow);
    });
    return "streaming";
  }

  async reseed(from: Address): Promise<void> {
    await this.kill();
    await this.#empty();
    await this.start({ role: "standby", primary: from });
    await this.#session(this.#options.listen, WITHIN.seed, (session) => this.#synchronised(session, from, WITHIN.seed));
  }

  async replication(via: Address): Promise<Replication> {
    return this.#session(via, WITHIN.command, async (session) => {
      const info = await session.info("replication");
      const end = Number(info.get("master_repl_offset"));
      const replicas = [...info].flatMap(([name, value]) => (/^slave\d+$/.test(name) ? [parseReplica(value)] : []));
      const standbys = this.#options.members.map((id) => {
        const replica = replicas.find((each) => each.id === id && each.online);
        if (replica === undefined) return { id, streaming: false, lagMs: null };
        // The seconds since its last acknowledgement, which comes once a second: less than two say nothing.
        const behindMs = replica.lagSeconds < 2 ? null : replica.lagSeconds * 1_000;
        return { id, streaming: true, lagMs: replica.offset >= end ? 0 : behindMs };
      });
      return { standbys };
    });
  }

  async position(via: Address): Promise<Position & { readonly role: "primary" | "standby" }> {
    return this.#session(via, WITHIN.command, async (session) => {
      const role = (await isPrimary(session)) ? "primary" : "standby";
      return { ...(await positionOf(session)), role };
    });
  }

  async checksum(via: Address): Promise<{ readonly checksum: string; readonly rows: number }> {
    return this.#session(via, WITHIN.seed, async (session) => {
      const checksum = await session.command("debug", "digest");
      const keyspace = await session.info("keyspace");
      const counts = [...keyspace.values()].map((value) => Number(/keys=(\d+)/.exec(value)?.[1] ?? 0));
      return { checksum, rows: counts.reduce((sum, count) => sum + count, 0) };
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child !== null) {
      child.signal("SIGKILL");
      await child.exited;
    }
    killOrphans(this.#data);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#stopping = true;
    // A replica that still writes its first append-only file ignores the signal, and forgets that it got one.
    const cancel = every(this.#options.clock, 200, () => void signalProcess(child.pid, "SIGTERM"));
    await child.stop(WITHIN.stop);
    cancel();
  }

  async #launch(): Promise<void> {
    const { id, directory, binary, spawner, logFile, listen, clock, environment } = this.#options;
    const env = { ...binary.env, ...environment?.() };
    const program = join(binary.bin, `${binary.flavour}-server`);
    const args = [join(directory, "cache.conf")];
    await launch({
      command: { name: id, command: program, args, cwd: directory, env, logFile },
      listen,
      spawner,
      clock,
      withinMs: WITHIN.start,
      ready: () => this.#session(listen, 1_000, (session) => session.command("ping")),
      onSpawned: (child) => this.#adopt(child),
    });
  }

  #adopt(child: Child): void {
    this.#child = child;
    this.#stopping = false;
    void child.exited.then(() => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#forgotten = !this.#stopping;
    });
  }

  async #synchronised(session: CacheSession, primary: Address, withinMs: Ms): Promise<void> {
    const up = async (): Promise<true | undefined> => ((await linkTo(session, primary)) === "up" ? true : undefined);
    const otherwise = `"${this.id}" does not replicate ${primary.host}:${primary.port} yet`;
    await until(up, { clock: this.#options.clock, withinMs, everyMs: 10, otherwise });
    await this.#joinTimeline(session, "standby");
  }

  /** Notes the history that this node is now part of, and what it is in it. */
  async #joinTimeline(session: CacheSession, role: DiskState["role"]): Promise<void> {
    const info = await session.info("replication");
    const timeline = beginTimeline(info.get("master_replid") ?? "", this.disk()?.timeline ?? 0);
    this.#note({ role, held: false, timeline });
  }

  /** An address at which nobody listens: who replicates it keeps its data and receives nothing. */
  #nobody(): Address {
    return { host: this.#options.listen.host, port: 1 };
  }

  #note(state: Omit<DiskState, "timeline"> & { readonly timeline?: number }): void {
    const timeline = state.timeline ?? this.disk()?.timeline ?? 0;
    writeFileSync(this.#stateFile, JSON.stringify({ ...state, timeline }), { mode: 0o600 });
  }

  async #empty(): Promise<void> {
    await rm(this.#data, { recursive: true, force: true });
    await rm(this.#stateFile, { force: true });
    await mkdir(this.#data, { recursive: true, mode: 0o700 });
    this.#forgotten = false;
  }

  #session<T>(address: Address, timeoutMs: Ms, use: (session: CacheSession) => Promise<T>): Promise<T> {
    const { password, clock } = this.#options;
    return withCacheSession({ address, password, clock, timeoutMs }, use);
  }
}

async function isPrimary(session: CacheSession): Promise<boolean> {
  return (await session.info("replication")).get("role") === "master";
}

/** Whether a replica's link to `primary` is up or down; null where it replicates somebody else. */
async function linkTo(session: CacheSession, primary: Address): Promise<"up" | "down" | null> {
  const info = await session.info("replication");
  if (info.get("master_host") !== primary.host || Number(info.get("master_port")) !== primary.port) return null;
  return info.get("master_link_status") === "up" ? "up" : "down";
}

async function positionOf(session: CacheSession): Promise<Position> {
  const info = await session.info("replication");
  return { timeline: timelineOf(info.get("master_replid") ?? ""), offset: Number(info.get("master_repl_offset")) };
}

/** A replica as a primary lists it: `ip=<its name>,port=6379,state=online,offset=42,lag=0`. */
function parseReplica(text: string): { id: string; online: boolean; offset: number; lagSeconds: number } {
  const fields = new Map(text.split(",").map((pair) => pair.split("=", 2) as [string, string]));
  return {
    id: fields.get("ip") ?? "",
    online: fields.get("state") === "online",
    offset: Number(fields.get("offset")),
    lagSeconds: Number(fields.get("lag")),
  };
}
