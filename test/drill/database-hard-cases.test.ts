import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { fullDiskLimit } from "../../src/local/engine/full-disk.ts";
import { signalProcess } from "../../src/local/process/child.ts";
import { type DatabaseRig, createDatabaseRig, startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { type FailoverRig, runFailover } from "../support/failover-rig.ts";
import { createFixture } from "../support/fixture.ts";
import { createWrites, startWriter, writesOn } from "../support/writer.ts";

const PATIENT = { within: "30 seconds" } as const;

describe("a primary that sleeps while another is promoted", () => {
  test("awakes to acknowledge nothing that the new one lacks, is killed, and no write is lost", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 20);
    const control = runFailover(fixture, rig);
    await redundant(control, "database-a");
    await createWrites(rig, "a");
    const [before, other] = [await startWriter(rig, "a", "before"), await rig.connect("a")];
    await eventually(() => before.acknowledged.length > 50, PATIENT);

    rig.members.a.process()!.signal("SIGSTOP"); // it runs
    control.see({ kind: "zone", zone: "a", reachable: false }, ...unseen());
    await eventually(() => control.state().primary !== "database-a", PATIENT);
    const acknowledgedAsleep = before.acknowledged.length;
    const promoted = zoneOfPrimary(control);
    const onNew = await startWriter(rig, promoted, "new");
    await eventually(() => onNew.acknowledged.length > 50, PATIENT);

    // Nobody can command it yet: awake, it believes that it is the primary, and programs are connected to it still.
    rig.members.a.process()!.signal("SIGCONT"); // it was never killed
    let zombieAcknowledged = false;
    const zombie = other.query("insert into writes values ('zombie')").then(() => (zombieAcknowledged = true));
    zombie.catch(() => undefined);
    const observer = await rig.connect("a");
    const waiting = "select 1 from pg_stat_activity where wait_event = 'SyncRep'";
    await eventually(async () => ((await observer.query(waiting)).rowCount ?? 0) >= 2, PATIENT);
    // A standby may have had the write that was on its way, and the new primary has it then too.
    expect(before.acknowledged.length).toBeLessThanOrEqual(acknowledgedAsleep + 1);
    expect(zombieAcknowledged).toBe(false);

    const served = onNew.acknowledged.length;
    await eventually(() => onNew.acknowledged.length > served + 20, PATIENT);
    control.see({ kind: "zone", zone: "a", reachable: true });
    await redundant(control, `database-${promoted}`);
    onNew.stop();
    expect(before.failure()).toBeDefined();
    await expect(zombie).rejects.toThrow();
    expect(before.acknowledged.length).toBeLessThanOrEqual(acknowledgedAsleep + 1);
    await nothingIsLost(rig, [...before.acknowledged, ...onNew.acknowledged]);
  });
});

describe("a command that reaches a standby in its sleep", () => {
  test("takes no effect when it wakes, once the standby was held", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 21);
    await startDatabaseRig(rig);
    const session = new Client({
      ...rig.direct.b,
      user: "holdfast",
      database: "postgres",
      password: "con:tr'ol\\",
      application_name: "holdfast-control",
    });
    session.on("error", () => undefined);
    await session.connect();
    const { rows } = await session.query<{ pid: number }>("select pg_backend_pid() as pid");
    const sleeper = rows[0]!.pid; // one row
    signalProcess(sleeper, "SIGSTOP");
    void session.query("alter system set primary_conninfo = 'host=late'").catch(() => undefined);
    const held = rig.members.b.hold(rig.direct.b);
    const isOver = Promise.race([held.then(() => "held"), eventually(() => awaits(rig, sleeper), PATIENT)]);
    expect(await isOver).not.toBe("held"); // it is not held while a command may still come true
    signalProcess(sleeper, "SIGCONT");
    await held;
    const gone = "select 1 from pg_stat_activity where pid = $1";
    const observer = await rig.connect("b");
    await eventually(async () => (await observer.query(gone, [sleeper])).rowCount === 0, PATIENT);
    const settings = readFileSync(join(fixture.directory, "b", "data", "postgresql.auto.conf"), "utf8");
    expect(settings).toContain("primary_conninfo = ''");
  });
});

describe("a primary whose disk is full", () => {
  test("stops, does not come up again before there is room, and no write is lost", async ({ skip }) => {
    const why = await fullDiskLimit();
    skip(why !== null, why ?? "");
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 22);
    const control = runFailover(fixture, rig);
    await redundant(control, "database-a");
    await createWrites(rig, "a");
    const writer = await startWriter(rig, "a", "before");
    await eventually(() => writer.acknowledged.length > 50, PATIENT);

    await rig.members.a.fillDisk(true);
    await eventually(() => writer.failure() !== undefined && rig.members.a.process() === null, PATIENT);
    await expect(rig.members.a.start({ role: "primary", standbys: ["database-b", "database-c"] })).rejects.toThrow();
    control.see(...unseen());
    await eventually(() => control.state().primary !== "database-a", PATIENT);
    const promoted = zoneOfPrimary(control);
    const onNew = await startWriter(rig, promoted, "new");
    await eventually(() => onNew.acknowledged.length > 50, PATIENT);
    await eventually(() => control.log.some(({ detail }) => detail?.includes("no space is left")), PATIENT);
    expect(control.state().redundant).toBe(false);

    await rig.members.a.fillDisk(false);
    await redundant(control, `database-${promoted}`);
    onNew.stop();
    await nothingIsLost(rig, [...writer.acknowledged, ...onNew.acknowledged]);
  });

  test("goes on where it was when there is room again before it wrote anything", async ({ skip }) => {
    const why = await fullDiskLimit();
    skip(why !== null, why ?? "");
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 23);
    await startDatabaseRig(rig);
    await rig.members.c.fillDisk(true);
    await rig.members.c.fillDisk(false);
    await createWrites(rig, "a");
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length > 20, PATIENT);
    writer.stop();
    await nothingIsLost(rig, writer.acknowledged);
    expect(rig.members.c.process()).not.toBeNull();
  });
});

/** Whether the hold has asked the backend to end, which it cannot while it sleeps. */
async function awaits(rig: DatabaseRig, pid: number): Promise<"awaits"> {
  // SIGTERM is 15: the bit of a signal that is pending for a process that is stopped.
  const pending = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  expect(BigInt(`0x${pending}`) & (1n << 14n)).not.toBe(0n);
  expect(rig.members.b.process()).not.toBeNull();
  return "awaits";
}

function unseen(): { kind: "sight"; observer: string; member: string; ok: false }[] {
  return ["b", "c"].map((observer) => ({ kind: "sight", observer, member: "database-a", ok: false }));
}

function zoneOfPrimary(control: FailoverRig): "b" | "c" {
  return control.state().primary.slice(-1) as "b" | "c";
}

async function redundant(control: FailoverRig, primary: string): Promise<void> {
  for (const observer of ["a", "b", "c"]) control.see({ kind: "sight", observer, member: primary, ok: true });
  await eventually(() => control.state().redundant && control.state().primary === primary, { within: "60 seconds" });
}

/** Every member comes to hold every acknowledged row. */
async function nothingIsLost(rig: DatabaseRig, acknowledged: readonly string[]): Promise<void> {
  await eventually(async () => {
    for (const zone of ["a", "b", "c"] as const) {
      const held = await writesOn(rig, zone);
      expect(acknowledged.filter((key) => !held.has(key))).toEqual([]);
    }
    return true;
  }, PATIENT);
}
