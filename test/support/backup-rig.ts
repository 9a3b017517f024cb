import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { Archive } from "../../src/local/backup/archive.ts";
import { BackupLoop, type BackupLoopOptions } from "../../src/local/backup/backup-loop.ts";
import type { Ms } from "../../src/base/units.ts";
import type { BackupKey } from "../../src/local/backup/key.ts";
import type { RecoveryEngine } from "../../src/local/backup/recover.ts";
import { type Restored, restoreTo } from "../../src/local/backup/restore.ts";
import { applySetting } from "../../src/local/engine/database-control.ts";
import { type SessionTarget, withSession } from "../../src/local/engine/database-session.ts";
import { CONTROL_PASSWORD, type DatabaseRig, type RigZone, createDatabaseRig, testEngines } from "./database-rig.ts";
import { eventually } from "./eventually.ts";
import type { Fixture } from "./fixture.ts";
import { createWrites } from "./writer.ts";

/** A database whose log is handed over to an archive, and what keeps its backups. */
export interface BackupRig extends DatabaseRig {
  readonly archive: Archive;
  readonly engine: RecoveryEngine;
  /** What the loop was told to say. */
  readonly said: string[];
  /** Starts member a alone, acknowledging by itself, with a table for `startWriter`. */
  startAlone(): Promise<void>;
  /** Restores into a folder of its own, and puts what came out in the place of member a's disk; starts that alone. */
  restoreAlone(toTime: Ms | null, archive?: Archive): Promise<Restored>;
  /** How the control plane reaches a member. */
  target(zone: RigZone): SessionTarget;
  /** A loop that has taken its first backup, and beats when it is told to alone; ended with the rig. */
  loop(change?: Partial<BackupLoopOptions>): Promise<BackupLoop>;
}

const MEMBERS = ["database-a", "database-b", "database-c"];

/** Makes a rig like `createDatabaseRig` does; nothing is started yet. */
export async function createBackupRig(fixture: Fixture, net: number, key: BackupKey | null = null): Promise<BackupRig> {
  const archive = new Archive(join(fixture.directory, "it's 100% kept"), key);
  await archive.open();
  const rig = await createDatabaseRig(fixture, net, undefined, (member) => archive.incoming(member));
  const { postgres } = await testEngines();
  const engine = {
    name: "database",
    binary: postgres,
    spawner: fixture.spawner,
    logFile: join(fixture.directory, "recovery.log"),
    databaseName: "app",
  };
  const target = (zone: RigZone): SessionTarget => {
    return { address: rig.direct[zone], password: CONTROL_PASSWORD, clock: systemClock };
  };
  const said: string[] = [];
  const startAlone = async (): Promise<void> => {
    await archive.expect(MEMBERS);
    await rig.members.a.start({ role: "primary", standbys: [] });
    await withSession(target("a"), (session) => applySetting(session, systemClock, ["synchronous_standby_names", ""]));
  };
  return {
    ...rig,
    archive,
    engine,
    said,
    target,
    async startAlone() {
      await rig.members.a.initialise();
      await startAlone();
      await createWrites(rig, "a");
    },
    async restoreAlone(toTime, from = archive) {
      const into = join(fixture.directory, "a", "restored");
      const restored = await restoreTo({ archive: from, toTime, into, engine, clock: systemClock });
      await rig.members.a.kill();
      await rig.members.a.adopt(into);
      await startAlone();
      return restored;
    },
    async loop(change = {}) {
      const HOUR = 3_600_000;
      const loop = new BackupLoop({
        members: MEMBERS,
        database: "database",
        archive,
        copy: null,
        spec: { everyMs: HOUR, keepMs: HOUR, testEveryMs: null, retryMs: 200 },
        windowMs: HOUR,
        heartbeatMs: HOUR,
        clock: systemClock,
        primary: () => target("a"),
        engine,
        scratch: join(fixture.directory, "scratch"),
        say: ({ text }) => said.push(text),
        ...change,
      });
      fixture.onEnd(() => loop.stop());
      await loop.begin();
      const isFirst = async (): Promise<boolean> => (await archive.catalogue()).bases.length > 0;
      await eventually(isFirst, { within: "60 seconds" });
      return loop;
    },
  };
}
