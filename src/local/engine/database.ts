import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { type Child, signalProcess } from "../process/child.ts";
import { CONTROL_ROLE, conninfo, hbaConf, passwordFileText, postgresqlConf, quorumOf } from "./database-config.ts";
import * as control from "./database-control.ts";
import { type DatabaseDisk, diskIn, forgetForeignHistories, readDisk, swapIn, writeRole } from "./database-disk.ts";
import { relate } from "./database-history.ts";
import type { PostgresMemberOptions } from "./database-options.ts";
import { type DifferentRow, differentRows, endSessions, horizonOf } from "./database-rows.ts";
import { copyFromPrimary, createCluster } from "./database-seed.ts";
import { type Session, type SessionTarget, until, withSession } from "./database-session.ts";
import { NO_BYTE_MORE, limitWrites } from "./full-disk.ts";
import { launch } from "./launch.ts";
import type { DiskState, Member, MemberRole, Position, Replication } from "./member.ts";
import { killOrphans, releaseSharedMemory } from "./orphan.ts";
import { unprivilegedPrefix } from "./privilege.ts";

/** How long each thing may take. None is scaled: they guard against a hang, and are far above what is measured. */
const WITHIN: Readonly<Record<"start" | "promote" | "follow" | "reseed" | "checksum" | "stop", Ms>> = {
  start: 60_000,
  promote: 10_000,
  follow: 10_000,
  reseed: 60_000,
  checksum: 60_000,
  stop: 10_000,
};

/**
 * A database instance: a real PostgreSQL 18 of its own zone. A commit on the primary is acknowledged once
 * `settings.synchronousStandbys` of the named standbys have it on disk.
 *
 * What is not modelled: Aurora's shared storage (a standby here holds a copy of its own, as in an RDS Multi-AZ DB
 * cluster).
 */
export class PostgresMember implements Member {
  readonly id: string;
  readonly zone: string;
  readonly #options: PostgresMemberOptions;
  readonly #disk: DatabaseDisk;
  #child: Child | null = null;
  /** How often it was held: a follow that was under way then must not let it receive again. */
  #holds = 0;
  #isDiskFull = false;

  constructor(options: PostgresMemberOptions) {
    this.id = options.id;
    this.zone = options.zone;
    this.#options = options;
    this.#disk = diskIn(options.directory);
  }

  process(): Child | null {
    return this.#child;
  }

  hasDisk(): boolean {
    return this.disk() !== null;
  }

