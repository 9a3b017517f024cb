import { type Server, createServer } from "node:http";
import { UserError } from "../base/error.ts";
import { PORT, addressPlan } from "./address.ts";
import type { RunCode } from "./codes.ts";

/** Slots are 127.1.0.0/16 to 127.250.0.0/16. */
const SLOTS = 250;

/**
 * Takes a free slot of loopback addresses by listening on its control address, which no other `up` can do then.
 * `preferred` is tried first, so that a system keeps its addresses from one run to the next.
 * Rejects with RUN-003 where none is free or the machine gives out no such address.
 */
export async function takeSlot(preferred: number): Promise<{ slot: number; server: Server }> {
  let refusal = "";
  for (let step = 0; step < SLOTS; step++) {
    const slot = 1 + ((preferred + step) % SLOTS);
    const server = createServer();
    const code = await listen(server, addressPlan(slot).global(2));
    if (code === undefined) return { slot, server };
    refusal = code;
    if (code !== "EADDRINUSE") break;
  }
  throw new UserError({
    code: "RUN-003" satisfies RunCode,
    message: `no slot of loopback addresses could be taken (${refusal})`,
    fix:
      process.platform === "darwin"
        ? "run `holdfast doctor` for the line that adds loopback aliases on macOS"
        : "stop another system with `holdfast down`",
  });
}

function listen(server: Server, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(PORT.control, host, () => resolve(undefined));
  });
}

/** A number that stays the same for one folder: where its search for a slot begins. */
export function preferredSlot(path: string): number {
  let hash = 0;
  for (const char of path) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0; // a character has a code point
  return hash % SLOTS;
}

/** Whether this machine gives out any address of 127.0.0.0/8, as Linux does and macOS does not. */
export async function canBindLoopback(): Promise<boolean> {
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(0, addressPlan(251).global(2), () => resolve(undefined));
  });
  server.close();
  return code === undefined;
}
