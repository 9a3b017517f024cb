import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { processTree } from "./process/child.ts";

/** What some processes, with all that they started, and some folders use of this machine. */
export interface MachineUse {
  readonly processes: number;
  /** Proportional set size: shared pages are counted once, in parts. */
  readonly pssBytes: number;
  readonly diskBytes: number;
}

/** Measures; what is gone meanwhile counts nothing. Sizes of processes are known on Linux alone, and 0 elsewhere. */
export async function footprintOf(pids: readonly number[], folders: readonly string[]): Promise<MachineUse> {
  const all = [...new Set(pids.flatMap(processTree))];
  const sizes = await Promise.all(all.map(pssOf));
  const disks = await Promise.all(folders.map(bytesIn));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  return { processes: all.length, pssBytes: sum(sizes), diskBytes: sum(disks) };
}

/** https://www.kernel.org/doc/html/latest/filesystems/proc.html: `Pss:` in kB. */
async function pssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1_024;
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return bytesIn(path);
    return stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((total, each) => total + each, 0);
}
