import { open, stat } from "node:fs/promises";
import { UserError } from "../../base/error.ts";
import type { RunCode } from "../codes.ts";
import type { Address } from "../address.ts";

/** What a process has written to its log since `from`, at most the last four kilobytes. */
export async function logSince(logFile: string, from: number): Promise<string> {
  const handle = await open(logFile, "r").catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - 4096);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Length of a log file now; 0 where there is none. */
export async function logLength(logFile: string): Promise<number> {
  return stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Why an engine did not come up, by what it wrote: by name where the user can mend it. */
export function startFailure(of: {
  id: string;
  listen: Address;
  exit: string;
  log: string;
  logFile: string;
}): UserError {
  const { id, listen, exit, log, logFile } = of;
  const problem = (code: RunCode, message: string, fix: string): UserError =>
    new UserError({ code, message, fix, at: logFile });
  if (/address already in use|could not create any TCP\/IP sockets/i.test(log)) {
    const address = `${listen.host}:${listen.port}`;
    return problem("RUN-004", `address ${address} of "${id}" is in use`, `end the process that listens on ${address}`);
  }
  if (/no space left on device/i.test(log)) {
    return problem("RUN-005", `the disk is full: "${id}" cannot start`, "free some space, and start again");
  }
  const last = log.trim().split("\n").slice(-3).join(" / ");
  return problem("RUN-006", `"${id}" did not come up (${exit}): ${last}`, `read ${logFile}`);
}