  disk(): DiskState | null {
    return readDisk(this.#disk);
  }

  async initialise(): Promise<void> {
    if (this.hasDisk()) return;
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    await createCluster(this.#options, this.#disk);
    await this.#configure(this.#disk.copy);
    await writeRole(this.#disk.copy, { standby: false, quorum: this.#quorum([]), primaryConninfo: null });
    await swapIn(this.#disk);
  }

  async start(role: MemberRole): Promise<void> {
    if (this.#child !== null) return;
    const disk = this.disk();
    assert(disk !== null, `"${this.id}" has no disk to start from`);
    // A standby's disk becomes a primary's by promotion alone: without a timeline of its own, two histories would look
    // like one.
    const promote = role.role === "primary" && disk.role === "standby";
    const standby = promote || role.role !== "primary";
    const primaryConninfo = role.role === "standby" ? this.#conninfo(role.primary) : standby ? "" : null;
    const quorum = this.#quorum(role.role === "primary" ? role.standbys : []);
    killOrphans(this.#disk.data);
    await rm(join(this.#disk.data, "postmaster.pid"), { force: true });
    await forgetForeignHistories(this.#disk);
    await this.#configure(this.#disk.data);
    await writeRole(this.#disk.data, { standby, quorum, primaryConninfo });
    await this.#launch();
    if (promote) await this.promote(this.#options.listen, role.role === "primary" ? role.standbys : []);
  }

  async hold(via: Address): Promise<Position> {
    this.#holds += 1;
    return this.#session(via, 8_000, async (session) => {
      await control.endEarlierCommands(session, this.#options.clock);
      await control.stopReceiving(session, this.#options.clock);
      return control.positionOf(session);
    });
  }

  async promote(via: Address, standbys: readonly string[]): Promise<void> {
    const { clock } = this.#options;
    await this.#session(via, WITHIN.promote, async (session) => {
      await control.applySetting(session, clock, ["synchronous_standby_names", this.#quorum(standbys)]);
      await control.endRecovery(session, clock, WITHIN.promote);
      await session.query("alter system reset primary_conninfo");
      await session.query("select pg_reload_conf()");
    });
  }

  /** Compares before it lets go: a copy whose history left the primary's stays held. */
  async follow(
    via: Address,
    primary: Address,
    of: "primary" | "standby" = "primary",
  ): Promise<"streaming" | "diverged"> {
    const { clock } = this.#options;
    const holds = this.#holds;
    const receiveFrom = async (own: Session, conninfo: string): Promise<void> => {
      if (holds !== this.#holds) throw new Error(`"${this.id}" was held meanwhile`);
      await control.applySetting(own, clock, ["primary_conninfo", conninfo]);
    };
    const outcome = await this.#session(via, WITHIN.follow, (own) =>
      this.#session(primary, WITHIN.follow, (theirs) =>
        this.#tryToFollow({ own, theirs, of }, this.#conninfo(primary), receiveFrom),
      ),
    );
    if (outcome !== "stuck") return outcome;
    if (holds !== this.#holds) throw new Error(`"${this.id}" was held meanwhile`);
    await this.stop();
    await this.start({ role: "standby", primary });
    return this.follow(via, primary, of);
  }

  async reseed(from: Address): Promise<void> {
    await this.kill();
    if (this.#isDiskFull) throw new Error(`no space is left on the disk of "${this.id}"`);
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    await this.#session(from, WITHIN.reseed, (session) => copyFromPrimary(session, this.#disk));
    await this.#configure(this.#disk.copy);
    const primaryConninfo = this.#conninfo(from);
    await writeRole(this.#disk.copy, { standby: true, quorum: this.#quorum([]), primaryConninfo });
    await swapIn(this.#disk);
    await this.start({ role: "standby", primary: from });
  }

  /**
   * Puts a primary's disk that was made elsewhere (`from`, on the same file system, cleanly shut down) in the place of
   * its own, at once; `from` is gone then. Its process must be down.
   */
  async adopt(from: string): Promise<void> {
    assert(this.#child === null, `"${this.id}" runs on the disk that is to be replaced`);
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    await rm(this.#disk.copy, { recursive: true, force: true });
    await rename(from, this.#disk.copy);
    await this.#configure(this.#disk.copy);
    await writeRole(this.#disk.copy, { standby: false, quorum: this.#quorum([]), primaryConninfo: null });
    await swapIn(this.#disk);
  }

  async replication(via: Address): Promise<Replication> {
    return this.#session(via, 5_000, (session) => control.replicationOf(session, this.#options.members));
  }

  async position(via: Address): Promise<Position & { readonly role: "primary" | "standby" }> {
    return this.#session(via, 5_000, async (session) => {
      const position = await control.positionOf(session);
      return { ...position, role: await control.roleOf(session) };
    });
  }

  async checksum(via: Address): Promise<{ readonly checksum: string; readonly rows: number }> {
    const target = { ...this.#target(via, WITHIN.checksum), database: this.#options.settings.databaseName };
    return withSession(target, control.checksumOf);
  }

  target(via: Address): SessionTarget {
    return this.#target(via, WITHIN.checksum);
  }

  horizon(via: Address): Promise<string> {
    return this.#session(via, 5_000, horizonOf);
  }

  async written(via: Address, kept: Address, horizon: string): Promise<readonly DifferentRow[]> {
    const of = (address: Address): SessionTarget => ({
      ...this.#target(address, WITHIN.checksum),
      database: this.#options.settings.databaseName,
    });
    return withSession(of(via), (lost) => withSession(of(kept), (other) => differentRows(lost, other, horizon)));
  }

  endSessions(via: Address): Promise<void> {
    return this.#session(via, 5_000, (session) => endSessions(session, CONTROL_ROLE));
  }

  async fillDisk(full: boolean): Promise<void> {
    const child = this.#child;
    this.#isDiskFull = full;
    if (child === null) return;
    await limitWrites(child.pid, this.#disk.data, full).catch((error: unknown) => {
      if (this.#child !== child) return; // it is gone, and the next one is started as it should be
      this.#isDiskFull = false;
      throw error;
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child !== null) {
      child.signal("SIGKILL");
      await child.exited;
    }
    killOrphans(this.#disk.data);
    await releaseSharedMemory(this.#disk.data);
  }

  /**
   * PostgreSQL's fast shutdown: sessions are ended, the log is written and sent to the standbys. Killed where that
   * takes too long.
   */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    signalProcess(child.pid, "SIGINT");
    const cancel = this.#options.clock.after(WITHIN.stop, () => child.signal("SIGKILL"));
    await child.exited;
    cancel();
  }

  async #launch(): Promise<void> {
    const { id, directory, binary, spawner, logFile, listen, clock, environment } = this.#options;
    const env = { ...binary.env, ...environment?.() };
    const limits = this.#isDiskFull ? NO_BYTE_MORE : [];
    const line = [...limits, ...(await unprivilegedPrefix()), join(binary.bin, "postgres"), "-D", this.#disk.data];
    const [command = "", ...args] = line;
    await launch({
      command: { name: id, command, args, cwd: directory, env, logFile },
      listen,
      spawner,
      clock,
      withinMs: WITHIN.start,
      ready: () => this.#session(listen, 1_000, control.roleOf),
      onSpawned: (child) => this.#adopt(child),
    });
  }

  #adopt(child: Child): void {
    this.#child = child;
    void child.exited.then(() => {
      if (this.#child === child) this.#child = null;
    });
  }

  async #configure(data: string): Promise<void> {
    const { listen, settings, secrets, archiveTo } = this.#options;
    const mode = { mode: 0o600 };
    await writeFile(this.#disk.passwordFile, passwordFileText(secrets.controlPassword), mode);
    await writeFile(join(data, "postgresql.conf"), postgresqlConf(listen, archiveTo), mode);
    await writeFile(join(data, "pg_hba.conf"), hbaConf(settings.databaseName, settings.user), mode);
  }

  /** `stuck`: its receiver would go on over the connection to its old primary; only a restart ends that. */
  async #tryToFollow(
    { own, theirs, of }: { own: Session; theirs: Session; of: "primary" | "standby" },
    conninfo: string,
    receiveFrom: (own: Session, conninfo: string) => Promise<void>,
  ): Promise<"streaming" | "diverged" | "stuck"> {
    const { clock } = this.#options;
    if (await this.#follows(own, theirs, conninfo)) return "streaming";
    const receiver = await control.stopReceiving(own, clock);
    const relation = relate(await control.replayedOf(own), await control.historyOf(theirs, of));
    if (relation !== "behind") return "diverged";
    if (receiver === "idle") return "stuck";
    const since = await control.timeOf(theirs);
    await receiveFrom(own, conninfo);
    const streaming = async (): Promise<true | undefined> =>
      (await control.isStreaming(theirs, this.id, since)) ? true : undefined;
    const otherwise = "it does not stream from its primary yet";
    await until(streaming, { clock, withinMs: WITHIN.follow, otherwise });
    return "streaming";
  }

  /** Whether it streams from that primary already, on its newest timeline. */
  async #follows(own: Session, primary: Session, conninfo: string): Promise<boolean> {
    const [row] = await own.query<{ conninfo: string; streaming: boolean }>(
      `select current_setting('primary_conninfo') as conninfo,
        exists (select 1 from pg_stat_wal_receiver where status = 'streaming') as streaming`,
    );
    if (row?.conninfo !== conninfo || !row.streaming) return false;
    const [mine, theirs] = [await control.positionOf(own), await control.positionOf(primary)];
    return mine.timeline === theirs.timeline && (await control.isStreaming(primary, this.id, "-infinity"));
  }

  /**
   * Nobody named: all others, since a commit that nobody else has must not be acknowledged because nobody was asked.
   */
  #quorum(standbys: readonly string[]): string {
    const { members, settings } = this.#options;
    return quorumOf(standbys.length > 0 ? standbys : members, settings.synchronousStandbys);
  }

  #conninfo(primary: Address): string {
    return conninfo(primary, { id: this.id, passwordFile: this.#disk.passwordFile });
  }

  #target(address: Address, timeoutMs: Ms): SessionTarget {
    return { address, password: this.#options.secrets.controlPassword, clock: this.#options.clock, timeoutMs };
  }

  #session<T>(address: Address, timeoutMs: Ms, use: (session: Session) => Promise<T>): Promise<T> {
    return withSession(this.#target(address, timeoutMs), use);
  }
}
