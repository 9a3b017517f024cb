import { expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { cacheProbe } from "../../src/local/engine/probe.ts";
import { createCacheRig } from "../support/cache-rig.ts";
import { eventually } from "../support/eventually.ts";
import { createFixture } from "../support/fixture.ts";

test("a cache's health check is true only where it answers in time, and leaves nothing open", async () => {
  await using fixture = createFixture();
  const { members, direct } = await createCacheRig(fixture, 41);
  const credentials = { user: "app", database: "", password: "only-a-test" };
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCPSocket")).length;
  const before = sockets();
  const probe = cacheProbe(direct.a, credentials);
  expect(await probe.check(500)).toBe(false);
  await members.a.initialise();
  await members.a.start({ role: "primary", standbys: [] });
  for (let i = 0; i < 10; i++) expect(await probe.check(500)).toBe(true);
  await eventually(() => sockets() === before + 1, { within: "2 seconds" });

  const wrong = cacheProbe(direct.a, { ...credentials, password: "wrong" });
  expect(await wrong.check(500)).toBe(false);
  wrong.close();

  members.a.process()?.signal("SIGSTOP");
  const asked = systemClock.now();
  expect(await probe.check(200)).toBe(false);
  expect(await probe.check(200)).toBe(false);
  expect(systemClock.now() - asked).toBeLessThan(800);
  members.a.process()?.signal("SIGCONT");
  await eventually(() => probe.check(500), { within: "5 seconds" });

  await members.a.kill();
  expect(await probe.check(500)).toBe(false);
  await members.a.start({ role: "primary", standbys: [] });
  expect(await probe.check(500)).toBe(true);
  probe.close();
  expect(await probe.check(500)).toBe(false);
  await eventually(() => sockets() === before, { within: "2 seconds" });
});
