import { readFileSync, readdirSync } from "node:fs";

/**
 * Proportional memory of a process and all its descendants, in megabytes: shared pages are counted once. Linux alone.
 */
export function memoryOfTree(pid: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const stat = readIfThere(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const sum = (of: number): number => {
    const own = Number(/^Pss:\s+(\d+) kB/m.exec(readIfThere(`/proc/${of}/smaps_rollup`))?.[1] ?? 0) / 1_024;
    return (children.get(of) ?? []).reduce((total, child) => total + sum(child), own);
  };
  return sum(pid);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
