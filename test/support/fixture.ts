import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesIn } from "../../src/local/engine/orphan.ts";
import { type Child, type Spawner, createSpawner } from "../../src/local/process/child.ts";
import { startWatchdog } from "../../src/local/process/watchdog.ts";

/** What a test of real processes needs: a folder, a spawner, and the end of all of it. */
export interface Fixture {
  readonly directory: string;
  readonly spawner: Spawner;
  /** Has `end` called when the test is over, the latest first. */
  onEnd(end: () => void | Promise<void>): void;
  /** Ends whatever was started, and removes the folder. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a fixture: `await using fixture = createFixture()`. Disposal fails the test where a process was left behind.
 */
export function createFixture(): Fixture {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  const watchdog = startWatchdog();
  const inner = createSpawner(watchdog);
  const children: Child[] = [];
  const ends: (() => void | Promise<void>)[] = [];
  const spawner: Spawner = {
    async spawn(command) {
      const child = await inner.spawn(command);
      children.push(child);
      return child;
    },
  };
  return {
    directory,
    spawner,
    onEnd: (end) => void ends.push(end),
    async [Symbol.asyncDispose]() {
      for (const end of ends.reverse()) await end();
      for (const child of children) child.signal("SIGKILL");
      await Promise.all(children.map(({ exited }) => exited));
      watchdog.close();
      const left = processesIn(directory);
      rmSync(directory, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`processes were left behind: ${left.join(", ")}`);
    },
  };
}
