import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { SessionTarget } from "../engine/database-session.ts";
import { Archive } from "./archive.ts";
import { BackupLoop } from "./backup-loop.ts";
import type { RecoveryEngine } from "./recover.ts";

const HOUR = 3_600_000;
const HEARTBEAT_MS = 1_500;

/** What is said while a loop runs whose database has no primary, or one that cannot be reached. */
async function saidOf(primary: () => SessionTarget | null, use: (said: readonly string[]) => Promise<unknown>) {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-backups-"));
  const said: string[] = [];
  const loop = new BackupLoop({
    database: "database",
    members: ["a"],
    archive: new Archive(directory, null),
    copy: null,
    spec: { everyMs: HOUR, keepMs: HOUR, testEveryMs: null, retryMs: 20 },
    windowMs: HOUR,
    heartbeatMs: HEARTBEAT_MS,
    clock: systemClock,
    primary,
    engine: {} as RecoveryEngine, // nothing is restored
    scratch: join(directory, "scratch"),
    say: ({ text }) => said.push(text),
  });
  try {
    await loop.begin();
    await use(said);
  } finally {
    await loop.stop();
    rmSync(directory, { recursive: true });
  }
}

test("a database without a primary is no problem to tell while one takes over, and is one if that lasts", async () => {
  let asked = 0;
  const none = (): null => {
    asked += 1;
    return null;
  };
  await saidOf(none, async (said) => {
    await eventually(() => asked > 3, { within: "5 seconds" }); // tried again and again
    expect(said).toEqual([]);
    await eventually(() => said.length > 0, { within: "5 seconds" });
    expect(said[0]).toContain('"database" has no primary to back up');
  });
});

test("a primary that cannot be reached is told at once", async () => {
  const nowhere = { address: { host: "127.0.0.1", port: 1 }, password: "", clock: systemClock }; // nobody listens there
  await saidOf(
    () => nowhere,
    async (said) => eventually(() => said.length > 0, { within: "1 second" }),
  );
});
