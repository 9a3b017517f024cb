import { readFileSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { signalTree } from "../process/child.ts";
import { runCommand } from "./run-command.ts";

/**
 * Kills every process whose working folder is `directory`, and says how many there were. Engines live in their data
 * folder, so this finds what a supervisor that was killed left behind, whatever became of its pid file; a process that
 * merely got a pid that an old file names is never touched. Linux alone: elsewhere it finds none.
 */
export function killOrphans(directory: string): number {
  const orphans = processesIn(directory);
  for (const pid of orphans) signalTree(pid, "SIGKILL");
  return orphans.length;
}

/** Pids of the processes whose working folder is `directory`. */
export function processesIn(directory: string): readonly number[] {
  try {
    const real = realpathSync(directory);
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && workingFolder(name) === real)
      .map(Number);
  } catch {
    return [];
  }
}

/** Gives back the shared memory that a killed PostgreSQL left, which is scarce on macOS and small everywhere. */
export async function releaseSharedMemory(dataDirectory: string): Promise<void> {
  try {
    const line = readFileSync(`${dataDirectory}/postmaster.pid`, "utf8").split("\n")[6] ?? "";
    const id = /^\s*\d+\s+(\d+)\s*$/.exec(line)?.[1];
    if (id !== undefined) await runCommand("ipcrm", ["-m", id]);
  } catch {
    // No pid file: it was stopped, or never ran.
  }
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
