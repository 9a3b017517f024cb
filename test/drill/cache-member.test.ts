import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { choosePrimary } from "../../src/local/engine/disk.ts";
import { createCacheRig, startCacheRig } from "../support/cache-rig.ts";
import { eventually } from "../support/eventually.ts";
import { createFixture } from "../support/fixture.ts";

describe("a cache over three zones", () => {
  test("fails over by hold, compare, promote and follow, and the old primary comes back as a replica", async ({
    annotate,
  }) => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 20);
    const { members, direct, link } = rig;
    const begun = systemClock.now();
    await startCacheRig(rig);
    const startMs = Math.round(systemClock.now() - begun);
    const program = rig.connect("a");
    for (let i = 0; i < 100; i++) await program.set(`k${i}`, i);
    expect(await program.wait(2, 1_000)).toBe(2);

    await members.a.kill();
    const killed = systemClock.now();
    const [b, c] = await Promise.all([members.b.hold(direct.b), members.c.hold(direct.c)]);
    expect(b).toEqual(c);
    expect(b.timeline).toBeGreaterThan(0);
    await members.b.promote(direct.b, ["sessions-a", "sessions-c"]);
    expect(await members.c.follow(direct.c, link("c", "b").listen)).toBe("streaming");
    const onB = rig.connect("b");
    await eventually(async () => (await onB.set("after", 1)) === "OK", { within: "5 seconds" });
    const failoverMs = Math.round(systemClock.now() - killed);
    const now = await members.b.position(direct.b);
    expect(now).toMatchObject({ role: "primary", timeline: b.timeline + 1 });

    expect(members.a.hasDisk()).toBe(false);
    await members.a.reseed(link("a", "b").listen);
    await eventually(
      async () => {
        const sums = await Promise.all([
          members.a.checksum(direct.a),
          members.b.checksum(direct.b),
          members.c.checksum(direct.c),
        ]);
        expect(sums).toEqual([sums[0], sums[0], sums[0]]);
        expect(sums[0]?.rows).toBe(101);
      },
      { within: "5 seconds" },
    );
    const { standbys } = await members.b.replication(direct.b);
    expect(standbys.map(({ id, streaming }) => [id, streaming])).toEqual([
      ["sessions-a", true],
      ["sessions-c", true],
    ]);
    await annotate(JSON.stringify({ startMs, failoverMs }));
  });

  test("an isolated primary stops acknowledging within two seconds", async () => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 21);
    await startCacheRig(rig);
    const program = rig.connect("a");
    await program.set("k", 1);
    rig.link("b", "a").blackHole();
    rig.link("c", "a").blackHole();
    await eventually(
      () =>
        expect(program.set("k", 2))
          .rejects.toThrow("NOREPLICAS")
          .then(() => true),
      {
        within: "3 seconds",
      },
    );
  });

  test("a held replica receives nothing, also over a restart, until it follows again", async () => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 22);
    const { members, direct, link } = rig;
    await startCacheRig(rig);
    const held = await members.b.hold(direct.b);
    const program = rig.connect("a");
    // The one replica that is left counts from its first acknowledgement on, which may be a second away.
    await eventually(async () => (await program.set("k", 1)) === "OK", { within: "5 seconds" });
    await program.wait(1, 1_000);
    expect(await members.b.hold(direct.b)).toEqual(held);
    await members.b.stop();
    expect(members.b.disk()).toMatchObject({ role: "standby", held: true });
    await members.b.start({ role: "held" });
    expect(await rig.connect("b").get("k")).toBeNull();
    expect(await members.b.follow(direct.b, link("b", "a").listen)).toBe("streaming");
    await eventually(async () => (await rig.connect("b").get("k")) === "1", { within: "2 seconds" });
    await expect(members.a.hold(direct.a)).rejects.toThrow("is a primary");
  });

  test("a node that crashed starts empty; one that was stopped, or lost its supervisor, keeps its data", async () => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 23);
    const { members } = rig;
    await startCacheRig(rig);
    await rig.connect("a").set("k", 1);
    await members.a.stop();
    await members.a.start({ role: "primary", standbys: [] });
    expect(await rig.connect("a").get("k")).toBe("1");

    // The next supervisor finds the process of the last one alive, and ends it.
    const orphan = members.a.process();
    const next = rig.again("a");
    expect(choosePrimary({ a: next.disk(), b: rig.again("b").disk(), c: rig.again("c").disk() })).toBe("a");
    await next.start({ role: "primary", standbys: [] });
    expect(await orphan?.exited).toBe("SIGKILL");
    expect(await rig.connect("a").get("k")).toBe("1");

    await next.kill();
    expect(next.disk()).toBeNull();
    await next.initialise();
    await next.start({ role: "primary", standbys: [] });
    expect(await rig.connect("a").get("k")).toBeNull();
  });

  test("keeps its passwords to itself, and commands to the control plane", async () => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 24);
    await startCacheRig(rig);
    const program = rig.connect("a");
    for (const command of [
      ["config", "get", "*"],
      ["debug", "digest"],
      ["replicaof", "no", "one"],
      ["shutdown"],
    ] as const) {
      const [name, ...args] = command;
      await expect(program.call(name, ...args)).rejects.toThrow("NOPERM");
    }
    const nameless = new Redis({ ...rig.direct.a, password: "only-a-test", retryStrategy: () => null });
    nameless.on("error", () => undefined);
    fixture.onEnd(() => nameless.disconnect());
    await expect(nameless.get("k")).rejects.toThrow(/WRONGPASS|closed/);
    const pid = rig.members.a.process()?.pid ?? 0;
    const shown = execFileSync("ps", ["-o", "args=", "-p", String(pid)]).toString();
    expect(shown + readFileSync(join(fixture.directory, "a.log"), "utf8")).not.toContain("only-a-test");
  });

  test("fails by name where its address is in use", async () => {
    await using fixture = createFixture();
    const rig = await createCacheRig(fixture, 25);
    const squatter = createServer().listen(rig.direct.a.port, rig.direct.a.host);
    fixture.onEnd(() => void squatter.close());
    await once(squatter, "listening");
    await rig.members.a.initialise();
    const start = rig.members.a.start({ role: "primary", standbys: [] });
    await expect(start).rejects.toMatchObject({
      code: "RUN-004",
      message: expect.stringContaining("127.77.25.10:6379"),
    });
  });
});
