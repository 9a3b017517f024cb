import { processesIn } from "./orphan.ts";
import { runCommand } from "./run-command.ts";

/**
 * Put before a command, lets it and all that it starts write no byte to any file: every write ends with EFBIG, that of
 * a block which is there already too. The soft limit alone, which its owner may lift again.
 */
export const NO_BYTE_MORE: readonly string[] = ["prlimit", "--fsize=0:", "--"];

/** Why no process can be limited on this machine, with what mends it; null where it can. */
export async function fullDiskLimit(): Promise<string | null> {
  const { code } = await runCommand("prlimit", ["--pid", String(process.pid), "--fsize"]);
  if (code === 0) return null;
  const mend = process.platform === "linux" ? "; install util-linux" : "; it takes Linux";
  return `\`prlimit\`, which limits what a running process may write, is not here${mend}`;
}

/**
 * Lets the server with this process id, and all processes whose working folder is `data`, write no byte more (`full`),
 * or as much as they like. The server goes first, so that what it starts meanwhile is limited as well. Rejects where
 * the server cannot be limited; a process that ends meanwhile is no problem.
 */
export async function limitWrites(server: number, data: string, full: boolean): Promise<void> {
  const bytes = full ? "0" : "unlimited";
  const set = (pid: number) => runCommand("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
  const { code, stderr } = await set(server);
  if (code !== 0) throw new Error(`what process ${server} writes cannot be limited: ${stderr.trim()}`);
  await Promise.all(processesIn(data).map(set));
}
