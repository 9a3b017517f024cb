import { UserError } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { providerTime } from "../../topology/timing.ts";
import { findComponent } from "../../topology/topology.ts";
import type { BackedUp, RestoreReport, RestoredDatabase } from "../../world/backup.ts";
import type { RunCode } from "../codes.ts";
import type { Context } from "../context.ts";
import type { SessionTarget } from "../engine/database-session.ts";
import type { EngineBinary } from "../engine/engine-binary.ts";
import type { ReplicaSet } from "../replica-set.ts";
import type { LocalRegion } from "../region/local-region.ts";
import { Archive, archiveFolder } from "./archive.ts";
import { BackupLoop, type BegunBackup } from "./backup-loop.ts";
import type { BackupKey } from "./key.ts";
import type { RecoveryEngine } from "./recover.ts";
import { restoreTo } from "./restore.ts";
import { backupTerms } from "./terms.ts";
import type { Trial } from "./trial.ts";

/** How long a restored database may take to serve. */
const SERVES_WITHIN_MS: Ms = 60_000;

/** What the backups of a region are kept with. */
export interface RegionBackupsSetup {
  readonly region: LocalRegion;
  /** The region that gets copies; null: there is no other. */
  readonly copyTo: string | null;
  readonly key: BackupKey | null;
  readonly postgres: EngineBinary;
}

/** A database and its backups. */
interface Kept {
  readonly set: ReplicaSet;
  readonly loop: BackupLoop;
}

/** The backups of all databases of a region: taken while the region leads, and restored into it. */
export class RegionBackups {
  readonly #setup: RegionBackupsSetup;
  readonly #context: Context;
  #loops: readonly Kept[] = [];

  constructor(setup: RegionBackupsSetup) {
    this.#setup = setup;
    this.#context = setup.region.context;
  }

  get running(): boolean {
    return this.#loops.length > 0;
  }

