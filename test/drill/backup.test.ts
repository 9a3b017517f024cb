import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import type { Ms } from "../../src/base/units.ts";
import { Archive } from "../../src/local/backup/archive.ts";
import { readBackupKey } from "../../src/local/backup/key.ts";
import { restoreTo } from "../../src/local/backup/restore.ts";
import { verify } from "../../src/local/backup/verify.ts";
import { type SessionTarget, withSession } from "../../src/local/engine/database-session.ts";
import { createBackupRig } from "../support/backup-rig.ts";
import { startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { createFixture } from "../support/fixture.ts";
import { createWrites, startWriter, writesOn } from "../support/writer.ts";

/** A moment that no commit falls on: the server's clock has microseconds, and ours may be a little off. */
async function moment(): Promise<Ms> {
  await systemClock.sleep(30);
  const now = systemClock.now();
  await systemClock.sleep(30);
  return now;
}

describe("backups of a database", () => {
  test("bring back every write acknowledged before a time and none after it, and then the time after that", async ({
    annotate,
  }) => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 91);
    await rig.startAlone();
    const loop = await rig.loop();
    const writer = await startWriter(rig, "a", "good");
    const backedUp = await loop.backup();
    expect(backedUp.restorable.to).toBeGreaterThan(backedUp.restorable.from ?? Infinity);
    await eventually(() => writer.acknowledged.length > 100, { within: "30 seconds" });
    writer.stop();
    const before = await moment();
    const client = await rig.connect("a");
    await client.query("delete from writes");
    await client.query("insert into writes values ('bad')");
    const after = await moment();

    await loop.check(before);
    const into = join(fixture.directory, "a", "restored");
    const { tookMs, rows } = await loop.prepare(before, into);
    expect(await writesOn(rig, "a")).toEqual(new Set(["bad"])); // nothing is touched yet
    await loop.switchTo(before, async () => {
      await rig.members.a.kill();
      await rig.members.a.adopt(into);
      await rig.members.a.start({ role: "primary", standbys: [] });
    });
    expect(await writesOn(rig, "a")).toEqual(new Set(writer.acknowledged));
    expect(rows).toBe(writer.acknowledged.length);
    expect(rig.members.a.disk()).toMatchObject({ role: "primary", timeline: 2 });

    // The history that was left can still be had: a time means what was in force then.
    const left = await rig.restoreAlone(after);
    expect(await writesOn(rig, "a")).toEqual(new Set(["bad"]));
    expect(left).toMatchObject({ base: backedUp.id, timeline: 3 });
    await annotate(JSON.stringify({ backedUp, tookMs, left }));
  });

  test("lose nothing with a primary that had not handed its log over, and go on over the failover", async () => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 92);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    await (await rig.loop()).stop();
    const old = await startWriter(rig, "a", "old");
    await eventually(() => old.acknowledged.length > 50, { within: "30 seconds" });
    await withSession(rig.target("a"), (session) => session.query("select pg_switch_wal()"));
    await eventually(() => old.acknowledged.length > 100, { within: "30 seconds" });
    old.stop();
    const before = await moment();
    await rig.members.a.kill();
    rmSync(rig.archive.incoming("database-a"), { recursive: true });
    await rig.members.b.promote(rig.direct.b, ["database-c"]);
    await rig.members.c.follow(rig.direct.c, rig.link("c", "b").listen);
    const client = await rig.connect("b");
    await client.query("insert into writes values ('new')");
    const loop = await rig.loop({ primary: () => rig.target("b") });
    await loop.flush();
    await rig.restoreAlone(null);
    expect(await writesOn(rig, "a")).toEqual(new Set([...old.acknowledged, "new"]));
    await rig.restoreAlone(before);
    expect(await writesOn(rig, "a")).toEqual(new Set(old.acknowledged));
    expect(rig.said).toEqual([]);
  });

  test("that are damaged are found, and not restored from", async () => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 93);
    await rig.startAlone();
    const loop = await rig.loop();
    const [id = ""] = await basesOf(rig.archive);
    const client = await rig.connect("a");
    for (const key of ["one", "two", "three"]) {
      await client.query(`insert into writes values ('${key}')`);
      await loop.flush();
    }
    const until = (await loop.restorable()).at(-1)?.to ?? 0;
    await loop.stop();
    const [, second = "", third = ""] = (await rig.archive.logNames()).slice(-3);
    const files = join("base", id, "files");
    const cases = [
      { part: files, damage: "corrupt", toTime: until, how: flipByte },
      { part: files, damage: "truncated", toTime: until, how: (path: string) => truncateSync(path, 100_000) },
      { part: join("log", second), damage: "corrupt", toTime: until, how: flipByte },
      { part: join("log", third), damage: "truncated", toTime: until, how: (path: string) => truncateSync(path, 90) },
      { part: join("log", second), damage: "missing", toTime: until, how: (path: string) => rmSync(path) },
      { part: join("base", id, "manifest.json"), damage: "corrupt", toTime: until, how: flipByte },
    ];
    expect((await verify(rig.archive)).damages).toEqual([]);
    for (const { part, damage, toTime, how } of cases) {
      const directory = join(fixture.directory, "damaged");
      rmSync(directory, { recursive: true, force: true });
      cpSync(rig.archive.directory, directory, { recursive: true });
      how(join(directory, part));
      const damaged = new Archive(directory, null);
      const found = await verify(damaged);
      expect(found.damages, part).toMatchObject([{ part, damage }]);
      expect(
        found.restorable.every(({ to }) => to < toTime),
        part,
      ).toBe(true);
      const into = join(fixture.directory, "never");
      const attempt = restoreTo({ archive: damaged, toTime, into, engine: rig.engine, clock: systemClock });
      await expect(attempt, part).rejects.toMatchObject({ code: expect.stringMatching(/^RUN-03[01]$/) });
      const latest = restoreTo({ archive: damaged, toTime: null, into, engine: rig.engine, clock: systemClock });
      await expect(latest, part).rejects.toMatchObject({ code: expect.stringMatching(/^RUN-03[01]$/) });
      expect(existsSync(into)).toBe(false);
      expect(existsSync(`${into}-log`)).toBe(false);
    }
    expect(await writesOn(rig, "a")).toEqual(new Set(["one", "two", "three"]));
    // Where an older backup leads there too, it is taken instead.
    cpSync(join(rig.archive.directory, "base", id), join(rig.archive.directory, "base", "newer"), { recursive: true });
    const [base] = (await rig.archive.catalogue()).bases;
    await rig.archive.finishBase({ ...base!, id: "newer", finishedAt: base!.finishedAt + 1 }); // there is one
    flipByte(join(rig.archive.directory, "base", "newer", "files"));
    expect(await rig.restoreAlone(until)).toMatchObject({ base: id });
    expect(await writesOn(rig, "a")).toEqual(new Set(["one", "two", "three"]));
  });

  test("are encrypted on the disk, and come back with the same key alone", async () => {
    await using fixture = createFixture();
    const key = readBackupKey("5a".repeat(32));
    const rig = await createBackupRig(fixture, 94, key);
    await rig.startAlone();
    const client = await rig.connect("a");
    await client.query("insert into writes values ('of somebody')");
    const loop = await rig.loop();
    expect(await loop.backup()).toMatchObject({ encrypted: true });
    await loop.stop();
    const stored = filesIn(join(rig.archive.directory, "base")).concat(filesIn(join(rig.archive.directory, "log")));
    for (const path of stored) expect(readFileSync(path).includes("of somebody"), path).toBe(false);
    for (const other of [null, readBackupKey("a5".repeat(32))]) {
      const archive = new Archive(rig.archive.directory, other);
      const into = join(fixture.directory, "never");
      const attempt = restoreTo({ archive, toTime: null, into, engine: rig.engine, clock: systemClock });
      await expect(attempt).rejects.toMatchObject({ code: "RUN-032", message: expect.stringContaining(key.id) });
      expect((await verify(archive)).damages[0]).toMatchObject({ damage: "key" });
    }
    await rig.restoreAlone(null);
    expect(await writesOn(rig, "a")).toEqual(new Set(["of somebody"]));
    expect(readFileSync(rig.engine.logFile, "utf8")).not.toContain("5a5a5a");
  });

  test("that a crash of the server or of ours cut off look like none", async () => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 95);
    await rig.startAlone();
    const loop = await rig.loop();
    const [id = ""] = await basesOf(rig.archive);
    const client = await rig.connect("a");
    await client.query("create table wide as select repeat('x', 900) as x from generate_series(1, 20000)");
    const second = loop.backup().catch((error: unknown) => error);
    const base = join(rig.archive.directory, "base");
    await eventually(() => readdirSync(base).length === 2, { within: "10 seconds", every: "1 milliseconds" });
    await rig.members.a.kill();
    expect(await second).toBeInstanceOf(Error);
    expect(await basesOf(rig.archive)).toEqual([id]);
    await loop.stop();
    cpSync(join(base, id), join(base, "half"), { recursive: true });
    rmSync(join(base, "half", "manifest.json"));
    expect(await basesOf(rig.archive)).toEqual([id]);
    await rig.archive.open();
    expect(readdirSync(base)).toEqual([id]);
  });

  test("that lose their primary are broken off at once, also where it hangs, and the next one is proved", async () => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 97);
    await rig.startAlone();
    let primary: SessionTarget | null = rig.target("a");
    const loop = await rig.loop({ primary: () => primary });
    const [first = ""] = await basesOf(rig.archive);
    const { id, ended } = await loop.begun();
    expect(await basesOf(rig.archive)).toEqual([first]);
    rig.members.a.process()?.signal("SIGSTOP"); // it answers nobody, and breaks no connection
    const since = systemClock.now();
    primary = null;
    await expect(ended).rejects.toThrow("its primary was lost");
    expect(systemClock.now() - since).toBeLessThan(5_000);
    rig.members.a.process()?.signal("SIGCONT");
    primary = rig.target("a");
    const client = await rig.connect("a");
    await client.query("insert into writes values ('after it')");
    const { offered, damages, rows } = await loop.prove(join(fixture.directory, "proof"));
    expect(offered).toHaveLength(2);
    expect(offered).not.toContain(id);
    expect({ damages, rows }).toEqual({ damages: [], rows: 1 });
    expect(readdirSync(join(fixture.directory, "proof"))).toEqual([]);
  });

  test("are copied to the other region as snapshots, tested, and outlive the first region's archive", async () => {
    await using fixture = createFixture();
    const rig = await createBackupRig(fixture, 96);
    await rig.startAlone();
    const there = new Archive(join(fixture.directory, "there"), null);
    const tests: boolean[] = [];
    const loop = await rig.loop({
      copy: { region: "us-west-2", archive: there },
      spec: { everyMs: 3_600_000, keepMs: 3_600_000, testEveryMs: 500, retryMs: 200 },
      onAct: ({ act, ok }) => void (act === "test" && tests.push(ok)),
    });
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length > 50, { within: "30 seconds" });
    writer.stop();
    const counted = [...writer.acknowledged];
    const backedUp = await loop.backup();
    expect(backedUp).toMatchObject({ copiedTo: "us-west-2" });
    await eventually(() => tests.includes(true), { within: "100 seconds" });
    // What is damaged is found by a test, and replaced before it is needed.
    const before = await basesOf(rig.archive);
    flipByte(rig.archive.filesOf(backedUp.id));
    await eventually(async () => (await basesOf(there)).length > before.length, { within: "100 seconds" });
    expect(rig.said.join()).toContain(`base/${backedUp.id}/files is corrupt`);
    await loop.stop();
    const [last] = (await basesOf(there)).slice(-1);
    expect(existsSync(join(fixture.directory, "scratch", "database"))).toBe(false);
    rmSync(rig.archive.directory, { recursive: true });
    // From here on it is the other region, and what was copied there is its archive.
    cpSync(there.directory, rig.archive.directory, { recursive: true });
    await rig.archive.open();
    const restored = await rig.restoreAlone(null);
    expect(restored.base).toBe(last);
    expect(restored.completeAt).toBeGreaterThan(backedUp.restorable.to ?? Infinity);
    const rows = await writesOn(rig, "a");
    expect(counted.filter((key) => !rows.has(key))).toEqual([]);
    const into = join(fixture.directory, "never");
    const now = systemClock.now();
    const attempt = restoreTo({ archive: there, toTime: now, into, engine: rig.engine, clock: systemClock });
    await expect(attempt).rejects.toMatchObject({ code: "RUN-030", message: expect.stringContaining("they have 20") });

    // The archive goes on there from what was copied: any moment since can be had, without another backup first.
    const next = await rig.loop();
    const client = await rig.connect("a");
    await client.query("delete from writes");
    await client.query("insert into writes values ('after the takeover')");
    await next.flush();
    await next.stop();
    expect(await rig.restoreAlone(null)).toMatchObject({ base: last, timeline: 3 });
    expect(await writesOn(rig, "a")).toEqual(new Set(["after the takeover"]));
  }, 240_000);
});

async function basesOf(archive: Archive): Promise<readonly string[]> {
  return (await archive.catalogue()).bases.map(({ id }) => id);
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 1; // within its length
  writeFileSync(path, bytes);
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
