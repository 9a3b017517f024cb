import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { messageOf } from "../../src/base/error.ts";
import { silentHost } from "../../src/base/host.ts";
import { locateFaketime } from "../../src/local/engine/locate-faketime.ts";
import { StateDirectory } from "../../src/local/state-directory.ts";
import { WrongClocks } from "../../src/local/wrong-clocks.ts";
import { createCacheRig, startCacheRig } from "../support/cache-rig.ts";
import { createDatabaseRig, startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { type Fixture, createFixture } from "../support/fixture.ts";
import { createWrites, startWriter } from "../support/writer.ts";

const FIVE_MINUTES = 300_000;
const STATE = join(import.meta.dirname, "../../.holdfast");
/** Says when it began, and how long it believes a pause of 300 ms to have been. */
const PROGRAM = `
  const begun = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  console.log(performance.timeOrigin, performance.now() - begun);
`;

/** Clocks of a fixture, those of zone "a" five minutes fast; or why this machine has none. */
async function wrongClocks(fixture: Fixture): Promise<WrongClocks | { readonly why: string }> {
  const library = await locateFaketime(STATE, silentHost).catch((error: unknown) => ({ why: messageOf(error) }));
  if (typeof library !== "string") return library;
  const clocks = new WrongClocks(new StateDirectory(fixture.directory));
  clocks.skew("a", FIVE_MINUTES, library);
  return clocks;
}

test("a program and a database have a wrong clock and right time-outs, and both clocks can be mended", async ({
  skip,
}) => {
  await using fixture = createFixture();
  const clocks = await wrongClocks(fixture);
  if ("why" in clocks) return skip(clocks.why);

  const env = { ...clocks.environment("a") };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", PROGRAM], { env });
  const [beganAt = 0, pauseMs = 0] = stdout.split(" ").map(Number);
  expect(Math.abs(beganAt - systemClock.now() - FIVE_MINUTES)).toBeLessThan(60_000);
  expect(pauseMs).toBeGreaterThan(250);
  expect(pauseMs).toBeLessThan(60_000);

  const rig = await createDatabaseRig(fixture, 24, () => clocks.environment("a"));
  await startDatabaseRig(rig);
  await createWrites(rig, "a");
  const client = await rig.connect("a");
  const aheadInDatabase = async (): Promise<number> => {
    const now = "select extract(epoch from clock_timestamp())::float8 * 1000 as ms";
    const { rows } = await client.query<{ ms: number }>(now);
    return rows[0]!.ms - systemClock.now(); // one row
  };
  expect(Math.abs((await aheadInDatabase()) - FIVE_MINUTES)).toBeLessThan(60_000);
  const writer = await startWriter(rig, "a", "w");
  await eventually(() => writer.acknowledged.length > 50, { within: "30 seconds" });

  clocks.mend("a");
  await eventually(async () => Math.abs(await aheadInDatabase()) < 60_000, { within: "30 seconds" });
  const served = writer.acknowledged.length;
  await eventually(() => writer.acknowledged.length > served + 50, { within: "30 seconds" });
  expect(writer.failure()).toBeUndefined();
  writer.stop();
});

test("cache nodes have a wrong clock, whatever allocator they are built with, and theirs can be mended", async ({
  skip,
}) => {
  await using fixture = createFixture();
  const clocks = await wrongClocks(fixture);
  if ("why" in clocks) return skip(clocks.why);
  const rig = await createCacheRig(fixture, 25, () => clocks.environment("a"));
  await startCacheRig(rig);
  const client = rig.connect("a");
  const aheadMs = async (): Promise<number> => Number((await client.time())[0]) * 1_000 - systemClock.now();
  expect(Math.abs((await aheadMs()) - FIVE_MINUTES)).toBeLessThan(60_000);
  await eventually(async () => (await client.set("key", "value", "EX", 100)) === "OK", { within: "10 seconds" });
  const replica = rig.connect("b");
  await eventually(async () => (await replica.get("key")) === "value", { within: "10 seconds" });

  clocks.mend("a");
  await eventually(async () => Math.abs(await aheadMs()) < 60_000, { within: "30 seconds" });
  expect(await client.get("key")).toBe("value");
  expect(await client.ttl("key")).toBeGreaterThan(300); // it expires by a clock that was set back
});
