import { UserError } from "../../base/error.ts";
import type { RunCode } from "../codes.ts";
import { runCommand } from "./run-command.ts";

/**
 * What to put before the command of an engine that refuses to run as root: as root, a user namespace in which we are
 * nobody, which leaves the files ours and works in a folder of mode 700; as anyone else nothing. The program replaces
 * the wrapper, so the child that was spawned *is* the engine. Rejects with a `UserError` where root may not make such a
 * namespace.
 */
export async function unprivilegedPrefix(): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const prefix = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"];
  const [command = "", ...args] = prefix;
  const { code, stderr } = await runCommand(command, [...args, "true"]);
  if (code === 0) return prefix;
  throw new UserError({
    code: "RUN-022" satisfies RunCode,
    message: `PostgreSQL refuses to run as root, and root cannot become another user here (${stderr.trim()})`,
    fix: "run holdfast as a user other than root, or install util-linux and allow user namespaces",
  });
}
