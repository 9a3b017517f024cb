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
import { createDatabaseRig, startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { createFixture } from "../support/fixture.ts";
import { createWrites, startWriter } from "../support/writer.ts";

const FIVE_MINUTES = 300_000;
const STATE = join(import.meta.dirname, "../../.holdfast");
/** Says when it began, and how long it believes a pause of 300 ms to have been. */
const PROGRAM = `
  const begun = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  console.log(performance.timeOrigin, performance.now() - begun);
`;

test("a program and a database have a wrong clock and right time-outs, and both clocks can be mended", async ({
  skip,
}) => {
  const library = await locateFaketime(STATE, silentHost).catch((error: unknown) => ({ why: messageOf(error) }));
  if (typeof library !== "string") return skip(library.why);
  await using fixture = createFixture();
  const clocks = new WrongClocks(new StateDirectory(fixture.directory));
  clocks.skew("a", FIVE_MINUTES, library);

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
