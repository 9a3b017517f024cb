/**
 * Keeps the backups of one database of one region: has its log taken in, notes what it reaches, and performs what the
 * controller asks for. What of AWS's it is:
 *
 * - Continuous backups of RDS and Aurora: any moment can be brought back, in the same region, up to the last heartbeat
 *   (`BACKUP.logUpload` at the pace of the run).
 * - AWS Backup's plan: a backup by the schedule, copied to the other region as a snapshot. No log is copied there,
 *   because none is shipped: Aurora has no point-in-time recovery in another region. Its age is what is lost with the
 *   region.
 * - AWS Backup's restore testing: the archive is read whole, and the latest state restored and thrown away.
 *
 * Not modelled: how long AWS takes for any of these, incremental backups, and Vault Lock.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cancel, type Clock, every } from "../../base/clock.ts";
import { UserError, assert, isUserError, messageOf } from "../../base/error.ts";
import type { Message } from "../../base/host.ts";
import type { Ms } from "../../base/units.ts";
import { backup as controller } from "../../control/backup.ts";
import type { BackupAct, BackupSeen, BackupSpec, BackupState, KeptBase } from "../../control/backup/language.ts";
import type { BackedUp } from "../../world/backup.ts";
import type { RunCode } from "../codes.ts";
import { type RealTimeController, runInRealTime } from "../controller-world.ts";
import { type SessionTarget, until } from "../engine/database-session.ts";
import type { Archive } from "./archive.ts";
import { takeBaseBackup } from "./base-backup.ts";
import type { Manifest } from "./catalogue.ts";
import { copyBase } from "./copy.ts";
import { type Stretch, restorable, segmentHolding } from "./coverage.ts";
import { beat } from "./heartbeat.ts";
import { takeIn } from "./incoming.ts";
import { prune } from "./prune.ts";
import type { RecoveryEngine } from "./recover.ts";
import { type Restored, planRestore, restoreTo } from "./restore.ts";
import { type Trial, tryArchive, tryRestore } from "./trial.ts";
import { verify } from "./verify.ts";

/** How often what members handed over is looked for; ours, at every pace. */
const TAKE_IN_MS = 500;
/** How long a segment may take from the switch into the archive; guards against a hang. */
const ARRIVAL_MS = 10_000;
const NO_PRIMARY = "RUN-036" satisfies RunCode;

/** The other region's archive. */
export interface BackupCopy {
  readonly region: string;
  readonly archive: Archive;
}

/** What the backups of one database are kept with. */
export interface BackupLoopOptions {
  /** The database's name, as the user knows it. */
  readonly database: string;
  readonly archive: Archive;
  /** Null: there is no other region. */
  readonly copy: BackupCopy | null;
  readonly spec: Omit<BackupSpec, "copies">;
  /** How far back any moment can be brought back; older backups are snapshots. */
  readonly windowMs: Ms;
  /** How often what can be restored is brought forward. */
  readonly heartbeatMs: Ms;
  readonly clock: Clock;
  /** Who hands the log over, while this runs. */
  readonly members: readonly string[];
  /** How the control plane reaches the primary now; null: it has none, or cannot. */
  primary(): SessionTarget | null;
  readonly engine: RecoveryEngine;
  /** A folder for restores that are thrown away. */
  readonly scratch: string;
  say(message: Message): void;
  /** The end of an act of the controller's, for the journal. */
  onAct?(act: { readonly act: string; readonly subject: string; readonly ok: boolean; readonly tookMs: Ms }): void;
}

/** A backup that is under way. */
export interface BegunBackup {
  readonly id: string;
  readonly ended: Promise<BackedUp>;
}

/** Somebody who asked for a backup, with the number of the first act that counts. */
interface Waiting {
  readonly from: number;
  readonly asked: PromiseWithResolvers<BackedUp>;
  /** The backup of this id is being copied. */
  onCopying(id: string): void;
}

