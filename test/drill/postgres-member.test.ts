import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { choosePrimary } from "../../src/local/engine/disk.ts";
import { APP_PASSWORD, type DatabaseRig, createDatabaseRig, startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { createFixture } from "../support/fixture.ts";
import { memoryOfTree } from "../support/memory.ts";
import { createWrites, startWriter, writesOn } from "../support/writer.ts";

const ZONES = ["a", "b", "c"] as const;

describe("a database over three zones", () => {
  test("comes up from nothing in seconds, small, and keeps its passwords to itself", async ({ annotate }) => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 1);
    const took = await startDatabaseRig(rig);
    await createWrites(rig, "a");
    const begun = systemClock.now();
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length >= 500, { within: "10 seconds", every: "5 milliseconds" });
    const perSecond = (1_000 * writer.acknowledged.length) / (systemClock.now() - begun);
    writer.stop();
    const memory = ZONES.map((zone) => memoryOfTree(rig.members[zone].process()?.pid ?? 0));
    await annotate(
      JSON.stringify({ ...took, commitsPerSecond: Math.round(perSecond), memoryMb: memory.map(Math.round) }),
    );
    expect(took.all).toBeLessThan(10_000);
    for (const each of memory) expect(each).toBeLessThan(60);
    await eventually(() => sameEverywhere(rig), { within: "5 seconds" });

    const pids = ZONES.map((zone) => String(rig.members[zone].process()?.pid));
    const shown = execFileSync("ps", ["-o", "args=", "-p", pids.join(",")]).toString();
    const logs = ZONES.map((zone) => readFileSync(join(fixture.directory, `${zone}.log`), "utf8")).join("\n");
    for (const secret of [APP_PASSWORD, "con:tr'ol"]) expect(shown + logs).not.toContain(secret);
    expect(existsSync(join(fixture.directory, "a", "initial.sql"))).toBe(false);
  });

  test("finds every acknowledged row after kill -9, and its standbys catch up by themselves", async ({ annotate }) => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 2);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length > 200, { within: "10 seconds" });
    await rig.members.a.kill();
    expect(rig.members.a.process()).toBeNull();
    const begun = systemClock.now();
    await rig.members.a.start({ role: "primary", standbys: ["database-b", "database-c"] });
    const restartMs = Math.round(systemClock.now() - begun);
    await annotate(`restarted in ${restartMs} ms, ${writer.acknowledged.length} acknowledged`);
    expect(await missing(rig, "a", writer.acknowledged)).toEqual([]);
    await eventually(() => sameEverywhere(rig), { within: "10 seconds" });
  });

  test("waits for a standby before it acknowledges, and for any one alone", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 3);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    await rig.members.b.kill();
    const client = await rig.connect("a");
    await client.query("insert into writes values ('one standby')");
    await rig.members.c.hold(rig.direct.c);
    let acknowledged = false;
    void client.query("insert into writes values ('no standby')").then(() => (acknowledged = true));
    const waiting = "select 1 from pg_stat_activity where wait_event = 'SyncRep'";
    const observer = await rig.connect("a");
    await eventually(async () => ((await observer.query(waiting)).rowCount ?? 0) > 0, { within: "5 seconds" });
    expect(acknowledged).toBe(false);
    expect(await rig.members.c.follow(rig.direct.c, rig.link("c", "a").listen)).toBe("streaming");
    await eventually(() => acknowledged, { within: "5 seconds" });
  });

  test("stays held over a crash, says the same position, and is not fooled by a primary that comes back", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 4);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    const { members, direct } = rig;
    const held = await members.b.hold(direct.b);
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length > 20, { within: "10 seconds" });
    expect(await members.b.hold(direct.b)).toEqual(held);
    await members.b.kill();
    expect(members.b.disk()).toEqual({ role: "standby", timeline: 1, held: true });
    await members.b.start({ role: "held" });
    expect(await members.b.position(direct.b)).toEqual({ ...held, role: "standby" });
    expect((await members.a.replication(direct.a)).standbys).toMatchObject([
      { id: "database-b", streaming: false },
      { id: "database-c", streaming: true },
    ]);
    expect(await members.b.follow(direct.b, rig.link("b", "a").listen)).toBe("streaming");
    await expect(members.a.hold(direct.a)).rejects.toThrow("is a primary");
  });

  test("seeds anew an old primary that went its own way, with programs writing meanwhile", async ({ annotate }) => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 5);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    const { members, direct, link } = rig;
    const killed = await startWriter(rig, "a", "old");
    await eventually(() => killed.acknowledged.length > 20, { within: "10 seconds" });
    for (const [from, to] of [
      ["b", "a"],
      ["c", "a"],
    ] as const)
      link(from, to).blackHole();
    // What hangs in A's log now is never acknowledged, and nobody else has it.
    const before = killed.acknowledged.length;
    const alone = await rig.connect("a");
    void alone.query("insert into writes values ('on A alone')").catch(() => undefined);
    await eventually(
      async () => {
        const [a, b] = await Promise.all([members.a.position(direct.a), members.b.position(direct.b)]);
        return a.offset > b.offset;
      },
      { within: "5 seconds" },
    );
    await members.a.kill();
    const at = systemClock.now();
    const [b, c] = await Promise.all([members.b.hold(direct.b), members.c.hold(direct.c)]);
    const [best, other] = b.offset >= c.offset ? (["b", "c"] as const) : (["c", "b"] as const);
    const heldAt = systemClock.now();
    await members[best].promote(
      direct[best],
      ZONES.filter((zone) => zone !== best).map((zone) => `database-${zone}`),
    );
    const promotedAt = systemClock.now();
    expect(await members[other].follow(direct[other], link(other, best).listen)).toBe("streaming");
    const followedAt = systemClock.now();
    const writer = await startWriter(rig, best, "new");
    await eventually(() => writer.acknowledged.length > 20, { within: "10 seconds" });

    await members.a.start({ role: "standby", primary: link("a", best).listen });
    expect(await members.a.follow(direct.a, link("a", best).listen)).toBe("diverged");
    expect((await members.a.position(direct.a)).timeline).toBe(1);
    await members.a.kill();
    await members.a.start({ role: "held" });
    expect(await members.a.follow(direct.a, link("a", best).listen)).toBe("diverged");
    const reseedAt = systemClock.now();
    await members.a.reseed(link("a", best).listen);
    const reseeded = systemClock.now();
    await eventually(() => writer.acknowledged.length > 200, { within: "10 seconds" });
    writer.stop();
    const acknowledged = [...killed.acknowledged, ...writer.acknowledged];
    await eventually(
      async () => {
        for (const zone of ZONES) expect(await missing(rig, zone, acknowledged)).toEqual([]);
        return sameEverywhere(rig);
      },
      { within: "5 seconds" },
    );
    expect(killed.acknowledged.length - before).toBeLessThanOrEqual(1);
    const took = {
      hold: Math.round(heldAt - at),
      promote: Math.round(promotedAt - heldAt),
      follow: Math.round(followedAt - promotedAt),
      reseed: Math.round(reseeded - reseedAt),
    };
    await annotate(JSON.stringify(took));
  });

  test("tells from the disks alone who may be the primary, and ends what a dead supervisor left running", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 6);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    const { members, direct, link } = rig;
    const disks = (): string | null => choosePrimary({ a: members.a.disk(), b: members.b.disk(), c: members.c.disk() });
    expect(disks()).toBe("a");
    const writer = await startWriter(rig, "a", "w");
    await eventually(() => writer.acknowledged.length > 20, { within: "10 seconds" });
    await members.a.kill();
    await Promise.all([members.b.hold(direct.b), members.c.hold(direct.c)]);
    await members.b.promote(direct.b, ["database-a", "database-c"]);
    await members.c.follow(direct.c, link("c", "b").listen);
    expect(disks()).toBe("b");

    // The same folder under a second rig, as in the next supervisor: the process of the first still runs.
    const orphans = ZONES.map((zone) => members[zone].process()?.exited);
    const next = await createDatabaseRig(fixture, 7);
    await next.members.b.start({ role: "primary", standbys: ["database-a", "database-c"] });
    expect(await orphans[1]).toBe("SIGKILL");
    await next.members.c.start({ role: "standby", primary: next.link("c", "b").listen });
    expect(await next.members.c.follow(next.direct.c, next.link("c", "b").listen)).toBe("streaming");
    const after = await startWriter(next, "b", "after");
    await eventually(() => after.acknowledged.length > 20, { within: "10 seconds" });
    after.stop();
  });

  test("a standby's disk that is started as the primary opens a timeline of its own", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 8);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    for (const zone of ZONES) await rig.members[zone].stop();
    await rig.members.b.start({ role: "primary", standbys: ["database-c"] });
    expect(await rig.members.b.position(rig.direct.b)).toMatchObject({ role: "primary", timeline: 2 });
    await rig.members.c.start({ role: "standby", primary: rig.link("c", "b").listen });
    expect(await rig.members.c.follow(rig.direct.c, rig.link("c", "b").listen)).toBe("streaming");
    const client = await rig.connect("b");
    await client.query("insert into writes values ('k')");
  });

  test("rejects within seconds what it asks of a member in a black hole", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 9);
    await startDatabaseRig(rig);
    const hole = rig.link("b", "a");
    hole.blackHole();
    const begun = systemClock.now();
    await expect(rig.members.a.position(hole.listen)).rejects.toThrow("no answer from 127.77.9.110:5432");
    expect(systemClock.now() - begun).toBeLessThan(6_000);
  });
});

/** True where all members hold the same rows. */
async function sameEverywhere({ members, direct }: DatabaseRig): Promise<true> {
  const sums = await Promise.all(ZONES.map((zone) => members[zone].checksum(direct[zone])));
  expect(sums).toEqual(sums.map(() => sums[0]));
  expect(sums[0]?.rows).toBeGreaterThan(0);
  return true;
}

/** Acknowledged keys that a member does not hold. */
async function missing(
  rig: DatabaseRig,
  zone: (typeof ZONES)[number],
  acknowledged: readonly string[],
): Promise<string[]> {
  const held = await writesOn(rig, zone);
  return acknowledged.filter((key) => !held.has(key));
}
