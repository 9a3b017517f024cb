import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../base/error.ts";
import type { RunCode } from "../local/codes.ts";
import { StateDirectory } from "../local/state-directory.ts";
import type { RecoveryStrategy } from "../topology/topology.ts";

/** What the engines are unpacked into, in every state folder. */
const ENGINES = "engines";

/**
 * A state folder for a strategy that is tried, empty but for the engines, which are those of `stateDirectory`: it has a
 * past of its own, and the user's system keeps what it has. Rejects with RUN-001 where something still runs from it.
 */
export async function freshState(stateDirectory: string, recovery: RecoveryStrategy): Promise<string> {
  const path = join(stateDirectory, "strategies", recovery);
  const running = new StateDirectory(path).running();
  if (running) {
    throw new UserError({
      code: "RUN-001" satisfies RunCode,
      message: `"${running.system}" already runs from ${path} (process ${running.pid})`,
      fix: `run \`holdfast down --state ${path}\` first`,
    });
  }
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  await mkdir(join(stateDirectory, ENGINES), { recursive: true });
  await symlink(join(stateDirectory, ENGINES), join(path, ENGINES));
  return path;
}