  /** Begins to take backups, by the schedule; at once where there is none yet. False where it had begun already. */
  async begin(): Promise<boolean> {
    if (this.running) return false;
    this.#loops = this.#setup.region.databases.map((set) => ({ set, loop: this.#loop(set) }));
    await Promise.all(this.#loops.map(({ loop }) => loop.begin()));
    return true;
  }

  /** Ends it until the next start: what members hand over until then is taken in then. */
  async stop(): Promise<void> {
    const loops = this.#loops;
    this.#loops = [];
    await Promise.all(loops.map(({ loop }) => loop.stop()));
  }

  /** Ends it for a region that leads no more. */
  async leave(): Promise<void> {
    const loops = this.#loops;
    await this.stop();
    await Promise.all(loops.map(({ loop }) => loop.leave()));
  }

  /** Takes a backup of every database now. */
  async backUp(): Promise<readonly BackedUp[]> {
    return Promise.all(this.#loops.map(({ loop }) => loop.backup()));
  }

  /** Has a backup of one database begin; resolves while it is being copied. */
  beginBackup(database: string): Promise<BegunBackup> {
    return this.#of(database).loop.begun();
  }

  /** Takes a backup of one database, and proves that what is kept of it can be restored. */
  prove(database: string): Promise<Trial> {
    const scratch = this.#context.state.file("backups", this.#setup.region.name, "proof");
    return this.#of(database).loop.prove(scratch);
  }

  /** How the control plane reaches the primary of a database; null: it has none, or cannot. */
  primary(database: string): SessionTarget | null {
    return this.#of(database).set.first.target();
  }

  /** Whether every database can be restored to `toTime`; rejects with what can be had instead. */
  async check(toTime: Ms | null): Promise<void> {
    for (const { loop } of this.#loops) await loop.check(toTime);
  }

  /** Puts every database back to what it was at `toTime`, in place; nothing is touched where one cannot be. */
  async restore(toTime: Ms | null): Promise<RestoreReport> {
    const { clock } = this.#context;
    for (const { set } of this.#loops) this.#tell(set, "restoring", toTime);
    await this.check(toTime);
    const prepared = await Promise.all(
      this.#loops.map(async ({ set, loop }) => ({
        set,
        loop,
        into: this.#into(set),
        made: await loop.prepare(toTime, this.#into(set)),
      })),
    );
    const since = clock.now();
    for (const { set } of this.#loops) this.#tell(set, "restore-made", toTime);
    await Promise.all(
      prepared.map(({ set, loop, into }) =>
        loop.switchTo(toTime, async () => {
          if (!(await set.replaceBy(into, SERVES_WITHIN_MS))) throw new Error(`"${set.component}" does not serve`);
          this.#tell(set, "restored-to", toTime);
        }),
      ),
    );
    const databases = prepared.map(({ set, made: { base, reachedAt, rows, tookMs } }): RestoredDatabase => ({
      database: set.component,
      base,
      reachedAt,
      rows,
      tookMs,
    }));
    return { toTime, databases, downMs: clock.now() - since };
  }

  /** Lays the latest state of what this region has copies of on its disks; nothing of it runs, or is started. */
  async layDown(): Promise<boolean> {
    const { clock, pace, events } = this.#context;
    const { region, key } = this.#setup;
    const [leastMs] = TAKEOVER.restoreDatabase.value;
    const restored = region.databases.map(async (set) => {
      const archive = new Archive(archiveFolder(this.#context.state, region.name, set.component), key);
      await archive.open();
      const into = this.#into(set);
      const { completeAt, rows } = await restoreTo({ archive, toTime: null, into, engine: this.#engine(set), clock });
      await archive.expect(set.members);
      await set.layDown(into);
      const detail = `${rows} rows, as of ${new Date(completeAt).toISOString()}`;
      const [component, subject] = [set.component, region.name];
      events.emit({ kind: "decision", at: clock.now(), component, what: "restored", subject, detail });
    });
    await Promise.all([...restored, clock.sleep(providerTime(leastMs, pace))]);
    return true;
  }

  #tell(set: ReplicaSet, what: string, toTime: Ms | null): void {
    const { clock, events } = this.#context;
    const detail = toTime === null ? "the latest state" : new Date(toTime).toISOString();
    const subject = this.#setup.region.name;
    events.emit({ kind: "decision", at: clock.now(), component: set.component, what, subject, detail });
  }

  #of(database: string): Kept {
    const found = this.#loops.find(({ set }) => set.component === database);
    if (found) return found;
    throw new UserError({
      code: "RUN-036" satisfies RunCode,
      message: `no backups of "${database}" are kept now`,
      fix: "start the system with `holdfast up`, and see `holdfast status`",
    });
  }

  #loop(set: ReplicaSet): BackupLoop {
    const { region, copyTo, key } = this.#setup;
    const { topology, pace, clock, host, events, state } = this.#context;
    const component = findComponent(topology, "database", set.component)!; // a region's databases are the topology's
    const archive = new Archive(archiveFolder(state, region.name, set.component), key);
    const copy =
      copyTo === null
        ? null
        : { region: copyTo, archive: new Archive(archiveFolder(state, copyTo, set.component), key) };
    return new BackupLoop({
      database: set.component,
      archive,
      copy,
      ...backupTerms(topology, component, pace),
      clock,
      members: set.members,
      primary: () => set.first.target(),
      engine: this.#engine(set),
      scratch: state.file("backups", region.name, "scratch"),
      say: (message) => host.say(message),
      onAct: ({ act, subject, ok, tookMs }) =>
        events.emit({ kind: "act", at: clock.now(), component: "backup", act, subject, ok, tookMs }),
    });
  }

  #engine(set: ReplicaSet): RecoveryEngine {
    const { spawner, state, topology } = this.#context;
    const component = findComponent(topology, "database", set.component)!; // likewise
    return {
      name: set.component,
      binary: this.#setup.postgres,
      spawner,
      logFile: state.logFile(`restore-${set.component}`),
      databaseName: component.settings.databaseName,
    };
  }

  /** On the same file system as the disks. */
  #into(set: ReplicaSet): string {
    return this.#context.state.file(set.component, `restored-${this.#setup.region.name}`);
  }
}
