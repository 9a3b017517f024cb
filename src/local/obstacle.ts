import { UserError, messageOf } from "../base/error.ts";
import type { RunCode } from "./codes.ts";

const BUSY = /EADDRINUSE|address already in use|address \S+ of \S+ is in use/i;
const FULL = /ENOSPC|no space left on device|the disk is full/i;

/**
 * What the system's own words say is in the way of a start and will not go away by trying again: a busy address, a full
 * disk.
 * Undefined where they say something else. `address` is what was listened at, where the caller knows.
 */
export function obstacleIn(error: unknown, address?: string): UserError | undefined {
  const text = messageOf(error);
  if (BUSY.test(text)) {
    const busy = /(\d+\.\d+\.\d+\.\d+:\d+)/.exec(text)?.[1] ?? address ?? "that it needs";
    return new UserError({
      code: "RUN-004" satisfies RunCode,
      message: `address ${busy} is in use by another program`,
      fix: `stop what listens on port ${busy.split(":")[1] ?? ""} of all addresses (see \`ss -ltnp\`)`,
      cause: error,
    });
  }
  if (!FULL.test(text)) return undefined;
  return new UserError({
    code: "RUN-005" satisfies RunCode,
    message: "the disk is full",
    fix: "make room, or keep the state elsewhere with `--state DIR`",
    cause: error,
  });
}