/** The running backups of one database, from `begin` to `stop`. */
export class BackupLoop {
  readonly database: string;
  readonly #options: BackupLoopOptions;
  readonly #cancels: Cancel[] = [];
  #waiting: readonly Waiting[] = [];
  #running: RealTimeController<BackupState, BackupSeen> | null = null;
  #taking: Promise<unknown> = Promise.resolve();
  #working: Promise<void> = Promise.resolve();
  /** Tells those who asked of backups that are taken, once they are copied or could not be. */
  #uncopied: (() => Promise<void>)[] = [];
  /** The primary is being replaced by another history. */
  #switching = false;
  /** Since when none was found; null: there was one when it was last needed. */
  #noPrimarySince: Ms | null = null;

  constructor(options: BackupLoopOptions) {
    this.database = options.database;
    this.#options = options;
  }

  /** Looks at what is there, and begins. Members may hand their log over before. */
  async begin(): Promise<void> {
    const { archive, copy, clock, spec, heartbeatMs } = this.#options;
    await archive.open();
    await copy?.archive.open();
    await archive.expect(this.#options.members);
    this.#running = runInRealTime({
      controller,
      spec: { ...spec, copies: copy !== null },
      state: controller.start({ ...spec, copies: copy !== null }, clock.now()),
      clock,
      perform: (act) => {
        this.#working = this.#perform(act);
      },
    });
    this.#running.see(await this.#listed());
    this.#cancels.push(every(clock, TAKE_IN_MS, () => this.#quietly(() => this.#takeIn())));
    this.#cancels.push(every(clock, heartbeatMs, () => this.#quietly(() => this.flush())));
  }

  /** Ends it; resolves once nothing is under way any more. What is left behind half-done is no backup. */
  async stop(): Promise<void> {
    this.#running?.stop();
    for (const cancel of this.#cancels) cancel();
    for (const { asked } of this.#takeWaiting(Infinity)) asked.reject(new Error("the system is stopped"));
    await this.#working;
    await this.#tellWaiting();
    await this.#taking.catch(() => undefined);
  }

  /** Nobody takes in what members hand over from now on; they see that, and keep nothing for it. */
  async leave(): Promise<void> {
    const { archive, members } = this.#options;
    for (const member of members) await rm(archive.incoming(member), { recursive: true, force: true });
  }

  /** Takes a backup now and copies it; rejects where it cannot be taken. */
  backup(onCopying: (id: string) => void = () => undefined): Promise<BackedUp> {
    assert(this.#running, "the backups have begun");
    const asked = Promise.withResolvers<BackedUp>();
    this.#waiting = [...this.#waiting, { from: this.#running.state().nextId, asked, onCopying }];
    this.#running.see({ kind: "asked" });
    return asked.promise;
  }

  /** Has a backup begin, and resolves while it is being copied; rejects where it cannot be taken. */
  async begun(): Promise<BegunBackup> {
    const copying = Promise.withResolvers<string>();
    const ended = this.backup(copying.resolve);
    const id = await Promise.race([copying.promise, ended.then((backup) => backup.id)]);
    return { id, ended };
  }

  /** Takes a backup, and tries whether what is kept can be restored, in a folder that nothing else uses. */
  async prove(scratch: string): Promise<Trial> {
    const { archive, engine, clock } = this.#options;
    await this.backup();
    return tryArchive({ archive, engine, clock, scratch });
  }

  /** Brings what can be restored forward to now. */
  async flush(): Promise<void> {
    const { archive, clock } = this.#options;
    const mark = await beat(this.#primary());
    const name = segmentHolding(mark.timeline, mark.lsn - 1, archive.segmentBytes);
    const isThere = async (): Promise<true | undefined> => {
      await this.#takeIn();
      return (await archive.logNames()).includes(name) ? true : undefined;
    };
    const otherwise = `segment ${name} of the log did not arrive`;
    await until(isThere, { clock, withinMs: ARRIVAL_MS, everyMs: 25, otherwise });
    await archive.note(mark);
  }

  /** What can be brought back in this region, the oldest first. */
  async restorable(): Promise<readonly Stretch[]> {
    return restorable(await this.#options.archive.catalogue());
  }

  /**
   * Whether `toTime` (null: the latest state) can be restored: throws a `UserError` that says what can. Brings the
   * archive forward first, where there is a primary.
   */
  async check(toTime: Ms | null): Promise<void> {
    await this.#quietly(() => this.flush());
    planRestore(this.database, await this.#options.archive.catalogue(), toTime);
  }

  /** Makes a disk as the database was at `toTime` in the folder `into`; see `restoreTo`. Nothing else is touched. */
  prepare(toTime: Ms | null, into: string): Promise<Restored> {
    const { archive, engine, clock } = this.#options;
    return restoreTo({ archive, toTime, into, engine, clock });
  }

  /**
   * Has `swap` stop the database, put the disk of `prepare` in the place of its first member's and start it again. What
   * is noted before and after keeps the two histories apart: from then on, times mean the new one.
   */
  async switchTo(toTime: Ms | null, swap: () => Promise<void>): Promise<void> {
    const { archive, clock } = this.#options;
    this.#switching = true;
    try {
      await archive.note({ kind: "restored", at: clock.now(), toTime });
      await swap();
      await archive.note({ kind: "restored", at: clock.now(), toTime });
    } finally {
      this.#switching = false;
    }
    await this.#quietly(() => this.flush());
  }

  async #perform(act: BackupAct): Promise<void> {
    const { clock, onAct } = this.#options;
    const started = clock.now();
    let base: KeptBase | undefined;
    let problem: unknown;
    try {
      base = await this.#act(act, started);
    } catch (error) {
      problem = error;
      this.#complain("warning", `${act.kind} of backups failed`, error);
    }
    const ok = problem === undefined;
    if (act.kind === "backup" && !ok) for (const { asked } of this.#takeWaiting(act.id)) asked.reject(problem);
    if (act.kind === "copy" || this.#options.copy === null) await this.#tellWaiting();
    onAct?.({ act: act.kind, subject: base?.id ?? this.database, ok, tookMs: clock.now() - started });
    this.#running?.see({ kind: "done", id: act.id, ok, ...(base === undefined ? {} : { base }) });
  }

  async #act(act: BackupAct, started: Ms): Promise<KeptBase | undefined> {
    if (act.kind === "backup") return this.#backUp(act.id, started);
    if (act.kind === "copy") await this.#copy(act.base);
    if (act.kind === "test") await this.#test();
    if (act.kind === "delete") await this.#delete(act.bases);
    return undefined;
  }

  async #backUp(act: number, started: Ms): Promise<KeptBase> {
    const { archive, clock, windowMs } = this.#options;
    const id = new Date(started).toISOString().replaceAll(/[-:.]/g, "");
    const primary = this.#primary();
    const lost = new AbortController();
    const cancel = every(clock, TAKE_IN_MS, () => {
      if (!this.#isStill(primary)) lost.abort(new Error("its primary was lost"));
    });
    const manifest = await takeBaseBackup({
      archive,
      id,
      primary,
      clock,
      signal: lost.signal,
      onCopying: () => {
        for (const { from, onCopying } of this.#waiting) if (from <= act) onCopying(id);
      },
      takeIn: () => this.#takeIn(),
    }).finally(cancel);
    await this.#quietly(() => this.flush());
    await prune(archive, [], clock.now() - windowMs);
    const tookMs = clock.now() - started;
    const waiting = this.#takeWaiting(act);
    this.#uncopied.push(async () => {
      const backedUp = await this.#describe(manifest, tookMs);
      for (const { asked } of waiting) asked.resolve(backedUp);
    });
    return kept(manifest, false);
  }

  async #copy(id: string): Promise<void> {
    const { archive, copy } = this.#options;
    const manifest = (await archive.catalogue()).bases.find((base) => base.id === id);
    if (copy !== null && manifest !== undefined) await copyBase(archive, copy.archive, manifest);
  }

  /** Finds what is damaged, and restores the latest state to see that it can be. */
  async #test(): Promise<void> {
    const { archive, copy, scratch, engine, say, clock } = this.#options;
    const here = await verify(archive);
    const there = copy === null ? null : await verify(copy.archive);
    this.#running?.see({ kind: "bad", bases: here.badBases, copies: there?.badBases ?? [] });
    for (const { part, damage, why } of [...here.damages, ...(there?.damages ?? [])])
      say({ level: "warning", about: this.database, text: `a backup is damaged: ${part} is ${damage} (${why})` });
    // What comes from now on must not rest on what is damaged.
    if (here.damages.length > 0) this.#running?.see({ kind: "asked" });
    const { tookMs, rows, tables } = await tryRestore({ archive, engine, clock, scratch });
    await writeFile(this.#testFile(), JSON.stringify({ at: clock.now(), tookMs, rows, tables }), { mode: 0o600 });
  }

  async #delete(ids: readonly string[]): Promise<void> {
    const { archive, copy, clock, windowMs } = this.#options;
    await prune(archive, ids, clock.now() - windowMs);
    if (copy !== null) await prune(copy.archive, ids, Infinity);
  }

  async #listed(): Promise<BackupSeen> {
    const { archive, copy } = this.#options;
    const { bases } = await archive.catalogue();
    const there = new Set((await copy?.archive.catalogue())?.bases.map(({ id }) => id));
    const test = await readFile(this.#testFile(), "utf8").then(
      (text) => (JSON.parse(text) as { readonly at: Ms }).at,
      () => null,
    );
    return { kind: "listed", bases: bases.map((base) => kept(base, there.has(base.id))), lastTestAt: test };
  }

  /** One at a time: two would take the same segment in. */
  #takeIn(): Promise<unknown> {
    const { archive, say } = this.#options;
    const next = this.#taking
      .catch(() => undefined)
      .then(async () => {
        const { differing } = await takeIn(archive);
        for (const part of differing)
          say({ level: "warning", about: this.database, text: `${part} is not what the archive has of it` });
      });
    this.#taking = next;
    return next;
  }

  #takeWaiting(act: number): readonly Waiting[] {
    const all = this.#waiting;
    this.#waiting = all.filter(({ from }) => from > act);
    return all.filter(({ from }) => from <= act);
  }

  async #tellWaiting(): Promise<void> {
    for (const tell of this.#uncopied.splice(0)) await this.#quietly(tell);
  }

  async #describe({ id, keyId }: Manifest, tookMs: Ms): Promise<BackedUp> {
    const { archive, copy } = this.#options;
    const copies = (await copy?.archive.catalogue())?.bases ?? [];
    const isCopied = copies.some((each) => each.id === id);
    const stretches = await this.restorable();
    return {
      database: this.database,
      id,
      bytes: await archive.sizeOf(id),
      tookMs,
      encrypted: keyId !== null,
      copiedTo: isCopied && copy !== null ? copy.region : null,
      restorable: { from: stretches[0]?.from ?? null, to: stretches.at(-1)?.to ?? null },
    };
  }

  #primary(): SessionTarget {
    const primary = this.#switching ? null : this.#options.primary();
    this.#noPrimarySince = primary === null ? (this.#noPrimarySince ?? this.#options.clock.now()) : null;
    if (primary !== null) return primary;
    throw new UserError({
      code: NO_PRIMARY,
      message: `"${this.database}" has no primary to back up`,
      fix: "wait until it has failed over; `holdfast status` says when",
    });
  }

  #isStill({ address }: SessionTarget): boolean {
    const now = this.#switching ? null : this.#options.primary();
    return now?.address.host === address.host && now.address.port === address.port;
  }

  async #quietly(run: () => Promise<unknown>): Promise<void> {
    await run().catch((error: unknown) => this.#complain("progress", "backups", error));
  }

  /** That there is no primary is told when it lasts: while one takes over from another there is none for a moment. */
  #complain(level: Message["level"], what: string, error: unknown): void {
    const { clock, heartbeatMs, say } = this.#options;
    const isBrief = this.#noPrimarySince !== null && clock.now() - this.#noPrimarySince < heartbeatMs;
    if (isUserError(error) && error.code === NO_PRIMARY && isBrief) return;
    say({ level, about: this.database, text: `${what}: ${messageOf(error)}` });
  }

  #testFile(): string {
    return join(this.#options.archive.directory, "last-test.json");
  }
}

function kept({ id, startedAt, finishedAt }: Manifest, copied: boolean): KeptBase {
  return { id, startedAt, finishedAt, good: true, copied };
}
